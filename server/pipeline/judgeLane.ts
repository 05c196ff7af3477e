import type { ConditionEvent } from '../core/event.ts';
import type { GridModel } from '../core/grid.ts';
import type { Clock, Logger, Spool } from '../ports.ts';
import { Lane } from './lane.ts';
import type { RecordLog } from './recordLog.ts';

/** Makes incidents of what detectors noticed, and keeps its own place in the spool, in one transaction with them. */
export interface EventJudge {
  /** Durably judged up to here. */
  readonly cursor: number;
  setGrid(model: GridModel): void;
  /** Takes up what is open; where judging goes on, null before the first time. */
  load(): Promise<number | null>;
  start(seq: number): void;
  /** Resolves when it is durable. */
  take(events: readonly ConditionEvent[], seq: number): Promise<void>;
  stop(): Promise<void>;
}

export interface JudgeLaneDeps {
  judge: EventJudge;
  log: RecordLog;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** The third reader of the log: stores may be down while people are told, and the other way round. */
export class JudgeLane {
  readonly #judge: EventJudge;
  readonly #lane: Lane;

  constructor(deps: JudgeLaneDeps) {
    this.#judge = deps.judge;
    this.#lane = new Lane({
      ...deps,
      name: 'incidents',
      rowsMax: 50_000,
      rowsWorthwhile: 0,
      lingerMs: 0,
      write: async (entries) => {
        const last = entries.at(-1);
        const events = entries.flatMap(({ record }) => record.events);
        if (last !== undefined) await deps.judge.take(events, last.seq);
        return () => undefined;
      },
    });
  }

  async start({ firstSeq, lastSeq }: ReturnType<Spool['status']>): Promise<void> {
    const before = firstSeq - 1;
    const seq = (await this.#judge.load()) ?? before;
    // A spool that was replaced counts from the start again.
    const from = seq > lastSeq ? before : Math.max(seq, before);
    this.#judge.start(from);
    this.#lane.start(from);
  }

  async stop(graceMs: number): Promise<void> {
    await this.#lane.stop(graceMs);
    await this.#judge.stop();
  }
}
