import { DAY_MS, dayStart, localDayStart, type ZoneOffset } from './localTime.ts';
import { OUTLET_POINT } from './reading.ts';
import type { DailySummary } from './summary.ts';

/**
 * Voltage qualification rate (电压合格率, GB/T 12325): (1 − Σ out-of-limit time ÷ monitored time) · 100 %, out of daily
 * summaries. An outage is no monitored time, so it lowers the completeness, never the rate.
 */

/** Less monitored time than this has no rate: the share that domain.md proposes for a valid interval (design choice). */
export const RATE_COMPLETENESS_MIN_PCT = 90;

const MINUTE_MS = 60_000;
/** Minutes of a day that no clock change cuts. */
export const DAY_MIN = DAY_MS / MINUTE_MS;
/** A sum of minutes in binary may miss a whole hundredth of a percent by this much. */
const SUM_TOLERANCE = 1e-7;

/** Whole local days. */
export interface DaySpan {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

/** How one point kept the limits over a span. */
export interface Qualification {
  /** %, rounded down to 0.01: 100 means that nothing was out of the limits. Null where too little was monitored. */
  ratePct: number | null;
  /** Monitored minutes of the minutes of the span, %, rounded down to 0.1. */
  completenessPct: number;
  monitoredMin: number;
  /** Clock hours with some phase under the lower limit, of those with any valid reading. */
  lowHours: number;
  validHours: number;
  /** Readings that were outages, of all readings, %; null without readings. */
  outageSharePct: number | null;
}

export interface MonthQualification extends Qualification, DaySpan {
  /** `2026-07`, in the grid's zone; the span is the part of the month that was asked for and is over. */
  month: string;
}

export interface PointCompliance {
  point: string;
  total: Qualification;
  months: MonthQualification[];
}

/** Sums over days of one point, minutes. */
export interface MonitoredTime {
  transformerId: string;
  point: string;
  monitoredMin: number;
  qualifiedMin: number;
  /** Monitored minutes, {@link DAY_MIN} of a day at most: readings that overlap must not cover for a day that has none. */
  coveredMin: number;
}

/** Rate and completeness out of the sums over the days of a span. */
export function rateOver(
  time: Pick<MonitoredTime, 'monitoredMin' | 'qualifiedMin' | 'coveredMin'>,
  span: DaySpan,
): Pick<Qualification, 'ratePct' | 'completenessPct'> {
  const spanMin = (span.toMs - span.fromMs) / MINUTE_MS;
  const completenessPct = spanMin > 0 ? Math.min(100, floored(time.coveredMin / spanMin, 10)) : 0;
  const known = time.monitoredMin > 0 && completenessPct >= RATE_COMPLETENESS_MIN_PCT;
  return { ratePct: known ? floored(time.qualifiedMin / time.monitoredMin, 100) : null, completenessPct };
}

/**
 * Compliance of one transformer: its outlet first, measured or not, then its line-end meters by name. Each lists every
 * month that the span touches, so that a month without data is seen as one.
 */
export function complianceOf(
  dailies: readonly DailySummary[],
  span: DaySpan,
  offset: ZoneOffset,
): PointCompliance[] {
  const tails = new Set(dailies.map((day) => day.point));
  tails.delete(OUTLET_POINT);
  const months = monthsOf(span, offset);
  return [OUTLET_POINT, ...[...tails].sort()].map((point) => {
    const days = dailies.filter((day) => day.point === point);
    return {
      point,
      total: qualification(days, span),
      months: months.map((month) => ({ ...month, ...qualification(days, month) })),
    };
  });
}

/** Of the daily summaries of one point, those that begin within the span count. */
export function qualification(summaries: readonly DailySummary[], span: DaySpan): Qualification {
  const days = summaries.filter((day) => day.dayMs >= span.fromMs && day.dayMs < span.toMs);
  const sum = (of: (day: DailySummary) => number): number => days.reduce((total, day) => total + of(day), 0);
  const monitoredMin = sum((day) => day.monitoredMin);
  const time = {
    monitoredMin,
    qualifiedMin: sum((day) => day.qualifiedMin),
    coveredMin: sum((day) => Math.min(day.monitoredMin, DAY_MIN)),
  };
  const count = sum((day) => day.count);
  return {
    ...rateOver(time, span),
    monitoredMin,
    lowHours: sum((day) => day.lowHours),
    validHours: sum((day) => day.validHours),
    outageSharePct: count === 0 ? null : floored(sum((day) => day.outageCount) / count, 100),
  };
}

/** The local days that `[fromMs, toMs)` touches and that are over at `nowMs`; empty (`fromMs = toMs`) when there are none. */
export function finishedDays(fromMs: number, toMs: number, nowMs: number, offset: ZoneOffset): DaySpan {
  const todayMs = localDayStart(nowMs, offset);
  const endMs = toMs > todayMs ? todayMs : dayAfter(toMs - 1, offset);
  return { fromMs: fromMs < endMs ? localDayStart(fromMs, offset) : endMs, toMs: endMs };
}

/** The last `days` local days that are over at `nowMs`. */
export function pastDays(days: number, nowMs: number, offset: ZoneOffset): DaySpan {
  const toMs = localDayStart(nowMs, offset);
  return { fromMs: dayStart(dayNumber(toMs, offset) - days, offset), toMs };
}

/** The months that a span touches, each cut to it. */
function monthsOf({ fromMs, toMs }: DaySpan, offset: ZoneOffset): (DaySpan & { month: string })[] {
  const months: (DaySpan & { month: string })[] = [];
  for (let startMs = fromMs; startMs < toMs;) {
    const local = new Date(startMs + offset(startMs));
    const nextMonth = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) / DAY_MS;
    const endMs = Math.min(toMs, dayStart(nextMonth, offset));
    months.push({ month: local.toISOString().slice(0, 7), fromMs: startMs, toMs: endMs });
    startMs = endMs;
  }
  return months;
}

function dayAfter(utcMs: number, offset: ZoneOffset): number {
  return dayStart(dayNumber(utcMs, offset) + 1, offset);
}

function dayNumber(utcMs: number, offset: ZoneOffset): number {
  return Math.floor((utcMs + offset(utcMs)) / DAY_MS);
}

/** A share as %, rounded down so that a little lost never reads as all kept. */
function floored(share: number, stepsPerPct: number): number {
  return Math.floor(share * 100 * stepsPerPct + SUM_TOLERANCE) / stepsPerPct;
}
