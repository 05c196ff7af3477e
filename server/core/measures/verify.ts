import { LOW_TOLERANCE_V } from '../aggregate.ts';
import type { DailyHistory, DailyWeather } from '../forecast/forecast.ts';
import { quantile } from '../forecast/statistics.ts';
import { DAY_MS } from '../localTime.ts';
import {
  benchmarkDays,
  learnBenchmark,
  meanLoad,
  OUTLIER_SIGMAS,
  worstPhaseA,
  type BenchmarkDays,
  type Control,
  type LoadControl,
} from './benchmark.ts';
import { measureEffect, type Effect } from './effect.ts';
import type { Finding } from './finding.ts';
import { finding } from './findingWords.ts';
import type { JudgedKind, MeasureVerdict } from './register.ts';
import { trace } from './trace.ts';

/** Did a measure do what it promised: days after it against a benchmark that was learned before it. */

/** A year before, so that every season is in it; days around the work belong to neither side. */
const BEFORE_DAYS = 400;
const BEFORE_DAYS_MIN = 60;
const WORK_DAYS = 2;
const AFTER_DAYS_MIN = 14;
/** Days after which waiting no longer helps: a season has gone by. */
const AFTER_DAYS_ENOUGH = 120;
/** A measure that works by the load needs days after that press hard: as this share of the days before. */
const HEAVY_SHARE = 0.3;
const HEAVY_DAYS_MIN = 8;
/** The promise is of the season's lowest hour: the effect is asked for on so many hardest days. */
const HARDEST_DAYS = 5;
/** What was promised at least in this share, and never less than this, V: below it nobody can tell. */
const PROMISE_SHARE = 0.5;
const RISE_MIN_V = 1;
/**
 * A level drifts against its neighbours from season to season by this, V (UCI house, domain.md §3: less than 1 V); the
 * phases of one meter against each other by less.
 */
const DRIFT_V = 0.5;
const PHASE_DRIFT_V = 0.3;
/** Expected drop of a day is counted from what this share of the days before stay under. */
const LIGHT_SHARE = 0.95;
const YEAR_DAYS = 365;
/** Low days that may be left, as a share of those the benchmark expected, and in any case. */
const LOW_DAYS_SHARE = 0.1;
const LOW_DAYS_STRAY = 1;

/** By kind: what the benchmark leans on, and what the effect is proportional to. */
interface Statistic {
  control: Control;
  load: LoadControl;
  axis: 'level' | 'worst-phase' | 'mean' | 'drop';
}

/**
 * A tap lifts every day alike. Rebalancing shows between the own phases, whose mean it leaves alone. What works by volts
 * per ampere shows with the load. A new point takes load away, and a feeder's measure lifts the neighbours: then neither
 * is a control. Of a pair with rebalancing in it neither the own mean nor the own unbalance is one.
 */
const STATISTICS: Readonly<Record<JudgedKind, Statistic>> = {
  tap: { control: 'neighbours', load: 'all-phases', axis: 'level' },
  rebalance: { control: 'own-phases', load: 'mean', axis: 'mean' },
  'rebalance-pair': { control: 'neighbours', load: 'with-feeder', axis: 'drop' },
  capacitors: { control: 'neighbours', load: 'all-phases', axis: 'drop' },
  reconductor: { control: 'neighbours', load: 'all-phases', axis: 'worst-phase' },
  capacity: { control: 'neighbours', load: 'all-phases', axis: 'worst-phase' },
  'new-point': { control: 'neighbours', load: 'feeder', axis: 'drop' },
  feeder: { control: 'none', load: 'with-feeder', axis: 'drop' },
};

export interface VerifyInput {
  kind: JudgedKind;
  history: DailyHistory;
  /** Other transformers of the feeder, those with a change of their own left out. */
  neighbours: readonly DailyHistory[];
  weather: DailyWeather | null;
  /** Local day on which it was carried out, and the last day that is measured. */
  doneDay: number;
  lastDay: number;
  /** Rise of the season's lowest hour that the run promised, V. */
  promisedV: number | null;
  /** Lower limit, V. */
  lowV: number;
  /** Other changes of the same transformer (`breaks.ts`). */
  otherBreakDays: readonly number[];
  judgedMs: number;
}

interface Comparison {
  days: BenchmarkDays;
  expectedV: Float64Array;
  /** Index of the first day after the work, and of the last one before it, exclusive. */
  afterAt: number;
  beforeAt: number;
}

