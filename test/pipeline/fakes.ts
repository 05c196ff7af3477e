import { crc32 } from 'node:zlib';
import type { GridModel } from '../../server/core/grid.ts';
import type { ConditionEvent } from '../../server/core/event.ts';
import type {
  DeadLetter,
  DeviceReport,
  IngestBatch,
  Reading,
  WeatherSample,
} from '../../server/core/reading.ts';
import { emptyReading } from '../../server/core/reading.ts';
import type { VoltageMean } from '../../server/core/summary.ts';
import type { Engine, MessageDecoder } from '../../server/pipeline/engine.ts';
import type {
  Clock,
  Database,
  InboundMessage,
  ReadingStore,
  RecomputeWindow,
  Spool,
  StateFile,
  WriteResult,
} from '../../server/ports.ts';

/** The world of the pipeline in memory, under the test's hand. */

/** Lets everything run that waits for nothing but its turn. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeClock implements Clock {
  #nowMs: number;
  #timers: { atMs: number; run: () => void }[] = [];
  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }
  nowMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  /** Time passes; timers run at their time, in order, and all that follows at once runs between them. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turns();
    for (;;) {
      const due = this.#timers.filter((t) => t.atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#nowMs = due.atMs;
      due.run();
      await turns();
    }
    this.#nowMs = untilMs;
  }
}

/** Survives the pipeline that uses it, as a disk does. `fault` makes appends fail. */
export class MemorySpool implements Spool {
  entries = new Map<number, Uint8Array>();
  fault: string | null = null;
  bytesMax = Infinity;
  #lastSeq = 0;
  #stopped = true;
  async start(): Promise<void> {
    this.#stopped = false;
  }
  async stop(): Promise<void> {
    this.#stopped = true;
  }
  async append(entry: Uint8Array): Promise<number> {
    if (this.#stopped) throw new Error('The spool is stopped.');
    if (this.fault !== null) throw new Error(this.fault);
    if (this.status().bytes + entry.length > this.bytesMax) throw new Error('full');
    this.entries.set(++this.#lastSeq, entry.slice());
    return this.#lastSeq;
  }
  async read(afterSeq: number, bytesMax: number): Promise<{ seq: number; entry: Uint8Array }[]> {
    const found: { seq: number; entry: Uint8Array }[] = [];
    let bytes = 0;
    for (const [seq, entry] of this.entries) {
      if (seq <= afterSeq) continue;
      bytes += entry.length;
      if (found.length > 0 && bytes > bytesMax) break;
      found.push({ seq, entry });
    }
    return found;
  }
  async trim(seq: number): Promise<void> {
    for (const kept of this.entries.keys()) if (kept <= seq) this.entries.delete(kept);
  }
  status(): ReturnType<Spool['status']> {
    const firstSeq = [...this.entries.keys()][0] ?? this.#lastSeq + 1;
    const bytes = [...this.entries.values()].reduce((sum, entry) => sum + entry.length, 0);
    const entries = this.#lastSeq - firstSeq + 1;
    return { firstSeq, lastSeq: this.#lastSeq, entries, bytes, bytesMax: this.bytesMax };
  }
}

export class MemoryFile implements StateFile {
  bytes: Uint8Array | null = null;
  async read(): Promise<Uint8Array | null> {
    return this.bytes;
  }
  async write(bytes: Uint8Array): Promise<void> {
    this.bytes = bytes.slice();
  }
}

const keyOf = (row: Reading): string => `${row.transformerId} ${row.point} ${row.tsMs}`;

/** Answers as told; what it took is by identity. Everything not asked for by the pipeline is missing. */
export class FakeStore {
  rows = new Map<string, Reading>();
  means: VoltageMean[] = [];
  recomputed: RecomputeWindow[][] = [];
  calls: number[] = [];
  /** Asked before each write of readings; null: stored. */
  answer: (rows: readonly Reading[]) => WriteResult | Promise<WriteResult> | null = () => null;
  async writeReadings(rows: readonly Reading[]): Promise<WriteResult> {
    this.calls.push(rows.length);
    const answer = await this.answer(rows);
    if (answer !== null && answer.kind !== 'stored') return answer;
    for (const row of rows) this.rows.set(keyOf(row), structuredClone(row));
    return { kind: 'stored' };
  }
  async writeMeans(rows: readonly VoltageMean[]): Promise<WriteResult> {
    this.means.push(...rows);
    return { kind: 'stored' };
  }
  async writeDailies(): Promise<WriteResult> {
    return { kind: 'stored' };
  }
  async recompute(windows: readonly RecomputeWindow[]): Promise<void> {
    this.recomputed.push([...windows]);
  }
  asStore(): ReadingStore {
    return this as unknown as ReadingStore;
  }
}

const eventKey = (e: ConditionEvent): string =>
  [e.transformerId, e.condition, e.phase, e.kind, e.tsMs].filter((part) => part !== null).join(' ');

export class FakeDatabase {
  letters = new Map<string, DeadLetter>();
  samples: WeatherSample[] = [];
  readonly forecasts: WeatherSample[] = [];
  devices: DeviceReport[] = [];
  noticed = new Map<string, ConditionEvent>();
  fault: string | null = null;
  #take<Row>(rows: readonly Row[], put: (row: Row) => void): Promise<void> {
    if (this.fault !== null) return Promise.reject(new Error(this.fault));
    for (const row of rows) put(row);
    return Promise.resolve();
  }
  deadLetters = { add: (rows: readonly DeadLetter[]) => this.#take(rows, (r) => this.letters.set(r.id, r)) };
  weather = {
    add: (rows: readonly WeatherSample[]) => this.#take(rows, (r) => this.samples.push(r)),
    addForecast: async (rows: readonly WeatherSample[]) => void this.forecasts.push(...rows),
  };
  reports = { put: (rows: readonly DeviceReport[]) => this.#take(rows, (r) => this.devices.push(r)) };
  events = {
    add: (rows: readonly ConditionEvent[]) => this.#take(rows, (r) => this.noticed.set(eventKey(r), r)),
  };
  grid: GridModel = { version: 1, areas: [], feeders: [], transformers: [] };
  registry = { load: async () => this.grid };
  health = async () => ({ ok: this.fault === null, product: 'memory', detail: '' });
  asDatabase(): Database {
    return this as unknown as Database;
  }
}

/** Text messages `id ts volts`, several to a message by `;`; anything else is a dead letter. */
export const fakeDecoder: MessageDecoder = {
  setGrid: () => undefined,
  decode(topic, payload, receivedMs, out: IngestBatch) {
    const text = new TextDecoder().decode(payload);
    for (const part of text === '' ? [] : text.split(';')) {
      const [id, ts, volts] = part.split(' ');
      if (volts !== undefined) {
        out.readings.push({ ...emptyReading(id!, 'outlet', Number(ts)), uaV: Number(volts) });
        continue;
      }
      const letterId = crc32(`${topic} ${part} ${receivedMs} ${out.deadLetters.length}`).toString(16);
      const bytes = new TextEncoder().encode(part);
      const letter = { id: letterId, receivedMs, topic, payload: bytes, detail: 'no', transformerId: null };
      out.deadLetters.push({ ...letter, reason: 'unparsable' });
    }
    return [];
  },
};

/** Under 198 V raises, over it clears, the first time each; an identity seen before is a duplicate. */
export class FakeEngine implements Engine {
  #seen = new Set<string>();
  #low = new Set<string>();
  #events: ConditionEvent[] = [];
  recompute: RecomputeWindow[] = [];
  steps = 0;
  setGrid(): void {}
  step(reading: Reading): 'live' | 'duplicate' {
    this.steps++;
    if (this.#seen.has(keyOf(reading))) return 'duplicate';
    this.#seen.add(keyOf(reading));
    const low = reading.uaV < 198;
    if (low === this.#low.has(reading.transformerId)) return 'live';
    if (low) this.#low.add(reading.transformerId);
    else this.#low.delete(reading.transformerId);
    const { transformerId, point, tsMs } = reading;
    const what = { transformerId, point, tsMs, condition: 'under-voltage', phase: null, severity: null };
    const kind = low ? ('raised' as const) : ('cleared' as const);
    this.#events.push({ ...what, kind, detectedMs: tsMs, valueV: reading.uaV, limitV: 198 });
    return 'live';
  }
  tick(): void {}
  takeEvents(): ConditionEvent[] {
    return this.#events.splice(0);
  }
  takeClosed(): ReturnType<Engine['takeClosed']> {
    return { means: [], dailies: [], recompute: this.recompute.splice(0) };
  }
  snapshot(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify({ seen: [...this.#seen], low: [...this.#low] }));
  }
  restore(bytes: Uint8Array): void {
    const state = JSON.parse(new TextDecoder().decode(bytes)) as { seen: string[]; low: string[] };
    this.#seen = new Set(state.seen);
    this.#low = new Set(state.low);
  }
  restartGrace(): void {}
  size(): { points: number } {
    return { points: this.#seen.size };
  }
  mapSnapshot(): never {
    throw new Error('not asked for here');
  }
  takeDelta(): null {
    return null;
  }
}

export function message(
  text: string,
  receivedMs: number,
  settle: () => void = () => undefined,
  topic = 't',
): InboundMessage {
  return { topic, payload: new TextEncoder().encode(text), qos: 1, retained: false, receivedMs, settle };
}
