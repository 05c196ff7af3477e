import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type {
  NativeMeta,
  NativeStatus,
  NativeWeather,
  NativeWeatherForecast,
} from '../server/ingest/payload.ts';
import type { DeviceMessage } from './live.ts';
import type { SimGrid, SimTransformer } from './simGrid.ts';

export interface BrokerAddress {
  url: string;
  username?: string;
  password?: string;
  /** PEM texts. */
  ca?: string;
  cert?: string;
  key?: string;
}

/** Publications handed to the broker and not yet acknowledged, at most: what a publisher holds in memory. */
const IN_FLIGHT_MAX = 1000;
/** Devices that share a connection, and connections at most. */
const DEVICES_PER_CONNECTION = 2000;
const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_MS = 1000;

/**
 * Publishes as devices do: QoS 1, retained `meta` and `status`, a last will. A few connections stand for all devices, as
 * data concentrators do; a connection has one will, so each speaks for the first of its devices.
 */
export class Publisher {
  /** Handed over, acknowledged (PUBACK), refused by the client. */
  readonly counts = { sent: 0, acked: 0, failed: 0 };
  readonly #address: BrokerAddress;
  readonly #org: string;
  #clients: MqttClient[] = [];
  #inFlight = 0;
  #waiting: (() => void)[] = [];
  #signal: AbortSignal;

  /** @param signal Ends every wait: what then finds no room is not sent. */
  constructor(address: BrokerAddress, org: string, signal: AbortSignal) {
    this.#address = address;
    this.#org = org;
    this.#signal = signal;
    signal.addEventListener('abort', this.#wake);
  }

  readonly #wake = (): void => {
    for (const go of this.#waiting.splice(0)) go();
  };

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Connects, trying again for as long as a later loss would.
   *
   * @param devices The transformers that speak through it; none for a replay.
   * @throws when the broker cannot be reached at first.
   */
  async connect(devices: readonly SimTransformer[] = []): Promise<void> {
    const count = Math.max(1, Math.min(CONNECTIONS_MAX, Math.ceil(devices.length / DEVICES_PER_CONNECTION)));
    for (let i = 0; i < count; i++) {
      const first = devices[i];
      const client = await mqtt.connectAsync(
        this.#address.url,
        this.#options(first ? this.#topic(first.id, 'status') : null),
        false,
      );
      // Without a listener a lost connection would end the process; mqtt.js reconnects and sends again by itself.
      client.on('error', () => {});
      this.#clients.push(client);
    }
  }

  #options(willTopic: string | null): IClientOptions {
    const { username, password, ca, cert, key } = this.#address;
    const offline: NativeStatus = { online: false };
    return {
      clean: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectPeriod: RECONNECT_MS,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(willTopic === null
        ? {}
        : {
            will: { topic: willTopic, payload: Buffer.from(JSON.stringify(offline)), qos: 1, retain: true },
          }),
    };
  }

  #topic(transformerId: string, kind: 'data' | 'status' | 'meta'): string {
    return `pq/v1/${this.#org}/${transformerId}/${kind}`;
  }

  /** Retained nameplate and presence of each device. */
  async announce(grid: SimGrid, intervalS: number): Promise<void> {
    const online: NativeStatus = { online: true };
    for (const t of grid.transformers) {
      await this.#publish(this.#topic(t.id, 'meta'), metaOf(grid, t, intervalS), true);
      await this.#publish(this.#topic(t.id, 'status'), online, true);
    }
  }

  async reading(message: DeviceMessage): Promise<void> {
    await this.#publish(this.#topic(message.transformer.id, 'data'), message.reading, false);
  }

  /** A reading of a transformer that is known by its id alone. */
  async replayed(transformerId: string, reading: DeviceMessage['reading']): Promise<void> {
    await this.#publish(this.#topic(transformerId, 'data'), reading, false);
  }

  async weather(stationId: string, sample: NativeWeather): Promise<void> {
    await this.#publish(`weather/v1/${this.#org}/${stationId}`, sample, false);
  }

  /** Weather to come. */
  async weatherForecast(stationId: string, forecast: NativeWeatherForecast): Promise<void> {
    await this.#publish(`weather/v1/${this.#org}/${stationId}/forecast`, forecast, false);
  }

  /** Resolves when it has been handed to the connection and there is room for the next: back-pressure of the broker. */
  async #publish(topic: string, body: object, retain: boolean): Promise<void> {
    while (this.#inFlight >= IN_FLIGHT_MAX) {
      if (this.#signal.aborted) return;
      await this.#change();
    }
    this.#inFlight++;
    this.counts.sent++;
    const client = this.#clients[this.counts.sent % this.#clients.length]!;
    client.publish(topic, JSON.stringify(body), { qos: 1, retain }, (error) => {
      this.#inFlight--;
      if (error) this.counts.failed++;
      else this.counts.acked++;
      this.#wake();
    });
  }

  /** Resolves when everything sent has been acknowledged, or the signal says to wait no longer. */
  async settled(): Promise<void> {
    while (this.#inFlight > 0 && !this.#signal.aborted) await this.#change();
  }

  /** Says good-bye for each device (retained `{"online":false}`) when there is a connection, then closes. */
  async close(devices: readonly SimTransformer[] = []): Promise<void> {
    const offline: NativeStatus = { online: false };
    this.#signal.removeEventListener('abort', this.#wake);
    this.#signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
    this.#signal.addEventListener('abort', this.#wake);
    if (this.#clients.length > 0 && this.#clients.every((c) => c.connected)) {
      for (const t of devices) await this.#publish(this.#topic(t.id, 'status'), offline, true);
      await this.settled();
    }
    // A close by force sends no DISCONNECT, and the broker would publish the last will.
    await Promise.all(
      this.#clients.map((client) => client.endAsync(!client.connected || this.#inFlight > 0)),
    );
    this.#clients = [];
  }
}

const CLOSE_TIMEOUT_MS = 5000;

function metaOf(grid: SimGrid, t: SimTransformer, intervalS: number): NativeMeta {
  return {
    name: t.name,
    capacity_kva: t.capacityKva,
    nominal_v: 220,
    uk_pct: t.ukPct,
    tap_position: t.tapPosition,
    feeder_id: grid.feeders[t.feeder]!.id,
    area_id: grid.areas[t.area]!.id,
    int: intervalS,
  };
}
