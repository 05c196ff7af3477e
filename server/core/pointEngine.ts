import { AggregateStream } from './aggregateStream.ts';
import { CONDITION_CODE } from './condition.ts';
import { DETECTORS } from './detect/detectors.ts';
import { findSilent, graceMs, heard } from './detect/noData.ts';
import { TimedConditions, type Transition } from './detect/timedConditions.ts';
import type { ConditionEvent } from './event.ts';
import type { GridModel } from './grid.ts';
import { GridIndex } from './gridIndex.ts';
import { isOutage } from './limits.ts';
import { POINT_BIT, PointStates } from './pointStates.ts';
import { isDuplicate, isFrozen, isGap, learnInterval, remember } from './quality.ts';
import { READING_FLAG, type Reading } from './reading.ts';
import { RecomputeMarks } from './recomputeMarks.ts';
import type { RecomputeSpan } from './recordTables.ts';
import { Sampler } from './sampler.ts';
import { detectionSettings, type DetectionSettings, type EngineOptions } from './settings.ts';
import { MEAN_INTERVAL_MS, type DailySummary, type VoltageMean } from './summary.ts';
import { NONE } from './table.ts';

/** What became of a reading. All but a duplicate are stored. */
export type StepResult = 'live' | 'late' | 'history' | 'duplicate';

/** Rows that ended, and spans to make again once their readings are stored. */
export interface ClosedSeries {
  means: VoltageMean[];
  dailies: DailySummary[];
  recompute: RecomputeSpan[];
}

/** A clock that is further ahead than this is wrong (contracts.md: skew > 5 min is flagged). */
const SKEW_MS_MAX = 300_000;
/** Points whose windows and days may end in one tick: midnight is spread over some seconds instead of one long stall. */
const CLOSE_POINTS_MAX = 20_000;

/** The path of a reading through quality, detection and aggregation, and the state of all points that it needs. */
export class PointEngine {
  readonly grid: GridIndex;
  readonly points = new PointStates();
  readonly timed: TimedConditions;
  readonly aggregates: AggregateStream;
  #settings: DetectionSettings;
  #marks = new RecomputeMarks();
  #events: ConditionEvent[] = [];
  #means: VoltageMean[] = [];
  #dailies: DailySummary[] = [];
  #resumedMs = NaN;
  #closeFrom = 0;
  #sampler: Sampler;
  #touch: (row: number) => void;
  /** Made once: a step must not allocate. */
  #emit = (transition: Transition): void => this.#tell(transition);

