import type { GridModel } from '../../server/core/grid.ts';
import type { Engine, MessageDecoder } from '../../server/pipeline/engine.ts';
import { type Pipeline, createPipeline } from '../../server/pipeline/readings.ts';
import { recordingLog } from '../fixtures/world.ts';
import {
  FakeClock,
  FakeDatabase,
  FakeEngine,
  FakeStore,
  MemoryFile,
  MemorySpool,
  fakeDecoder,
  message,
} from './fakes.ts';

/** Calls reach the target until the life ends; then they hang for ever, as those of a killed process. */
function mortal<T extends object>(target: T, life: { ended: boolean }): T {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value === 'object' && value !== null) return mortal(value, life);
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      if (key === 'nowMs' || key === 'status') return call;
      return (...args: unknown[]) => {
        if (!life.ended) return call(...args);
        return key === 'after' ? () => undefined : new Promise(() => undefined);
      };
    },
  });
}

interface RigParts {
  engine: () => Engine;
  decoder: () => MessageDecoder;
  grid?: GridModel;
}

/** A pipeline in a world of fakes; `crash` leaves it where it stands and starts another on what is durable. */
export class Rig {
  readonly clock = new FakeClock(1_753_000_000_000);
  readonly spool = new MemorySpool();
  readonly store = new FakeStore();
  readonly database = new FakeDatabase();
  readonly marksFile = new MemoryFile();
  readonly engineFile = new MemoryFile();
  readonly log = recordingLog();
  engine: Engine = new FakeEngine();
  settled: string[] = [];
  #pipeline: Pipeline | null = null;
  #life = { ended: false };
  readonly #parts: RigParts;

  /** Fakes of engine and decoder unless given; each start makes new ones. */
  constructor(parts: Partial<RigParts> = {}) {
    this.#parts = { engine: () => new FakeEngine(), decoder: () => fakeDecoder, ...parts };
    if (parts.grid !== undefined) this.database.grid = parts.grid;
  }

  get pipeline(): Pipeline {
    return this.#pipeline!;
  }

  async start(): Promise<this> {
    await this.spool.start();
    this.engine = this.#parts.engine();
    this.#life = { ended: false };
    const mine = <T extends object>(target: T): T => mortal(target, this.#life);
    this.#pipeline = createPipeline({
      clock: mine(this.clock),
      random: () => 0.5,
      log: this.log,
      decoder: this.#parts.decoder(),
      engine: this.engine,
      spool: mine(this.spool),
      store: mine(this.store.asStore()),
      database: mine(this.database.asDatabase()),
      marksFile: mine(this.marksFile),
      engineFile: mine(this.engineFile),
      publish: async () => undefined,
    });
    await this.#pipeline.start();
    return this;
  }

  send(...texts: string[]): void {
    for (const text of texts) this.publish('t', text);
  }

  publish(topic: string, text: string): void {
    this.pipeline.onMessage(message(text, this.clock.nowMs(), () => this.settled.push(text), topic));
  }

  /** The process is killed where it stands, and another one starts. */
  async crash(downMs = 0): Promise<void> {
    this.#life.ended = true;
    if (downMs > 0) await this.clock.advance(downMs);
    await this.start();
  }

  conservation() {
    return this.pipeline.status().conservation;
  }
}
