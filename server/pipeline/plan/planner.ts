import type { ReadinessRun, RunKind } from '../../core/forecast/run.ts';
import { parseSeason, type Season, type SeasonWindows } from '../../core/forecast/season.ts';
import { DAY_MS, type ZoneOffset } from '../../core/localTime.ts';
import type { Clock, Database, Logger } from '../../ports.ts';
import { noticeOfFailure } from './runError.ts';

/** Runs of the forecast, one at a time: asked for by people or by the clock, kept with their progress. */

/** How often the share that is done is written down. */
const PROGRESS_INTERVAL_MS = 2_000;

export interface RunWish {
  kind: RunKind;
  season: Season;
  /** Last local day of history that the run may know; without it as {@link Planner.request} says. */
  originDay?: number | undefined;
  /** Of a sensitivity run: added to every weather year, K. */
  addedK?: number | undefined;
}

/** What does the work of a run; it writes its rows itself, and returns what the run holds at its end. */
export type RunWork = (
  run: ReadinessRun,
  season: Season,
  watch: { onProgress(share: number): void; signal: AbortSignal },
) => Promise<Pick<ReadinessRun, 'inputs' | 'summary' | 'report' | 'sums' | 'seen'>>;

export interface PlannerDeps {
  clock: Clock;
  log: Logger;
  database: Pick<Database, 'readiness'>;
  newId(): string;
  simulated: boolean;
  windows: SeasonWindows;
  offset: ZoneOffset;
  runsKept: number;
  work: Readonly<Record<RunKind, RunWork>>;
  /** Told of each run that is done and kept; what it throws is logged. */
  onDone?(run: ReadinessRun): Promise<void>;
}

export class Planner {
  readonly #deps: PlannerDeps;
  readonly #stopping = new AbortController();
  /** Runs that wait or go on, oldest first. */
  readonly #wanted: { run: ReadinessRun; season: Season }[] = [];
  #working: Promise<void> | null = null;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** Takes up what was broken off by a stop. */
  async start(): Promise<void> {
    const broken = await this.#deps.database.readiness.list({ state: 'running', limit: 100 });
    for (const run of broken.toReversed()) {
      const season = parseSeason(run.seasonId, this.#deps.windows);
      if (season !== null) this.#enqueue(run, { ...season, originDay: run.originDay });
    }
  }

  /** Resolves when nothing is being worked on; what was goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service stops'));
    await this.#working;
  }

  /**
   * The run that will answer the wish: one that is under way for it already, or a new one. A back-test looks back from
   * the origin of its season; every other run knows all up to yesterday, but nothing of the season itself. A wish for a
   * later origin is one for that.
   */
  async request(wish: RunWish): Promise<ReadinessRun> {
    const { kind, addedK } = wish;
    const season = { ...wish.season, originDay: this.#originOf(wish) };
    const { clock, database, newId, simulated } = this.#deps;
    const under = this.#wanted.find(
      ({ run }) =>
        run.kind === kind &&
        run.seasonId === season.id &&
        run.originDay === season.originDay &&
        run.addedK === addedK,
    );
    if (under !== undefined) return under.run;
    const run: ReadinessRun = {
      id: newId(),
      kind,
      ...(addedK === undefined ? {} : { addedK }),
      seasonId: season.id,
      originDay: season.originDay,
      state: 'running',
      startedMs: clock.nowMs(),
      finishedMs: null,
      error: null,
      share: 0,
      simulated,
      inputs: null,
      summary: null,
      report: null,
    };
    await database.readiness.put(run);
    this.#enqueue(run, season);
    return run;
  }

  /** Resolves when the run has ended, however it did. */
  async ended(runId: string): Promise<ReadinessRun | null> {
    while (this.#wanted.some(({ run }) => run.id === runId) && this.#working !== null) await this.#working;
    return this.#deps.database.readiness.get(runId);
  }

  /** How far a run is that goes on; null when none of that id does. */
  progress(runId: string): number | null {
    return this.#wanted.find(({ run }) => run.id === runId)?.run.share ?? null;
  }

  #originOf({ kind, season, originDay }: RunWish): number {
    const { clock, offset } = this.#deps;
    const nowMs = clock.nowMs();
    const yesterday = Math.floor((nowMs + offset(nowMs)) / DAY_MS) - 1;
    const latest = kind === 'tonight' ? yesterday : Math.min(yesterday, season.firstDay - 1);
    return Math.min(originDay ?? (kind === 'backtest' ? season.originDay : latest), latest);
  }

  #enqueue(run: ReadinessRun, season: Season): void {
    this.#wanted.push({ run, season });
    this.#wake();
  }

  #wake(): void {
    this.#working ??= this.#workThrough().finally(() => {
      this.#working = null;
      // Asked for in the moment in which the last one ended.
      if (this.#wanted.length > 0 && !this.#stopping.signal.aborted) this.#wake();
    });
  }

  async #workThrough(): Promise<void> {
    for (let next = this.#wanted[0]; next !== undefined; next = this.#wanted[0]) {
      if (this.#stopping.signal.aborted) return;
      await this.#work(next.run, next.season);
      this.#wanted.shift();
    }
  }

  async #work(run: ReadinessRun, season: Season): Promise<void> {
    const { clock, log, database, work, runsKept } = this.#deps;
    const { signal } = this.#stopping;
    let writtenMs = clock.nowMs();
    let written: Promise<void> = Promise.resolve();
    const onProgress = (share: number): void => {
      run.share = share;
      if (clock.nowMs() - writtenMs < PROGRESS_INTERVAL_MS) return;
      writtenMs = clock.nowMs();
      written = database.readiness
        .put({ ...run })
        .catch((error: unknown) => log.warn({ err: error }, 'the progress of a run was not kept'));
    };
    try {
      const made = await work[run.kind](run, season, { onProgress, signal });
      await written;
      const done = { ...run, ...made, state: 'done', share: 1, finishedMs: clock.nowMs() } as const;
      await database.readiness.put(done);
      await database.readiness.prune(runsKept);
      await this.#deps
        .onDone?.(done)
        .catch((error: unknown) =>
          log.warn({ err: error, runId: run.id }, 'a run of the forecast was not told'),
        );
    } catch (error) {
      // It is taken up again at the next start.
      await written;
      if (signal.aborted) return;
      log.warn({ err: error, runId: run.id, season: season.id }, 'a run of the forecast failed');
      const why = { error: (error as Error).message, notice: noticeOfFailure(error) };
      const failed = { ...run, ...why, state: 'failed', finishedMs: clock.nowMs() } as const;
      await database.readiness.put(failed).catch(() => undefined);
    }
  }
}
