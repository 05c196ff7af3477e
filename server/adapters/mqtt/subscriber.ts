import { connect, type IPublishPacket, type MqttClient } from 'mqtt';
import type { InboundMessage, Logger, MessageSource } from '../../ports.ts';
import { AckQueue, HeldMessage } from './ackQueue.ts';
import { brokerAddress, explainFault, type BrokerFault } from './brokerFault.ts';
import {
  clientOptions,
  DEFAULT_SUBSCRIPTIONS,
  KEEPALIVE_S,
  readPems,
  reconnectDelayMs,
  type MqttSubscriberOptions,
} from './clientOptions.ts';
import { ReceiveWindow } from './receiveWindow.ts';

/** Own publishes that may wait for their acknowledgement. */
const PUBLISHES_PENDING_MAX = 1000;
const STOP_GRACE_MS = 2000;
/** A connection that ends sooner was cut short; after this many in a row it is no accident. */
const SHORT_CONNECTION_MS = 10_000;
const SHORT_CONNECTIONS_MAX = 3;
/** Packet type 4, flags 0, remaining length 2. */
const PUBACK_HEADER = 0x40_02_00_00;

/** Tells mqtt.js that a message was taken and that it must not answer it. */
const ANSWERED_LATER = new Error('acknowledged later');

/** A subscriber on any MQTT 3.1.1 or 5 broker, which acknowledges a message when it is settled and not before. */
export function createMqttSubscriber(options: MqttSubscriberOptions): MessageSource {
  return new MqttSubscriber(options);
}

/**
 * mqtt.js passes one message at a time to `handleMessage` and sends the PUBACK when its callback is called without an
 * error; the next message waits for that callback. So the callback is called at once, with an error: mqtt.js goes on
 * and sends nothing. The PUBACKs are written to the stream here, many in one write, when messages are settled. When the
 * window is full the callback is held back, and mqtt.js stops reading the socket. `deferredAck.test.ts` proves each of
 * these against the installed version.
 */
class MqttSubscriber implements MessageSource {
  readonly #options: MqttSubscriberOptions;
  readonly #address: string;
  readonly #subscriptions: readonly string[];
  readonly #log: Logger;
  readonly #window: ReceiveWindow;
  #client: MqttClient | null = null;
  #stream: MqttClient['stream'] | null = null;
  #acks: AckQueue<number>;
  /** QoS 0: only counted. */
  readonly #unanswered: AckQueue<number>;
  #onMessage: (message: InboundMessage) => void = () => {};
  #goOn: (() => void) | null = null;
  #cancelPing: () => void = () => {};
  #stopping = false;
  #connectedSinceMs: number | null = null;
  #subscribed = false;
  #received = 0;
  #failures = 0;
  #shortConnections = 0;
  #publishesPending = 0;
  #fault: BrokerFault | null = null;
  #subscriptionFault: BrokerFault | null = null;

