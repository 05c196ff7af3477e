import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Clock, InboundMessage, Logger, MessageSource } from '../../ports.ts';
import { AckQueue, HeldMessage } from './ackQueue.ts';
import { listening } from './listening.ts';
import { isLoopback, Logins } from './logins.ts';
import { ReceiveWindow } from './receiveWindow.ts';
import { topicMatcher } from './topicFilter.ts';

/** Each connection holds at most one socket chunk (64 KiB) besides the window. */
const CONNECTIONS_MAX = 2000;
/** A publish larger than this ends its connection; an array payload is at most 1 MiB. */
const PACKET_BYTES_MAX = 4 * 2 ** 20;
/** Packets that a client may send before it has our answer to its CONNECT. */
const EARLY_PACKETS_MAX = 1000;
/** Topics whose last message is retained; retained messages live in memory. */
const RETAINED_TOPICS_MAX = 200_000;
const DEFAULT_SUBSCRIPTIONS = ['pq/v1/#', 'weather/v1/#'];

export interface EmbeddedBrokerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** MQTT over WebSocket; off when absent. */
  websocketPort?: number | undefined;
  /** User name → password. */
  users?: Readonly<Record<string, string>> | undefined;
  /** Default: only when `host` is this machine. With `users`, anonymous clients must come from this machine. */
  allowAnonymous?: boolean | undefined;
  /** What is handed to us; other topics only pass between clients. */
  subscriptions?: readonly string[] | undefined;
  windowMessagesMax?: number | undefined;
  windowBytesMax?: number | undefined;
  clock: Clock;
  log: Logger;
}

export interface EmbeddedBroker extends MessageSource {
  /** Known after `start`. */
  readonly port: number;
  readonly websocketPort: number | null;
  /** `mqtt://host:port` for devices and for the simulator. */
  readonly url: string;
}

/**
 * A broker inside the process, for a county or a trial: MQTT 3.1 and 3.1.1 over TCP and WebSocket. A QoS 1 publish is
 * acknowledged to the device when it is settled, and only then passed to other clients. What a device sends is read
 * chunk by chunk: the next one (up to 64 KiB over TCP, maybe a single frame over WebSocket) when all of the last is settled. Sessions and retained
 * messages are kept in memory and end with the process.
 */
export function createEmbeddedBroker(options: EmbeddedBrokerOptions): EmbeddedBroker {
  return new AedesBroker(options);
}

type Done = (error?: Error | null) => void;
interface Waiting {
  client: Client | null;
  packet: PublishPacket;
  done: Done;
}

