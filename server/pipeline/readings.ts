import type { LogRecord } from '../core/batchCodec.ts';
import type { ConditionEvent } from '../core/event.ts';
import type { GridModel } from '../core/grid.ts';
import { ProofEngine, withProof } from '../core/proofEngine.ts';
import type { DeadLetter } from '../core/reading.ts';
import type {
  Clock,
  Database,
  InboundMessage,
  LiveView,
  Logger,
  MessageSource,
  PipelineStatus,
  ReadingStore,
  Spool,
  StateFile,
} from '../ports.ts';
import { Checkpoint } from './checkpoint.ts';
import type { Engine, MessageDecoder } from './engine.ts';
import { Intake } from './intake.ts';
import { JudgeLane, type EventJudge } from './judgeLane.ts';
import { Ledger } from './ledger.ts';
import { LiveFeed } from './liveFeed.ts';
import type { Marks } from './marks.ts';
import { LatencyMeter, RateMeter } from './meters.ts';
import { RecordLog } from './recordLog.ts';
import { RecordWriter } from './records.ts';
import { StoreWriter } from './writer.ts';

/** How often the engine's time passes without a reading. */
const TICK_MS = 1_000;
/** What a stop waits for the spool, and for the stores, before it leaves the rest to the next start. */
const STOP_GRACE_MS = 5_000;

export interface PipelineDeps {
  clock: Clock;
  /** In [0, 1): jitter of retries. */
  random: () => number;
  log: Logger;
  decoder: MessageDecoder;
  engine: Engine;
  spool: Spool;
  store: ReadingStore;
  database: Pick<Database, 'registry' | 'deadLetters' | 'weather' | 'reports' | 'events' | 'health'>;
  /** Small and large part of the state between two runs. */
  marksFile: StateFile;
  engineFile: StateFile;
  /** Requests to devices, mostly Sparkplug rebirths. */
  publish: MessageSource['publish'];
  /** Makes incidents of what detectors noticed; absent where nobody is told. */
  judge?: EventJudge;
}

export interface Pipeline {
  /** Spool, store and database are started; the source is not yet. Resolves when messages may come. */
  start(): Promise<void>;
  /** The source is stopped; spool, store and database are not yet. */
  stop(): Promise<void>;
  readonly onMessage: (message: InboundMessage) => void;
  status(): PipelineStatus;
  readonly live: LiveView;
  /** Called after the events are durable, once each in normal running; again after a crash never. */
  onEvents(listener: (events: readonly ConditionEvent[]) => void): () => void;
  /** Sends a dead letter through the decoder again; false when something of it was refused once more. */
  replay(letter: DeadLetter): Promise<boolean>;
  /** The registry changed: decoder and engine take the new model. */
  reloadGrid(): Promise<GridModel>;
  grid(): GridModel;
}

export function createPipeline(deps: PipelineDeps): Pipeline {
  return new ReadingPipeline(deps);
}

class ReadingPipeline implements Pipeline {
  readonly #deps: PipelineDeps;
  readonly #log: RecordLog;
  readonly #ledger = new Ledger();
  readonly #intake: Intake;
  readonly #writer: StoreWriter;
  readonly #records: RecordWriter;
  readonly #judging: JudgeLane | null;
  readonly #checkpoint: Checkpoint;
  readonly #feed: LiveFeed;
  readonly #listeners = new Set<(events: readonly ConditionEvent[]) => void>();
  readonly #messages = new RateMeter();
  readonly #readings = new RateMeter();
  readonly #latency = new LatencyMeter();
  #lastReadingMs: number | null = null;
  #grid: GridModel = { version: 0, areas: [], feeders: [], transformers: [] };
  #orgs: Map<string, string> | null = null;
  #cancelTick: (() => void) | null = null;