  /** `touch` hears of every row whose live picture may have changed. */
  constructor(options: EngineOptions, touch: (row: number) => void) {
    this.#settings = detectionSettings(options.detection);
    this.#touch = touch;
    this.grid = new GridIndex(options, this.#settings);
    this.#sampler = new Sampler(this.grid, this.points);
    this.timed = new TimedConditions(this.points.columns, DETECTORS, this.#settings, this.#emit);
    const owner = {
      limitsOf: (p: number) => this.grid.limitsOf(p),
      transformerId: (p: number) => this.grid.transformerId(this.grid.pointRow(p)),
      point: (p: number) => this.grid.pointNames[p]!,
      mean: (row: VoltageMean) => this.#means.push(row),
      daily: (p: number, row: DailySummary) => this.#endDay(p, row),
    };
    this.aggregates = new AggregateStream(owner, options.offset ?? (() => 0));
  }

  /** Takes another model; returns where each row was before ({@link NONE}: it is new). */
  setModel(model: GridModel): Uint32Array {
    const known = new Set(model.transformers.map((t) => t.id));
    for (let p = 0; p < this.points.rows; p++) {
      if (known.has(this.grid.transformerId(this.grid.pointRow(p)))) continue;
      this.aggregates.closeDay(p);
      this.timed.drop(p);
    }
    const kept = this.grid.setModel(model);
    for (const table of [this.points, ...this.aggregates.tables]) table.rearrange(kept.points);
    return kept.rows;
  }

  step(reading: Reading, receivedMs: number): StepResult {
    const row = this.grid.rowOf(reading.transformerId);
    // The registry dropped it after ingest had let it pass: stored, not watched.
    if (row < 0) return 'history';
    if (isOutage(reading, this.grid.outageV(row))) reading.flags |= READING_FLAG.outage;
    let p = this.grid.findPoint(row, reading.point);
    if ((reading.flags & READING_FLAG.history) !== 0) return this.#remake(p, reading, 'history');
    if (p === NONE) p = this.#addPoint(row, reading.point);
    if (p === NONE) return this.#remake(p, reading, 'history');
    if (isDuplicate(this.points, p, reading.tsMs)) return 'duplicate';
    remember(this.points, p, reading.tsMs);
    if (reading.tsMs < this.points.columns.lastTsMs[p]!) {
      if (!this.#clockCameBack(p, reading.tsMs, receivedMs)) return this.#late(p, reading);
      this.#startAgain(p);
    }
    this.#advance(p, reading, receivedMs);
    this.#touch(row);
    return 'live';
  }

  tick(nowMs: number): void {
    if (Number.isNaN(this.#resumedMs)) this.#resumedMs = nowMs;
    findSilent(this.points, nowMs, this.#resumedMs, this.#settings, (transition) => {
      this.#tell(transition);
      this.#touch(this.grid.pointRow(transition.p));
    });
    this.#closeEnded(nowMs);
  }

  takeEvents(): ConditionEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  takeClosed(): ClosedSeries {
    const closed = { means: this.#means, dailies: this.#dailies, recompute: this.#marks.take() };
    this.#means = [];
    this.#dailies = [];
    return closed;
  }

  /** What nobody has taken yet, for a snapshot. */
  pending(): { events: ConditionEvent[]; closed: ClosedSeries } {
    const closed = { means: this.#means, dailies: this.#dailies, recompute: this.#marks.list() };
    return { events: this.#events, closed };
  }

  /** After the tables were read back: `pending` as it was; silence counts from the next tick. */
  resume({ events, closed }: { events: ConditionEvent[]; closed: ClosedSeries }): void {
    this.#events = events;
    this.#means = closed.means;
    this.#dailies = closed.dailies;
    this.#marks.take();
    for (const span of closed.recompute) {
      this.#marks.mark(span.transformerId, span.point, span.fromMs, span.toMs);
    }
    this.#closeFrom = 0;
    this.restartGrace();
  }

  restartGrace(): void {
    this.#resumedMs = NaN;
  }

  #advance(p: number, reading: Reading, receivedMs: number): void {
    const points = this.points;
    const { lastTsMs, receivedMs: heardMs, condition } = points.columns;
    const before = lastTsMs[p]!;
    learnInterval(points, p, reading);
    if (isGap(points, p, reading.tsMs)) reading.flags |= READING_FLAG.gap;
    this.#sampler.before(p, reading);
    const unchanged = points.put(p, reading);
    if (isFrozen(points, p, reading, unchanged, this.#settings)) reading.flags |= READING_FLAG.frozen;
    heard(points, p, reading.tsMs, receivedMs, this.#emit);

    const restart = this.#isHole(reading.tsMs - before, points.intervalMs(p));
    const near = this.timed.step(this.#sampler.take(p, reading, receivedMs, restart));
    const code = this.timed.code(p);
    condition[p] = code === CONDITION_CODE.normal && near ? CONDITION_CODE.watch : code;

    lastTsMs[p] = reading.tsMs;
    if (!(heardMs[p]! >= receivedMs)) heardMs[p] = receivedMs;
    this.#aggregate(p, reading, before);
  }

  /**
   * Whether so much is missing that nobody knows what was true in between. One reading, or a quarter of an hour, is what
   * loss and reordering take; the low voltage around such a hole is one low voltage.
   */
  #isHole(stepMs: number, intervalMs: number): boolean {
    const missingMs = stepMs - intervalMs;
    return missingMs >= 2 * intervalMs && missingMs > this.#settings.holeS * 1000;
  }

  #aggregate(p: number, reading: Reading, beforeTsMs: number): void {
    const aggregates = this.aggregates;
    // A clock that came back, or a tick that ended the window early: the store has all readings, we do not.
    if (aggregates.isPast(p, reading.tsMs)) {
      this.#remake(p, reading, 'late');
      return;
    }
    const isFirst = aggregates.openDay(p) === NONE;
    const opened = aggregates.add(p, reading, beforeTsMs);
    const { bits } = this.points.columns;
    if (opened) {
      const whole = !isFirst || Number.isFinite(beforeTsMs);
      if (whole && aggregates.isAligned(reading.tsMs)) bits[p] = bits[p]! & ~POINT_BIT.partialDay;
      else bits[p] = bits[p]! | POINT_BIT.partialDay;
    }
    // A reading as long as the window leaves no room for another, if the device keeps its word.
    const keepsWord = !(reading.tsMs - beforeTsMs < MEAN_INTERVAL_MS);
    if (keepsWord && reading.intervalS * 1000 >= MEAN_INTERVAL_MS) aggregates.closeWindow(p);
  }

  #late(p: number, reading: Reading): StepResult {
    reading.flags |= READING_FLAG.late;
    if (this.aggregates.isOpen(p, reading.tsMs)) this.aggregates.addToWindow(p, reading);
    return this.#remake(p, reading, 'late');
  }

  /** The store makes again what this reading is part of: now what has ended, with its day what has not. */
  #remake(p: number, reading: Reading, result: StepResult): StepResult {
    const { transformerId, point, tsMs } = reading;
    if (p !== NONE && this.aggregates.dayOf(tsMs) === this.aggregates.openDay(p)) {
      const { bits } = this.points.columns;
      bits[p] = bits[p]! | POINT_BIT.partialDay;
    }
    this.#marks.mark(transformerId, point, tsMs, tsMs + 1);
    return result;
  }

  /** Whether the latest reading came from a clock far ahead, and this one tells the right time. */
  #clockCameBack(p: number, tsMs: number, receivedMs: number): boolean {
    return this.points.columns.lastTsMs[p]! > receivedMs + SKEW_MS_MAX && tsMs <= receivedMs + SKEW_MS_MAX;
  }

  #startAgain(p: number): void {
    const { lastTsMs, bits } = this.points.columns;
    const day = this.aggregates.openDay(p);
    bits[p] = bits[p]! | POINT_BIT.partialDay;
    if (day !== NONE) this.aggregates.closeDay(p);
    this.aggregates.forget(p);
    this.timed.restart(p);
    lastTsMs[p] = NaN;
  }

  #addPoint(row: number, name: string): number {
    const p = this.grid.addPoint(row, name);
    if (p === NONE) return NONE;
    this.points.push();
    for (const table of this.aggregates.tables) table.push();
    return p;
  }

  #closeEnded(nowMs: number): void {
    const { aggregates, points } = this;
    const limit = this.#means.length + CLOSE_POINTS_MAX;
    let seen = 0;
    for (; seen < points.rows && this.#means.length < limit; seen++) {
      const p = this.#closeFrom >= points.rows ? 0 : this.#closeFrom;
      this.#closeFrom = p + 1;
      const day = aggregates.openDay(p);
      if (day === NONE) continue;
      const settledMs = nowMs - graceMs(points, p, this.#settings);
      if (aggregates.windowEndMs(p) <= settledMs) aggregates.closeWindow(p);
      if (aggregates.dayOf(settledMs) > day) aggregates.closeDay(p);
    }
  }

  #endDay(p: number, row: DailySummary): void {
    if ((this.points.columns.bits[p]! & POINT_BIT.partialDay) === 0) {
      this.#dailies.push(row);
    } else {
      const { toMs } = this.aggregates.daySpan(this.aggregates.dayOf(row.dayMs));
      this.#marks.mark(row.transformerId, row.point, row.dayMs, toMs);
    }
  }

  #tell({ p, ...transition }: Transition): void {
    this.#events.push({
      transformerId: this.grid.transformerId(this.grid.pointRow(p)),
      point: this.grid.pointNames[p]!,
      ...transition,
    });
  }
}