export function verifyMeasure(input: VerifyInput): MeasureVerdict {
  const { kind, history, neighbours, weather, doneDay, lastDay, judgedMs } = input;
  const broken = [...new Set(input.otherBreakDays)].filter(
    (day) => day > doneDay - BEFORE_DAYS && day <= lastDay,
  );
  const since = Math.max(doneDay - BEFORE_DAYS, history.firstDay, ...broken.filter((day) => day <= doneDay));
  const until = Math.min(lastDay, ...broken.filter((day) => day > doneDay).map((day) => day - 1));
  const { control, load, axis } = STATISTICS[kind];
  const span = { firstDay: since, lastDay: Math.max(until, since), doneDay };
  const days = benchmarkDays({ history, neighbours, weather, control, load, ...span });
  const beforeAt = doneDay - WORK_DAYS - since;
  const afterAt = doneDay + WORK_DAYS + 1 - since;
  const benchmark = learnBenchmark(days, (at) => at < beforeAt);
  const { expectedV } = benchmark;
  const comparison = { days, expectedV, afterAt, beforeAt };
  const before = knownDays(comparison, 0, beforeAt);
  const after = knownDays(comparison, afterAt, days.days);
  const evidence: Finding[] = [
    finding('days-compared', { before: before.length, after: after.length }),
    ...broken.map((day) => finding('other-change', { days: Math.abs(day - doneDay) })),
  ];
  const lowHoursAfter = lowAfter(input, comparison, -Infinity).hours;
  const verdict = { judgedMs, daysBefore: before.length, daysAfter: after.length, evidence };
  const blank = { effectV: null, effectLowV: null, effectHighV: null, lowHoursAfter, ...verdict };
  const heavyV =
    axis === 'level' ? Infinity : quantile(expectedV.subarray(0, Math.max(0, beforeAt)), HEAVY_SHARE);
  const [heavyBefore, heavyAfter] = [before, after].map((side) =>
    side.filter((at) => expectedV[at]! <= heavyV),
  );
  const missing = missingFor(input, before.length, after.length, heavyAfter!.length);
  if (missing !== null) {
    // Waiting is of no use where another change came after it.
    const isCut = missing.kind === 'too-early' && until < lastDay;
    evidence.push(...(isCut ? [finding('cut-short', { days: after.length })] : missing.evidence));
    return { kind: isCut ? 'undecidable' : missing.kind, ...blank };
  }
  const effect = measureEffect({
    days,
    benchmark,
    beforeAt,
    afterAt,
    hardest: after.toSorted((a, b) => expectedV[a]! - expectedV[b]!).slice(0, HARDEST_DAYS),
    driftV: control === 'own-phases' ? PHASE_DRIFT_V : DRIFT_V,
    axis: axisOf(axis, history, comparison),
  });
  const low = lowAfter(input, comparison, effect.effectV - OUTLIER_SIGMAS * effect.sigmaV);
  const { effectV, lowV: effectLowV, highV: effectHighV } = effect;
  evidence.push(finding('effect-measured', { volts: effectV, lowV: effectLowV, highV: effectHighV }));
  if (input.promisedV !== null) evidence.push(finding('effect-promised', { volts: input.promisedV }));
  const own = (side: readonly number[]) => side.map((at) => since + at - history.firstDay);
  evidence.push(
    finding('effect-wanted', { volts: wantedV(input) }),
    ...trace(kind, history, { before: own(heavyBefore!), after: own(heavyAfter!) }),
    finding('low-hours', { before: low.expectedHours, after: low.hours }),
  );
  const judgement = judge(input, effect, evidence);
  if (judgement === 'verified' && low.days > Math.max(LOW_DAYS_STRAY, LOW_DAYS_SHARE * low.expectedDays)) {
    evidence.push(finding('still-low', { days: low.days }));
  }
  return { ...blank, kind: judgement, effectV, effectLowV, effectHighV, lowHoursAfter: low.hours };
}