  constructor(deps: PipelineDeps) {
    const { spool, log: logger, database, engine, clock, store } = deps;
    this.#deps = deps;
    this.#log = new RecordLog(spool, logger);
    const shared = { ...deps, log: this.#log, ledger: this.#ledger, logger };
    this.#writer = new StoreWriter({
      ...shared,
      store,
      deadLetters: database.deadLetters,
      orgOf: (id) => this.#orgOf(id),
    });
    this.#records = new RecordWriter(shared);
    this.#judging = deps.judge === undefined ? null : new JudgeLane({ ...shared, judge: deps.judge });
    this.#checkpoint = new Checkpoint({
      ...shared,
      marks: () => this.#marks(),
      judgedSeq: () => deps.judge?.cursor ?? Infinity,
    });
    this.#feed = new LiveFeed(engine, clock);
    this.#intake = new Intake({
      ...shared,
      proof: new ProofEngine(clock.nowMs()),
      onAppended: (record, copies) => this.#appended(record, copies),
      onQuiet: () => this.#checkpoint.quiet(),
    });
  }

  get live(): LiveView {
    return this.#feed;
  }

  readonly onMessage = (message: InboundMessage): void => {
    this.#messages.add(1, this.#deps.clock.nowMs());
    this.#intake.onMessage(message);
  };

  async start(): Promise<void> {
    await this.reloadGrid();
    this.#log.open();
    const { spool } = this.#deps;
    const { storeSeq, recordsSeq, recompute } = await this.#checkpoint.restore();
    this.#writer.start(storeSeq, recompute);
    this.#records.start(recordsSeq);
    await this.#judging?.start(spool.status());
    this.#scheduleTick();
  }

  async stop(): Promise<void> {
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#feed.stop();
    await this.#intake.stop(STOP_GRACE_MS);
    await Promise.all([
      this.#writer.stop(STOP_GRACE_MS),
      this.#records.stop(STOP_GRACE_MS),
      this.#judging?.stop(STOP_GRACE_MS),
    ]);
    await this.#checkpoint.finish(this.#intake.stuck === null);
  }

  replay(letter: DeadLetter): Promise<boolean> {
    return this.#intake.replay(letter);
  }

  onEvents(listener: (events: readonly ConditionEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async reloadGrid(): Promise<GridModel> {
    const { database, decoder, engine } = this.#deps;
    this.#grid = await database.registry.load();
    this.#orgs = null;
    decoder.setGrid(withProof(this.#grid));
    this.#deps.judge?.setGrid(this.#grid);
    engine.setGrid(this.#grid, this.#deps.clock.nowMs());
    return this.#grid;
  }

  grid(): GridModel {
    return this.#grid;
  }

  status(): PipelineStatus {
    const nowMs = this.#deps.clock.nowMs();
    const { bytes } = this.#deps.spool.status();
    const { cursor } = this.#writer;
    const behind = Math.min(cursor, this.#records.cursor);
    const oldestMs = Math.min(this.#writer.oldestMs ?? Infinity, this.#records.oldestMs ?? Infinity);
    return {
      conservation: this.#ledger.conservation({
        readings: cursor >= this.#log.lastSeq,
        letters: this.#records.cursor >= this.#log.lastSeq,
      }),
      spool: {
        entries: this.#log.lastSeq - behind,
        bytes,
        oldestAgeMs: Number.isFinite(oldestMs) ? Math.max(0, nowMs - oldestMs) : null,
        refusal: this.#intake.stuck,
      },
      writer: this.#writer.status(),
      ingest: {
        messagesPerS: this.#messages.perS(nowMs),
        readingsPerS: this.#readings.perS(nowMs),
        lastReadingMs: this.#lastReadingMs,
      },
      detectionP99Ms: this.#latency.p99Ms(nowMs),
      points: this.#deps.engine.size().points,
    };
  }

  #appended(record: LogRecord, copies: number): void {
    for (let i = 0; i < copies; i++) this.#ledger.appended(record);
    const count = record.readings.length;
    if (count > 0) {
      const nowMs = this.#deps.clock.nowMs();
      this.#readings.add(count, nowMs);
      this.#latency.add(nowMs - record.receivedMs, count, nowMs);
      this.#lastReadingMs = record.receivedMs;
    }
    if (record.events.length > 0) for (const listener of this.#listeners) listener(record.events);
  }

  #marks(): Marks {
    return {
      ledgerSeq: this.#log.lastSeq,
      ledger: this.#ledger.state(),
      storeSeq: this.#writer.cursor,
      recordsSeq: this.#records.cursor,
      recompute: this.#writer.pendingRecompute(),
    };
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#deps.clock.after(TICK_MS, () => {
      this.#intake.tick();
      if (this.#intake.stuck !== null) this.#checkpoint.saveMarks();
      this.#scheduleTick();
    });
  }

  #orgOf(transformerId: string): string {
    this.#orgs ??= new Map(this.#grid.transformers.map((t) => [t.id, t.org]));
    return this.#orgs.get(transformerId) ?? 'unknown';
  }
}
