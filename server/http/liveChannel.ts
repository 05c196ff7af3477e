import type { MapDelta } from '../core/liveView.ts';
import { PictureInSight } from '../core/sight.ts';
import type { Clock, LiveView } from '../ports.ts';

/** Deltas kept for browsers that come back; at 2 a second, half a minute. */
const DELTAS_KEPT_MAX = 64;
/** Chunks that may wait for one browser before it is resynced instead. */
const CHUNKS_WAITING_MAX = 16;
const SNAPSHOT_FRESH_MS = 1_000;

interface KeptDelta {
  seq: number;
  bytes: Uint8Array;
}

interface Client {
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** It fell behind: it gets nothing until it has drained, then one `resync`. */
  lagging: boolean;
  /** Whether whoever opened it may still see this. */
  mayGoOn: () => Promise<boolean>;
}

/** A stream to open. */
interface Opening {
  lastEventId: string | null;
  /** Told after the picture. */
  first: readonly Uint8Array[];
  mayGoOn: () => Promise<boolean>;
  onLeave: () => void;
}

const encoder = new TextEncoder();

/** Of all browsers that see the same areas: each event is encoded once for all of them. */
export class LiveChannel {
  readonly #live: LiveView;
  readonly #clock: Clock;
  /** Distinguishes this sequence from that of other channels, and of the run before. */
  readonly #epoch: string;
  /** Null: all. */
  readonly areaIds: readonly string[] | null;
  readonly #clients = new Set<Client>();
  readonly #kept: KeptDelta[] = [];
  #picture: PictureInSight | null = null;
  #seq = 0;
  #snapshot: { seq: number; madeMs: number; bytes: Uint8Array } | null = null;

  constructor(
    live: LiveView,
    { clock, epoch, areaIds }: { clock: Clock; epoch: string; areaIds: readonly string[] | null },
  ) {
    this.#live = live;
    this.#clock = clock;
    this.#epoch = epoch;
    this.areaIds = areaIds;
    if (areaIds !== null) this.#picture = new PictureInSight(live.snapshot(), areaIds);
  }

  get clients(): number {
    return this.#clients.size;
  }

  open({ lastEventId, first, mayGoOn, onLeave }: Opening): ReadableStream<Uint8Array> {
    let client: Client | null = null;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { controller, lagging: false, mayGoOn };
          for (const chunk of [...this.#opening(lastEventId), ...first]) controller.enqueue(chunk);
          this.#clients.add(client);
        },
        pull: () => {
          if (client?.lagging !== true) return;
          client.lagging = false;
          client.controller.enqueue(encoder.encode('event: resync\ndata: {}\n\n'));
        },
        cancel: () => {
          if (client !== null) this.#clients.delete(client);
          onLeave();
        },
      },
      new CountQueuingStrategy({ highWaterMark: CHUNKS_WAITING_MAX }),
    );
  }

  take(delta: MapDelta): void {
    const picture = this.#picture;
    if (picture !== null && picture.snapshot.gridVersion !== delta.gridVersion) {
      // Another grid: rows have other numbers, and every browser loads the snapshot again.
      this.#picture = new PictureInSight(this.#live.snapshot(), this.areaIds ?? []);
      this.#broadcast('resync', {});
      return;
    }
    const seen = picture === null ? delta : picture.take(delta);
    if (seen !== null) this.#broadcast('delta', seen);
  }

  send(bytes: Uint8Array): void {
    for (const client of this.#clients) {
      if (client.lagging) continue;
      if ((client.controller.desiredSize ?? 0) <= 0) {
        client.lagging = true;
        continue;
      }
      client.controller.enqueue(bytes);
    }
  }

  /** Closes the streams of those who logged out or may see something else now; they ask again. */
  async review(): Promise<void> {
    for (const client of this.#clients) {
      const may = await client.mayGoOn().catch(() => true);
      if (!may && this.#clients.delete(client)) client.controller.close();
    }
  }

  close(): void {
    for (const client of this.#clients) client.controller.close();
    this.#clients.clear();
  }

  #opening(lastEventId: string | null): Uint8Array[] {
    const missed = this.#missedSince(lastEventId);
    const retry = encoder.encode('retry: 2000\n\n');
    return missed === null ? [retry, this.#snapshotBytes()] : [retry, ...missed.map((d) => d.bytes)];
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
    if (cached !== null && cached.seq === this.#seq && nowMs - cached.madeMs < SNAPSHOT_FRESH_MS) {
      return cached.bytes;
    }
    const whole = this.#live.snapshot();
    if (this.areaIds !== null) this.#picture = new PictureInSight(whole, this.areaIds);
    const bytes = this.#event('snapshot', this.#picture?.snapshot ?? whole);
    this.#snapshot = { seq: this.#seq, madeMs: nowMs, bytes };
    return bytes;
  }

  #broadcast(name: string, data: object): void {
    this.#seq++;
    const bytes = this.#event(name, data);
    this.#kept.push({ seq: this.#seq, bytes });
    if (this.#kept.length > DELTAS_KEPT_MAX) this.#kept.shift();
    this.send(bytes);
  }

  #event(name: string, data: object): Uint8Array {
    return encoder.encode(
      `id: ${this.#epoch}.${this.#seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }
}
