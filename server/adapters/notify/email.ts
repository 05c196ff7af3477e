import { createTransport } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';
import type { Notifier } from '../../alertPorts.ts';
import type { ContactPoint, Delivery, DeliveryResult, Language } from '../../core/incident/delivery.ts';
import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { messageHtml } from '../../core/incident/messageHtml.ts';
import { quoted } from './answer.ts';

/** E-mail over the operator's own server, connections kept and shared. */

export interface EmailOptions {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  url: string;
  /** `Peakvolt <peakvolt@example.org>`. */
  from: string;
  timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 15_000;
const CONNECTIONS_MAX = 3;

export class EmailNotifier implements Notifier {
  readonly channel = 'email';
  readonly #from: string;
  readonly #domain: string;
  readonly #secrets: readonly string[];
  readonly #transport: ReturnType<typeof createTransport<SMTPPool.SentMessageInfo>>;

  constructor({ url, from, timeoutMs = TIMEOUT_MS }: EmailOptions) {
    const { password } = new URL(url);
    this.#from = from;
    this.#domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'peakvolt.invalid';
    this.#secrets = [password, decodeURIComponent(password)].filter((secret) => secret !== '');
    this.#transport = createTransport({
      url,
      pool: true,
      maxConnections: CONNECTIONS_MAX,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // A message is text of ours: nothing in it may make the library read a file or fetch an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async deliver(delivery: Delivery, contact: ContactPoint): Promise<DeliveryResult> {
    const address = contact.settings['address'] ?? '';
    if (address === '') return { kind: 'refused', reason: 'no address' };
    try {
      const { response, rejected } = await this.#transport.sendMail(
        this.#mail(delivery, address, contact.language),
      );
      if (rejected.length > 0) return { kind: 'refused', reason: quoted(response, this.#secrets) };
      return { kind: 'sent', detail: quoted(response, this.#secrets) };
    } catch (error) {
      return this.#failed(error);
    }
  }

  close(): void {
    this.#transport.close();
  }

  #mail({ id, facts }: Delivery, address: string, language: Language): SMTPPool.MailOptions {
    const thread = facts.incidentId === null ? null : `<incident-${facts.incidentId}@${this.#domain}>`;
    return {
      from: this.#from,
      // As an object it is one address, whatever is in it.
      to: { name: '', address },
      subject: messageTitle(facts, language),
      text: messageLong(facts, language),
      html: messageHtml(facts, language),
      // The same on every attempt: a mail server or reader shows a duplicate once.
      messageId: `<${id}@${this.#domain}>`,
      // The mails of one incident are one conversation.
      ...(thread === null ? {} : { references: thread, inReplyTo: thread }),
      priority: facts.severity === 'severe' && facts.kind !== 'resolved' ? 'high' : 'normal',
      headers: {
        // RFC 3834: no answer by a holiday robot.
        'Auto-Submitted': 'auto-generated',
        'Content-Language': language,
      },
    };
  }

  #failed(error: unknown): DeliveryResult {
    const { code = '', responseCode = 0, response = '' } = error as Partial<SmtpFault>;
    const reason = quoted(`${code} ${response}`, this.#secrets) || 'the mail could not be sent';
    // 5yz is for good (RFC 5321, 4.2.1), a login that is wrong included: the next channel is tried at once.
    const isFinal = responseCode >= 500 || code === 'EAUTH' || (code === 'EENVELOPE' && responseCode === 0);
    return isFinal ? { kind: 'refused', reason } : { kind: 'retry', reason };
  }
}

interface SmtpFault {
  code: string;
  responseCode: number;
  response: string;
}
