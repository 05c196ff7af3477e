import type { Channel } from './delivery.ts';

/** What each channel needs to know of a contact point, what is wrong with it, and what of it is never shown. */

export interface ContactField {
  name: string;
  /** Whoever holds it can send in our name, or read along: never shown again, not in answers, not in logs. */
  isSecret: boolean;
  isOptional: boolean;
  form: keyof typeof FORMS;
}

export type ContactFaultCode = 'missing' | 'unknown-field' | 'too-long' | keyof typeof FORMS;

export interface ContactFault {
  field: string;
  code: ContactFaultCode;
  /** The code in English. */
  message: string;
}

export const CONTACT_VALUE_CHARS_MAX = 2000;
/** What stands for a secret; an address keeps its origin, so that one is told from another. */
const SECRET_SHOWN = '***';

/** Form of a value → whether it has it, and what is said where not. */
const FORMS = {
  address: { test: isMailAddress, message: 'must be one e-mail address' },
  url: { test: isHttpUrl, message: 'must be an http or https address without a login in it' },
  /** Standard Webhooks: base64 of 24 to 64 bytes, with or without its prefix. */
  'signing-secret': {
    test: (value: string) => /^(whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$/.test(value),
    message: 'must be whsec_ and base64 of 24 to 64 bytes',
  },
  base64url: {
    test: (value: string) => /^[A-Za-z0-9_-]+={0,2}$/.test(value),
    message: 'must be base64url, as the browser gave it',
  },
  phone: {
    test: (value: string) => /^\+?\d[\d -]{3,20}$/.test(value),
    message: 'must be a telephone number',
  },
  /** Goes into a header or a key: one line. */
  line: { test: (value: string) => !/\p{Cc}/u.test(value), message: 'must be one line' },
} as const;

const field = (name: string, form: ContactField['form'], rest: Partial<ContactField> = {}): ContactField => ({
  name,
  form,
  isSecret: false,
  isOptional: false,
  ...rest,
});
/** Address of a group robot: its key is in it. */
const ROBOT_URL = field('url', 'url', { isSecret: true });
const SIGNING_KEY = field('secret', 'line', { isSecret: true, isOptional: true });

/** By channel, in the order of a form. */
export const CONTACT_FIELDS: Record<Channel, readonly ContactField[]> = {
  email: [field('address', 'address')],
  webhook: [ROBOT_URL, field('secret', 'signing-secret', { isSecret: true })],
  'web-push': [
    field('endpoint', 'url', { isSecret: true }),
    field('p256dh', 'base64url', { isSecret: true }),
    field('auth', 'base64url', { isSecret: true }),
  ],
  wecom: [ROBOT_URL],
  dingtalk: [ROBOT_URL, SIGNING_KEY],
  feishu: [ROBOT_URL, SIGNING_KEY],
  slack: [ROBOT_URL],
  alertmanager: [
    field('url', 'url'),
    field('username', 'line', { isOptional: true }),
    field('password', 'line', { isSecret: true, isOptional: true }),
    field('token', 'line', { isSecret: true, isOptional: true }),
  ],
  sms: [field('to', 'phone')],
  demo: [],
};

/** Everything that is wrong with the settings of a contact point; empty when they can be used. */
export function settingsFault(channel: Channel, settings: Readonly<Record<string, string>>): ContactFault[] {
  const fields = CONTACT_FIELDS[channel];
  const faults: ContactFault[] = [];
  for (const { name, form, isOptional } of fields) {
    const value = settings[name] ?? '';
    if (value === '') {
      if (!isOptional) faults.push({ field: name, code: 'missing', message: 'is needed' });
    } else if (value.length > CONTACT_VALUE_CHARS_MAX) {
      faults.push({
        field: name,
        code: 'too-long',
        message: `must have at most ${CONTACT_VALUE_CHARS_MAX} characters`,
      });
    } else if (!FORMS[form].test(value)) {
      faults.push({ field: name, code: form, message: FORMS[form].message });
    }
  }
  for (const name of Object.keys(settings)) {
    if (!fields.some((f) => f.name === name))
      faults.push({ field: name, code: 'unknown-field', message: 'is not a setting of this channel' });
  }
  return faults;
}

/** The settings as they may be shown; what is no setting of the channel is left out. */
export function redactedSettings(
  channel: Channel,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const { name, form, isSecret } of CONTACT_FIELDS[channel]) {
    const value = settings[name];
    if (value === undefined) continue;
    if (!isSecret || value === '') shown[name] = value;
    else
      shown[name] =
        form === 'url' && isHttpUrl(value) ? `${new URL(value).origin}/${SECRET_SHOWN}` : SECRET_SHOWN;
  }
  return shown;
}

/**
 * What was sent, with the secrets of before wherever they came back as they were shown. Null when a hidden one would go to
 * another address than before, or was never there.
 */
export function keptSettings(
  channel: Channel,
  sent: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> | null,
): Record<string, string> | null {
  const kept: Record<string, string> = { ...sent };
  const shown = before === null ? {} : redactedSettings(channel, before);
  let isMoved = false;
  let isHidden = false;
  for (const { name, form, isSecret } of CONTACT_FIELDS[channel]) {
    const value = sent[name];
    if (value === undefined) continue;
    const known = before?.[name];
    if (isSecret && known !== undefined && value === shown[name]) kept[name] = known;
    if (form === 'url' && kept[name] !== known) isMoved = true;
    if (isSecret && isShownSecret(value)) {
      if (kept[name] === value) return null;
      isHidden ||= form !== 'url';
    }
  }
  return isHidden && isMoved ? null : kept;
}

function isShownSecret(value: string): boolean {
  return value === SECRET_SHOWN || value.endsWith(`/${SECRET_SHOWN}`);
}

/** Everything in the settings that must not stand in a text: the secrets, and the parts of an address that may hold one. */
export function secretsOf(channel: Channel, settings: Readonly<Record<string, string>>): string[] {
  return CONTACT_FIELDS[channel].flatMap(({ name, form, isSecret }) => {
    const value = settings[name] ?? '';
    if (!isSecret || value === '') return [];
    if (form !== 'url' || !isHttpUrl(value)) return [value];
    const url = new URL(value);
    return [
      value,
      url.pathname + url.search,
      ...url.pathname.split('/').filter((part) => part.length >= 8),
      ...[...url.searchParams.values()].filter((part) => part.length >= 4),
    ].filter((part) => part !== '/');
  });
}

/** Exactly one, so that a list cannot be smuggled in. */
function isMailAddress(value: string): boolean {
  return value.length <= 254 && /^[^\s@<>()[\]",;:\\]+@[^\s@<>()[\]",;:\\]+$/.test(value);
}

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
