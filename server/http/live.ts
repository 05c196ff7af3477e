import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MapDelta } from '../core/liveView.ts';
import type { Clock, LiveView } from '../ports.ts';
import { principalOf } from './auth.ts';
import { incidentNews, watchIncidents, type IncidentNews, type IncidentSource } from './incidentNews.ts';

/** Deltas kept for browsers that come back; at 2 a second, half a minute. */
const DELTAS_KEPT_MAX = 64;
/** Chunks that may wait for one browser before it is resynced instead. */
const CHUNKS_WAITING_MAX = 16;
const KEEPALIVE_MS = 15_000;
const CLIENTS_MAX = 5_000;

interface KeptDelta {
  seq: number;
  bytes: Uint8Array;
}

interface Client {
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Areas in its sight; null: all. */
  areaIds: readonly string[] | null;
  /** It fell behind: it gets nothing until it has drained, then one `resync`. */
  lagging: boolean;
}

/**
 * Server-sent events of the live picture: a snapshot, then deltas, each encoded once for all browsers. A browser that
 * comes back with `Last-Event-ID` gets what it missed when that is still kept; one that reads too slowly is told to
 * load the snapshot again (`resync`) instead of being buffered for ever.
 */
export class LiveHub {
  readonly #live: LiveView;
  readonly #clock: Clock;
  /** Distinguishes this run's sequence from that of the run before. */
  readonly #epoch: string;
  readonly #clients = new Set<Client>();
  readonly #kept: KeptDelta[] = [];
  readonly #encoder = new TextEncoder();
  #seq = 0;
  #snapshot: { seq: number; gridVersion: number; madeMs: number; bytes: Uint8Array } | null = null;
  #stopDeltas: () => void = () => undefined;
  #stopBeat: () => void = () => undefined;
  #stopIncidents: () => void = () => undefined;
  readonly #incidents: IncidentSource | null;

  constructor(live: LiveView, clock: Clock, epoch: string, incidents: IncidentSource | null = null) {
    this.#live = live;
    this.#clock = clock;
    this.#epoch = epoch;
    this.#incidents = incidents;
  }

  start(): void {
    this.#stopDeltas = this.#live.onDelta((delta) => this.#broadcast(delta));
    if (this.#incidents !== null) {
      this.#stopIncidents = watchIncidents(this.#incidents, this.#clock, (newsFor) =>
        this.#tellIncidents(newsFor),
      );
    }
    const pulse = (): void => {
      // An event and not a comment: a browser does not see comments, and must notice a half-open connection.
      const beat = JSON.stringify({ tsMs: this.#clock.nowMs() });
      this.#sendAll(this.#encoder.encode(`event: heartbeat\ndata: ${beat}\n\n`));
      this.#stopBeat = this.#clock.after(KEEPALIVE_MS, pulse);
    };
    this.#stopBeat = this.#clock.after(KEEPALIVE_MS, pulse);
  }
  stop(): void {
    this.#stopBeat();
    this.#stopDeltas();
    this.#stopIncidents();
    for (const client of this.#clients) client.controller.close();
    this.#clients.clear();
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** One browser's stream; null when there are too many. `lastEventId` as the browser sent it. */
  open(
    lastEventId: string | null,
    areaIds: readonly string[] | null = null,
  ): ReadableStream<Uint8Array> | null {
    if (this.#clients.size >= CLIENTS_MAX) return null;
    let client: Client | null = null;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { controller, areaIds, lagging: false };
          for (const chunk of this.#opening(lastEventId)) controller.enqueue(chunk);
          if (this.#incidents !== null) {
            controller.enqueue(this.#incidentsBytes(incidentNews(this.#incidents, [], areaIds)));
          }
          this.#clients.add(client);
        },
        pull: () => {
          if (client?.lagging !== true) return;
          client.lagging = false;
          client.controller.enqueue(this.#encoder.encode('event: resync\ndata: {}\n\n'));
        },
        cancel: () => {
          if (client !== null) this.#clients.delete(client);
        },
      },
      new CountQueuingStrategy({ highWaterMark: CHUNKS_WAITING_MAX }),
    );
  }

  #opening(lastEventId: string | null): Uint8Array[] {
    const missed = this.#missedSince(lastEventId);
    if (missed !== null) return [this.#encoder.encode('retry: 2000\n\n'), ...missed.map((d) => d.bytes)];
    return [this.#encoder.encode('retry: 2000\n\n'), this.#snapshotBytes()];
  }

  /** Deltas after the id, or null when they are no longer all kept. */
  #missedSince(lastEventId: string | null): KeptDelta[] | null {
    const match = lastEventId === null ? null : /^([\w-]{1,64})\.(\d{1,15})$/.exec(lastEventId);
    if (match === null || match[1] !== this.#epoch) return null;
    const seq = Number(match[2]);
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    if (seq > this.#seq || seq + 1 < oldest) return null;
    return this.#kept.filter((d) => d.seq > seq);
  }

  /** Made at most once between two deltas: a wall of browsers that reconnects together costs one encoding. */
  #snapshotBytes(): Uint8Array {
    const cached = this.#snapshot;
    const nowMs = this.#clock.nowMs();
    if (cached !== null && cached.seq === this.#seq && nowMs - cached.madeMs < 1000) return cached.bytes;
    const snapshot = this.#live.snapshot();
    const bytes = this.#event('snapshot', this.#seq, snapshot);
    this.#snapshot = { seq: this.#seq, gridVersion: snapshot.gridVersion, madeMs: nowMs, bytes };
    return bytes;
  }

  #broadcast(delta: MapDelta): void {
    this.#seq++;
    const bytes = this.#event('delta', this.#seq, delta);
    this.#kept.push({ seq: this.#seq, bytes });
    if (this.#kept.length > DELTAS_KEPT_MAX) this.#kept.shift();
    this.#sendAll(bytes);
  }

  #sendAll(bytes: Uint8Array): void {
    for (const client of this.#clients) this.#send(client, bytes);
  }

  #send(client: Client, bytes: Uint8Array): void {
    if (client.lagging) return;
    if ((client.controller.desiredSize ?? 0) <= 0) {
      client.lagging = true;
      return;
    }
    client.controller.enqueue(bytes);
  }

  /** Encoded once for each scope; without an id: what was missed is told by the numbers when it opens again. */
  #tellIncidents(newsFor: (areaIds: readonly string[] | null) => IncidentNews): void {
    const byScope = new Map<string, Uint8Array>();
    for (const client of this.#clients) {
      const scope = JSON.stringify(client.areaIds);
      const bytes = byScope.get(scope) ?? this.#incidentsBytes(newsFor(client.areaIds));
      byScope.set(scope, bytes);
      this.#send(client, bytes);
    }
  }

  #incidentsBytes(news: IncidentNews): Uint8Array {
    return this.#encoder.encode(`event: incidents\ndata: ${JSON.stringify(news)}\n\n`);
  }

  #event(name: string, seq: number, data: object): Uint8Array {
    return this.#encoder.encode(
      `id: ${this.#epoch}.${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }
}

/** `GET /api/v1/live`. */
export function mountLive(app: OpenAPIHono, hub: LiveHub): void {
  app.get('/api/v1/live', (c) => {
    const lastEventId = c.req.header('last-event-id') ?? c.req.query('lastEventId') ?? null;
    const stream = hub.open(lastEventId, principalOf(c).areaIds);
    if (stream === null) return c.body(null, 503, { 'retry-after': '10' });
    return new Response(stream, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    });
  });
}