  constructor(options: MqttSubscriberOptions) {
    this.#options = options;
    this.#address = brokerAddress(options.url);
    this.#subscriptions = options.subscriptions ?? DEFAULT_SUBSCRIPTIONS;
    this.#log = options.log.child({ part: 'mqtt', broker: this.#address });
    this.#window = new ReceiveWindow(
      { messagesMax: options.windowMessagesMax, bytesMax: options.windowBytesMax },
      () => this.#resume(),
    );
    this.#acks = new AckQueue<number>(this.#window, () => {});
    this.#unanswered = new AckQueue<number>(this.#window, () => {});
  }

  async start(onMessage: (message: InboundMessage) => void): Promise<void> {
    this.#onMessage = onMessage;
    const pems = await readPems(this.#options);
    const client = connect({ ...clientOptions(this.#options), ...pems });
    this.#client = client;
    client.handleMessage = (packet, callback) => this.#receive(packet, callback);
    client.on('connect', (connack) => this.#connected(connack.sessionPresent));
    client.on('close', () => this.#closed());
    client.on('error', (error) => this.#failed(explainFault(error, this.#address)));
    client.on('reconnect', () => void this.#reconnecting(client));
  }

  async stop(): Promise<void> {
    const client = this.#client;
    if (client === null || this.#stopping) return;
    this.#stopping = true;
    this.#acks.flush();
    this.#cancelPing();
    for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    // Whatever is still in the socket is read and dropped unanswered, else the stream never sees its end.
    this.#resume();
    const cancelGrace = this.#options.clock.after(STOP_GRACE_MS, () => client.stream.destroy());
    await client.endAsync(!client.connected);
    cancelGrace();
    this.#acks.abandon();
    this.#connectedSinceMs = null;
  }

  async publish(topic: string, payload: Uint8Array | string): Promise<void> {
    const client = this.#client;
    if (client === null || !client.connected || this.#stopping) {
      throw new Error(`not published: ${this.#address} is not connected`);
    }
    if (this.#publishesPending >= PUBLISHES_PENDING_MAX) {
      throw new Error(`not published: ${PUBLISHES_PENDING_MAX} messages wait for the broker`);
    }
    this.#publishesPending++;
    try {
      const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
      await client.publishAsync(topic, bytes, { qos: 1 });
    } finally {
      this.#publishesPending--;
    }
  }

  health(): ReturnType<MessageSource['health']> {
    const fault = this.#fault ?? this.#subscriptionFault ?? this.#cutShort();
    const connected = this.#connectedSinceMs !== null;
    const paused = this.#window.full;
    const detail = connected
      ? `connected to ${this.#address}${paused ? '; reading is paused until messages are stored' : ''}`
      : `connecting to ${this.#address}`;
    const code = connected ? (paused ? 'mqtt-paused' : 'mqtt-connected') : 'mqtt-connecting';
    return {
      ok: connected && this.#subscribed && fault === null,
      detail: fault?.detail ?? (this.#stopping ? 'stopped' : detail),
      notice: fault?.notice ?? {
        code: this.#stopping ? 'mqtt-stopped' : code,
        values: { address: this.#address },
      },
      ...(fault === null ? {} : { remedy: fault.remedy }),
      connectedSinceMs: this.#connectedSinceMs,
      received: this.#received,
      unacknowledged: this.#window.messages,
      paused,
    };
  }

  // ── messages ────────────────────────────────────────────────────────────────────────────────────────────────

  #receive(packet: IPublishPacket, callback: (error?: Error) => void): void {
    if (this.#stopping) return callback(ANSWERED_LATER);
    const stream = this.#client!.stream;
    if (stream !== this.#stream) this.#newConnection(stream);
    const queue = this.#queueFor(packet.qos, callback);
    const message = new HeldMessage<number>(
      packet,
      this.#options.clock.nowMs(),
      packet.messageId ?? 0,
      queue,
    );
    this.#received++;
    queue.hold(message);
    this.#onMessage(message);
    if (packet.qos === 2) return;
    if (this.#window.full) this.#pause(callback);
    else callback(ANSWERED_LATER);
  }

  #queueFor(qos: number, callback: () => void): AckQueue<number> {
    if (qos === 1) return this.#acks;
    if (qos === 0) return this.#unanswered;
    // We never ask for QoS 2; a broker that sends it all the same is answered by mqtt.js, one message at a time.
    return new AckQueue<number>(this.#window, () => callback());
  }

  /** The first message of a connection: it may come before mqtt.js says `connect`, so the stream itself is compared. */
  #newConnection(stream: MqttClient['stream']): void {
    this.#acks.abandon();
    this.#goOn = null;
    this.#stream = stream;
    this.#acks = new AckQueue<number>(this.#window, (packetIds) => {
      if (!stream.destroyed && stream.writable) stream.write(pubacks(packetIds));
    });
  }

  #pause(goOn: (error: Error) => void): void {
    this.#goOn = () => goOn(ANSWERED_LATER);
    this.#log.warn({ unacknowledged: this.#window.messages }, 'Reading paused: too much is not stored yet.');
    this.#pingWhilePaused();
  }

  #resume(): void {
    const goOn = this.#goOn;
    if (goOn === null) return;
    this.#goOn = null;
    this.#cancelPing();
    goOn();
  }

  /** The answer to a ping waits in the socket that we do not read: mqtt.js must not take the broker for dead. */
  #pingWhilePaused(): void {
    this.#cancelPing();
    this.#cancelPing = this.#options.clock.after(
      ((this.#options.keepaliveS ?? KEEPALIVE_S) * 1000) / 2,
      () => {
        if (this.#goOn === null || this.#client?.connected !== true) return;
        this.#client.sendPing();
        this.#client.reschedulePing(true);
        this.#pingWhilePaused();
      },
    );
  }

  // ── connection ──────────────────────────────────────────────────────────────────────────────────────────────

  #connected(sessionPresent: boolean): void {
    const client = this.#client!;
    this.#connectedSinceMs = this.#options.clock.nowMs();
    this.#fault = null;
    this.#failures = 0;
    client.options.reconnectPeriod = reconnectDelayMs(this.#options, 0);
    this.#log.info({ sessionPresent }, 'Connected.');
    // The first time even with a session: the list of filters may have changed while we were away.
    if (!sessionPresent || !this.#subscribed) this.#subscribe(client);
  }

  #subscribe(client: MqttClient): void {
    const filters = [...this.#subscriptions];
    client.subscribe(filters, { qos: 1 }, (error) => {
      if (this.#stopping) return;
      if (error) {
        const refused = { address: this.#address, filters: filters.join(', '), answer: error.message };
        this.#subscriptionFault = {
          detail: `${this.#address}: the broker refused a subscription (${refused.filters}): ${error.message}`,
          remedy: 'Allow this user to read these topics in the access rules of the broker.',
          notice: { code: 'mqtt-subscription-refused', values: refused },
        };
        this.#log.error({ filters }, 'The broker refused a subscription.');
      } else this.#subscriptionFault = null;
      this.#subscribed = error === null || error === undefined;
    });
  }

  #closed(): void {
    this.#acks.abandon();
    this.#goOn = null;
    this.#cancelPing();
    if (this.#connectedSinceMs === null) return;
    this.#shortConnections = this.#isSettledIn() ? 0 : this.#shortConnections + 1;
    this.#connectedSinceMs = null;
    if (!this.#stopping) this.#log.warn({}, 'Connection lost.');
  }

  #isSettledIn(): boolean {
    const sinceMs = this.#connectedSinceMs;
    return sinceMs !== null && this.#options.clock.nowMs() - sinceMs >= SHORT_CONNECTION_MS;
  }

  /** Two clients of one name throw each other out; with MQTT 3.1.1, and with Mosquitto always, nobody tells them why. */
  #cutShort(): BrokerFault | null {
    if (this.#shortConnections < SHORT_CONNECTIONS_MAX || this.#isSettledIn()) return null;
    const { clientId } = this.#options;
    return {
      detail: `${this.#address}: the broker accepts the connection and ends it soon after, again and again`,
      remedy: `Another client probably has the same identifier (${clientId}): give each process an mqtt.clientId of its own. Else look at the log of the broker.`,
      notice: { code: 'mqtt-cut-short', values: { address: this.#address, clientId } },
    };
  }

  #failed(fault: BrokerFault): void {
    if (this.#stopping) return;
    if (this.#fault?.detail !== fault.detail) this.#log.warn({ remedy: fault.remedy }, fault.detail);
    this.#fault = fault;
  }

  /** Renewed certificates are taken up without a restart. */
  async #reconnecting(client: MqttClient): Promise<void> {
    client.options.reconnectPeriod = reconnectDelayMs(this.#options, ++this.#failures);
    try {
      const pems = await readPems(this.#options);
      Object.assign(client.options, pems);
      if (client.options.wsOptions !== undefined) Object.assign(client.options.wsOptions, pems);
    } catch (error) {
      this.#log.warn({ error: (error as Error).message }, 'Certificates could not be read again.');
    }
  }
}

/** PUBACK packets one after the other: with reason code 0 they are the same four bytes in MQTT 3.1.1 §3.4 and MQTT 5 §3.4. */
function pubacks(packetIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(packetIds.length * 4);
  for (let i = 0; i < packetIds.length; i++) bytes.writeUInt32BE(PUBACK_HEADER + packetIds[i]!, i * 4);
  return bytes;
}
