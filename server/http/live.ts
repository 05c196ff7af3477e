import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MapDelta } from '../core/liveView.ts';
import type { Clock, LiveView } from '../ports.ts';
import { mayGoOn, principalOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { incidentNews, watchIncidents, type IncidentNews, type IncidentSource } from './incidentNews.ts';
import { LiveChannel } from './liveChannel.ts';

const KEEPALIVE_MS = 15_000;
const CLIENTS_MAX = 5_000;

/**
 * Server-sent events of the live picture: a snapshot, then deltas, each encoded once for all browsers that see the same
 * areas. A browser that comes back with `Last-Event-ID` gets what it missed when that is still kept; one that reads too
 * slowly is told to load the snapshot again (`resync`) instead of being buffered for ever.
 */
export class LiveHub {
  readonly #live: LiveView;
  readonly #clock: Clock;
  readonly #epoch: string;
  readonly #whole: LiveChannel;
  /** By the areas in sight; a channel lasts as long as someone listens. */
  readonly #parts = new Map<string, LiveChannel>();
  #partsMade = 0;
  #stopDeltas: () => void = () => undefined;
  #stopBeat: () => void = () => undefined;
  #stopIncidents: () => void = () => undefined;
  readonly #incidents: IncidentSource | null;

  constructor(live: LiveView, clock: Clock, epoch: string, incidents: IncidentSource | null = null) {
    this.#incidents = incidents;
    this.#live = live;
    this.#clock = clock;
    this.#epoch = epoch;
    this.#whole = new LiveChannel(live, { clock, epoch, areaIds: null });
  }

  start(): void {
    this.#stopDeltas = this.#live.onDelta((delta) => this.#broadcast(delta));
    if (this.#incidents !== null) {
      this.#stopIncidents = watchIncidents(this.#incidents, this.#clock, (newsFor) => {
        // Without an id: what was missed is told by the numbers when a stream opens again.
        for (const channel of this.#channels()) channel.send(incidentsBytes(newsFor(channel.areaIds)));
      });
    }
    const pulse = (): void => {
      // An event and not a comment: a browser does not see comments, and must notice a half-open connection.
      const beat = JSON.stringify({ tsMs: this.#clock.nowMs() });
      const bytes = new TextEncoder().encode(`event: heartbeat\ndata: ${beat}\n\n`);
      for (const channel of this.#channels()) {
        channel.send(bytes);
        void channel.review().then(() => this.#forgetEmpty());
      }
      this.#stopBeat = this.#clock.after(KEEPALIVE_MS, pulse);
    };
    this.#stopBeat = this.#clock.after(KEEPALIVE_MS, pulse);
  }
  stop(): void {
    this.#stopBeat();
    this.#stopDeltas();
    this.#stopIncidents();
    for (const channel of this.#channels()) channel.close();
    this.#parts.clear();
  }

  get clients(): number {
    return this.#channels().reduce((sum, channel) => sum + channel.clients, 0);
  }

  /**
   * One browser's stream of the areas in its sight (null: all); null when there are too many. `lastEventId` as the browser
   * sent it; `mayGoOn` is asked now and then whether whoever opened it may still see it.
   */
  open(
    lastEventId: string | null,
    areaIds: readonly string[] | null = null,
    mayGoOn: () => Promise<boolean> = () => Promise.resolve(true),
  ): ReadableStream<Uint8Array> | null {
    if (this.clients >= CLIENTS_MAX) return null;
    const news = this.#incidents === null ? null : incidentNews(this.#incidents, [], areaIds);
    return this.#channelOf(areaIds).open({
      lastEventId,
      mayGoOn,
      first: news === null ? [] : [incidentsBytes(news)],
      onLeave: () => this.#forgetEmpty(),
    });
  }

  #channelOf(areaIds: readonly string[] | null): LiveChannel {
    if (areaIds === null) return this.#whole;
    const key = JSON.stringify(areaIds.toSorted());
    let channel = this.#parts.get(key);
    if (channel === undefined) {
      this.#partsMade += 1;
      const epoch = `${this.#epoch}-${this.#partsMade}`;
      channel = new LiveChannel(this.#live, { clock: this.#clock, epoch, areaIds });
      this.#parts.set(key, channel);
    }
    return channel;
  }

  #channels(): LiveChannel[] {
    return [this.#whole, ...this.#parts.values()];
  }

  #forgetEmpty(): void {
    for (const [key, channel] of this.#parts) if (channel.clients === 0) this.#parts.delete(key);
  }

  #broadcast(delta: MapDelta): void {
    for (const channel of this.#channels()) channel.take(delta);
  }
}

function incidentsBytes(news: IncidentNews): Uint8Array {
  return new TextEncoder().encode(`event: incidents\ndata: ${JSON.stringify(news)}\n\n`);
}

/** `GET /api/v1/live`. */
export function mountLive(app: OpenAPIHono, hub: LiveHub, deps: HttpDeps): void {
  app.get('/api/v1/live', (c) => {
    const { areaIds } = principalOf(c);
    const lastEventId = c.req.header('last-event-id') ?? c.req.query('lastEventId') ?? null;
    const stream = hub.open(lastEventId, areaIds, mayGoOn(deps, c));
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