class AedesBroker implements EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  readonly #log: Logger;
  readonly #wanted: (topic: string) => boolean;
  readonly #window: ReceiveWindow;
  readonly #queues = new WeakMap<Client, AckQueue<Done>>();
  readonly #logins: Logins;
  readonly #retainedTopics = new Set<string>();
  /** Publishes read from sockets that the window has no room for; at most a socket chunk a connection. */
  #waiting: Waiting[] = [];
  #broker: Aedes | null = null;
  #tcp: Server | null = null;
  #webSockets: WebSocketServer | null = null;
  #onMessage: (message: InboundMessage) => void = () => {};
  #listeningSinceMs: number | null = null;
  #stopping = false;
  #received = 0;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#log = options.log.child({ part: 'mqtt', broker: 'embedded' });
    this.#wanted = topicMatcher(options.subscriptions ?? DEFAULT_SUBSCRIPTIONS);
    this.#window = new ReceiveWindow(
      { messagesMax: options.windowMessagesMax, bytesMax: options.windowBytesMax },
      () => this.#admitWaiting(),
    );
    this.#logins = new Logins(options);
  }

  get port(): number {
    return (this.#tcp?.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  get websocketPort(): number | null {
    return (this.#webSockets?.address() as AddressInfo | null)?.port ?? null;
  }

  get url(): string {
    const { host } = this.#options;
    return `mqtt://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  async start(onMessage: (message: InboundMessage) => void): Promise<void> {
    const { host, port, websocketPort } = this.#options;
    if (!isLoopback(host) && !this.#logins.haveUsers && this.#options.allowAnonymous !== true) {
      throw new Error(
        `embeddedBroker: ${host} is reachable from other machines; set embeddedBroker.users, or allowAnonymous: true`,
      );
    }
    this.#onMessage = onMessage;
    const broker = await Aedes.createBroker({
      queueLimit: EARLY_PACKETS_MAX,
      preConnect: (_client, packet, callback) => {
        // Sessions of absent clients would grow in memory without bound, so none outlives its connection.
        packet.clean = true;
        callback(null, true);
      },
      authenticate: (client, user, password, callback) => {
        const admitted = this.#logins.admits(remoteAddress(client), user, password);
        if (!admitted)
          this.#log.warn({ user: user ?? null }, 'A client was refused: wrong user or password.');
        callback(null, admitted);
      },
      authorizePublish: (client, packet, callback) => this.#admit({ client, packet, done: callback }),
    });
    this.#broker = broker;
    broker.on('clientError', (client, error) => {
      this.#log.debug({ client: client.id, error: error.message }, 'A client failed.');
    });
    broker.on('connectionError', (_client, error) => {
      this.#log.debug({ error: error.message }, 'A connection failed.');
    });
    this.#tcp = createServer((socket) => this.#take(socket));
    this.#tcp.maxConnections = CONNECTIONS_MAX;
    try {
      await listening(this.#tcp, port, () => this.#tcp!.listen(port, host));
      if (websocketPort !== undefined) await this.#startWebSockets(host, websocketPort);
    } catch (error) {
      // What is half open would keep the process alive.
      await this.stop();
      throw error;
    }
    this.#listeningSinceMs = this.#options.clock.nowMs();
    this.#log.info({ url: this.url }, 'The embedded broker listens.');
  }

  async stop(): Promise<void> {
    const broker = this.#broker;
    if (broker === null || this.#stopping) return;
    this.#stopping = true;
    this.#listeningSinceMs = null;
    for (const { done } of this.#waiting.splice(0)) done(STOPPING);
    const closed = new Promise((resolve) => this.#tcp!.close(resolve));
    this.#webSockets?.close();
    await new Promise<void>((resolve) => broker.close(resolve));
    await closed;
  }

  async publish(topic: string, payload: Uint8Array | string): Promise<void> {
    const broker = this.#broker;
    if (broker === null || this.#stopping)
      throw new Error('not published: the embedded broker is not running');
    const packet: PublishPacket = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(payload as Uint8Array),
      qos: 1,
      retain: false,
      dup: false,
    };
    // As at any broker, what we publish comes back where we subscribe to it: the self-proof goes this way.
    await new Promise<void>((resolve, reject) => {
      const settled: Done = (error) => (error ? reject(error) : resolve());
      const done: Done = (error) => (error ? reject(error) : broker.publish(packet, settled));
      this.#admit({ client: null, packet, done });
    });
  }

  health(): ReturnType<MessageSource['health']> {
    const listening = this.#listeningSinceMs !== null;
    const clients = this.#broker?.connectedClients ?? 0;
    const paused = this.#window.full;
    const values = { address: this.url, clients };
    return {
      ok: listening,
      detail: listening
        ? `embedded broker at ${this.url}, ${clients} clients; sessions and retained messages are in memory${paused ? '; publishes wait until messages are stored' : ''}`
        : 'the embedded broker is not running',
      notice: listening
        ? { code: paused ? 'embedded-broker-paused' : 'embedded-broker', values }
        : { code: 'embedded-broker-stopped', values: {} },
      connectedSinceMs: this.#listeningSinceMs,
      received: this.#received,
      unacknowledged: this.#window.messages + this.#waiting.length,
      paused,
    };
  }

  // ── publishes ───────────────────────────────────────────────────────────────────────────────────────────────

  /** aedes asks here before it acknowledges, stores or forwards a publish or a last will; it goes on when `done` is called. */
  #admit(publish: Waiting): void {
    const { packet, done } = publish;
    if (this.#stopping) return done(STOPPING);
    if (packet.topic.startsWith('$SYS/')) return done(new Error('$SYS topics belong to the broker'));
    if (packet.retain) this.#boundRetained(packet);
    if (!this.#wanted(packet.topic)) return done();
    if (this.#window.full || this.#waiting.length > 0) this.#waiting.push(publish);
    else this.#handOver(publish);
  }

  #handOver({ client, packet, done }: Waiting): void {
    const queue = this.#queueOf(client);
    // The flag says that the broker keeps it; to a subscriber that is connected it comes as any other [MQTT-3.3.1-9].
    const live = packet.retain ? { ...packet, retain: false } : packet;
    const message = new HeldMessage<Done>(live, this.#options.clock.nowMs(), done, queue);
    this.#received++;
    queue.hold(message);
    this.#onMessage(message);
  }

  #admitWaiting(): void {
    let next = 0;
    while (next < this.#waiting.length && !this.#window.full) this.#handOver(this.#waiting[next++]!);
    this.#waiting = this.#waiting.slice(next);
  }

  #queueOf(client: Client | null): AckQueue<Done> {
    const known = client === null ? undefined : this.#queues.get(client);
    if (known !== undefined) return known;
    const queue = new AckQueue<Done>(this.#window, (dones) => {
      for (const done of dones) done();
    });
    if (client !== null) this.#queues.set(client, queue);
    return queue;
  }

  #boundRetained(packet: PublishPacket): void {
    if (packet.payload.length === 0) {
      this.#retainedTopics.delete(packet.topic);
    } else if (this.#retainedTopics.size < RETAINED_TOPICS_MAX) {
      this.#retainedTopics.add(packet.topic);
    } else if (!this.#retainedTopics.has(packet.topic)) {
      packet.retain = false;
      this.#log.warn(
        { max: RETAINED_TOPICS_MAX },
        'Too many retained topics: a message is passed on, not retained.',
      );
    }
  }

  // ── connections ─────────────────────────────────────────────────────────────────────────────────────────────

  #take(connection: Duplex, request?: IncomingMessage): void {
    const client = this.#broker!.handle(connection, request);
    connection.on('data', () => {
      if (unfinishedBytes(client) > PACKET_BYTES_MAX) connection.destroy(new Error('packet too large'));
    });
  }

  async #startWebSockets(host: string, port: number): Promise<void> {
    const server = new WebSocketServer({
      host,
      port,
      maxPayload: PACKET_BYTES_MAX,
      // MQTT 3.1.1 §6: the sub-protocol is `mqtt`; 3.1 clients say `mqttv3.1`.
      handleProtocols: (offered) =>
        offered.has('mqtt') ? 'mqtt' : offered.has('mqttv3.1') ? 'mqttv3.1' : false,
      // A page of any site can reach this machine from its user's browser; without passwords it must not publish.
      verifyClient: ({ req }: { req: IncomingMessage }) =>
        req.headers.origin === undefined || this.#logins.haveUsers,
    });
    server.on('connection', (socket, request) => {
      if (server.clients.size > CONNECTIONS_MAX) socket.terminate();
      else this.#take(createWebSocketStream(socket), request);
    });
    this.#webSockets = server;
    await listening(server, port, () => {});
  }
}

const STOPPING = new Error('the broker is stopping');

/** aedes has no limit of its own; this is what its parser holds of a packet that is not complete. */
function unfinishedBytes(client: Client): number {
  const { _parser: parser } = client as { _parser?: { _list?: { length: number } } };
  return parser?.['_list']?.length ?? 0;
}

/** Empty for a web page: it reaches us from its user's machine, but is not of it, and must give a password. */
function remoteAddress(client: Client): string {
  if (client.req?.headers.origin !== undefined) return '';
  return client.req?.socket.remoteAddress ?? (client.conn as Partial<Socket>).remoteAddress ?? '';
}