/** Why it cannot be judged yet or at all; null where it can. */
function missingFor(
  { kind, history, doneDay, lastDay }: VerifyInput,
  daysBefore: number,
  daysAfter: number,
  heavyDays: number,
): { kind: 'too-early' | 'undecidable'; evidence: Finding[] } | null {
  if (kind === 'reconductor' && history.columns.tailMinHourV.every(Number.isNaN)) {
    return { kind: 'undecidable', evidence: [finding('line-end-missing', {})] };
  }
  if (daysBefore < BEFORE_DAYS_MIN) {
    const values = { days: daysBefore, needed: BEFORE_DAYS_MIN };
    return { kind: 'undecidable', evidence: [finding('history-missing', values)] };
  }
  if (daysAfter < AFTER_DAYS_MIN) {
    return { kind: 'too-early', evidence: waitUntil(doneDay + AFTER_DAYS_ENOUGH, lastDay) };
  }
  if (heavyDays < HEAVY_DAYS_MIN) {
    const wait = waitUntil(doneDay + YEAR_DAYS, lastDay);
    return { kind: 'too-early', evidence: [finding('hot-days-missing', { days: heavyDays }), ...wait] };
  }
  return null;
}

/** None once that day has gone by: days that were not measured, or never pressed hard, may come later. */
function waitUntil(day: number, lastDay: number): Finding[] {
  if (day <= lastDay) return [];
  return [finding('wait-until', { date: new Date(day * DAY_MS).toISOString().slice(0, 10) })];
}

function wantedV({ promisedV }: VerifyInput): number {
  return promisedV === null ? RISE_MIN_V : Math.max(RISE_MIN_V, PROMISE_SHARE * promisedV);
}

/** Verified: what was wanted is seen, and it is no chance; failed: it is not there, surely. */
function judge(
  input: VerifyInput,
  { effectV, lowV, highV, errorV }: Effect,
  evidence: Finding[],
): MeasureVerdict['kind'] {
  const { doneDay, lastDay } = input;
  if (highV < wantedV(input)) return 'failed';
  if (effectV >= wantedV(input) && lowV > 0) return 'verified';
  if (lastDay - doneDay < AFTER_DAYS_ENOUGH) {
    evidence.push(...waitUntil(doneDay + AFTER_DAYS_ENOUGH, lastDay));
    return 'too-early';
  }
  evidence.push(finding('no-benchmark', { sigmaV: errorV }));
  return 'undecidable';
}

/** What the effect of a day is proportional to; where no current is measured, the drop that the benchmark expects. */
function axisOf(
  axis: Statistic['axis'],
  history: DailyHistory,
  { days, expectedV, beforeAt, afterAt }: Comparison,
): Float64Array | null {
  if (axis === 'level') return null;
  const load = axis === 'worst-phase' ? worstPhaseA : meanLoad;
  const loads = expectedV.map((_, at) => load(history, days.firstDay + at));
  const isKnown = loads.subarray(afterAt).some((value) => !Number.isNaN(value));
  if (axis !== 'drop' && isKnown) return loads;
  const lightV = quantile(expectedV.subarray(0, beforeAt), LIGHT_SHARE);
  return expectedV.map((volts) => Math.max(0, lightV - volts));
}

/** Days of [from, to) that are measured and have a benchmark. */
function knownDays({ days, expectedV }: Comparison, from: number, to: number): number[] {
  const known: number[] = [];
  for (let at = Math.max(0, from); at < Math.min(to, days.days); at++) {
    if (!Number.isNaN(days.measuredV[at]! + expectedV[at]!)) known.push(at);
  }
  return known;
}

interface LowAfter {
  days: number;
  hours: number;
  /** What the benchmark expected without the measure. */
  expectedDays: number;
  expectedHours: number;
}

/** Low days since. One less than `floorV` above the benchmark had a fault, which no measure was to cure. */
function lowAfter(
  { lowV, history }: VerifyInput,
  { days, expectedV, afterAt, beforeAt }: Comparison,
  floorV: number,
): LowAfter {
  const underV = lowV - LOW_TOLERANCE_V;
  const isLow = (volts: number) => volts < underV;
  const hoursAt = (at: number) =>
    Math.max(1, history.columns.lowHours[days.firstDay + at - history.firstDay] || 0);
  const found = { days: 0, hours: 0, expectedDays: 0, expectedHours: 0 };
  let before = 0;
  let beforeHours = 0;
  days.measuredV.forEach((volts, at) => {
    if (at < beforeAt && isLow(volts)) {
      before += 1;
      beforeHours += hoursAt(at);
    }
    if (at < afterAt) return;
    if (isLow(volts) && !(volts - expectedV[at]! < floorV)) {
      found.days += 1;
      found.hours += hoursAt(at);
    }
    if (isLow(expectedV[at]!)) found.expectedDays += 1;
  });
  found.expectedHours = Math.round(found.expectedDays * (before > 0 ? beforeHours / before : 1));
  return found;
}
