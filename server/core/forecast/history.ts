import { DAY_MS, type ZoneOffset } from '../localTime.ts';
import { OUTLET_POINT, TAIL_PREFIX } from '../reading.ts';
import type { DailySummary } from '../summary.ts';
import { HISTORY_COLUMNS, type DailyHistory, type HistoryColumn } from './forecast.ts';
import { openUnderV } from './openPhase.ts';

/** Local days, numbered since 1970; both ends are in it. */
export interface DayRange {
  firstDay: number;
  lastDay: number;
}

/** Columns that the outlet alone speaks for, and where they come from. */
const OUTLET_COLUMNS = {
  iaMaxHourA: 'iaMaxHourA',
  ibMaxHourA: 'ibMaxHourA',
  icMaxHourA: 'icMaxHourA',
  pMaxHourKw: 'pMaxHourKw',
  pMeanKw: 'pMeanKw',
  qMeanKvar: 'qMeanKvar',
  validHours: 'validHours',
} as const satisfies Partial<Record<HistoryColumn, keyof DailySummary>>;
const OUTLET_PAIRS = Object.entries(OUTLET_COLUMNS) as [
  keyof typeof OUTLET_COLUMNS,
  (typeof OUTLET_COLUMNS)[keyof typeof OUTLET_COLUMNS],
][];

/** Hours of a day that is whole; the 23 of a day on which clocks go forward are. */
const WHOLE_DAY_HOURS = 23;

const PHASE_MINIMA = ['uaMinHourV', 'ubMinHourV', 'ucMinHourV'] as const;

/** Number of the local day that a summary is of. */
function dayOfSummary(dayMs: number, offset: ZoneOffset): number {
  return Math.round((dayMs + offset(dayMs)) / DAY_MS);
}

/**
 * Daily summaries of outlets and line ends, in any order and one by one, into the history of each transformer. All
 * columns of one transformer lie in one buffer of 4 bytes a cell (10,000 transformers × 730 days: 380 MB), so that a
 * history moves to a worker without a copy. Days outside the range are left out. A row that comes again replaces what
 * the outlet said; line ends only ever add to the worst. An open phase is a fault and no low voltage: its lowest hour of
 * that day is not measured, nor is the line end's where it may be that phase.
 */
export class HistoryBuilder {
  readonly #range: DayRange;
  readonly #offset: ZoneOffset;
  readonly #histories = new Map<string, DailyHistory>();
  /** Days with an open phase at the outlet and the voltage under which a line end shares it. */
  readonly #openDays = new Map<string, Map<number, number>>();

  constructor(range: DayRange, offset: ZoneOffset) {
    this.#range = range;
    this.#offset = offset;
  }

  add(row: DailySummary): void {
    const day = dayOfSummary(row.dayMs, this.#offset);
    if (!(day >= this.#range.firstDay && day <= this.#range.lastDay)) return;
    const isOutlet = row.point === OUTLET_POINT;
    if (!isOutlet && !row.point.startsWith(TAIL_PREFIX)) return;
    const { columns } = this.#historyOf(row.transformerId);
    const at = day - this.#range.firstDay;
    const underV = openUnderV(row);
    if (isOutlet) {
      if (PHASE_MINIMA.some((phase) => row[phase] < underV)) this.#noteOpenDay(row.transformerId, at, underV);
      for (const phase of PHASE_MINIMA) columns[phase][at] = row[phase] < underV ? NaN : row[phase];
      for (const [column, source] of OUTLET_PAIRS) columns[column][at] = row[source];
      columns.highestV[at] = greater(greater(row.uaMaxV, row.ubMaxV), row.ucMaxV);
    } else {
      for (const phase of PHASE_MINIMA) {
        if (!(row[phase] < underV)) columns.tailMinHourV[at] = lesser(columns.tailMinHourV[at]!, row[phase]);
      }
    }
    // Which hours they were is not kept: those of the worst point are a lower bound of the hours low anywhere.
    columns.lowHours[at] = greater(columns.lowHours[at]!, row.lowHours);
  }

  /** What was added; the builder must not be used after it. */
  finish(): Map<string, DailyHistory> {
    for (const [id, days] of this.#openDays) {
      const { tailMinHourV } = this.#histories.get(id)!.columns;
      for (const [at, underV] of days) if (tailMinHourV[at]! < underV) tailMinHourV[at] = NaN;
    }
    return this.#histories;
  }

  #noteOpenDay(transformerId: string, at: number, underV: number): void {
    const days = this.#openDays.get(transformerId) ?? new Map<number, number>();
    this.#openDays.set(transformerId, days.set(at, underV));
  }

  #historyOf(transformerId: string): DailyHistory {
    let history = this.#histories.get(transformerId);
    if (history === undefined) {
      history = emptyHistory(transformerId, this.#range);
      this.#histories.set(transformerId, history);
    }
    return history;
  }
}

/** A history in which nothing is measured. */
export function emptyHistory(transformerId: string, { firstDay, lastDay }: DayRange): DailyHistory {
  const days = lastDay - firstDay + 1;
  const cells = new Float32Array(days * HISTORY_COLUMNS.length).fill(NaN);
  const columns = Object.fromEntries(
    HISTORY_COLUMNS.map((column, index) => [column, cells.subarray(index * days, (index + 1) * days)]),
  ) as Record<HistoryColumn, Float32Array>;
  return { transformerId, firstDay, days, columns };
}

/** Whether hours of a day are missing, or have not been added up yet; not where nobody says how many there are. */
export function isUnfinished({ validHours }: Pick<DailySummary, 'validHours'>): boolean {
  return validHours < WHOLE_DAY_HOURS;
}

/** Forgets a day that is unfinished: without its evening it looks as if a transformer had been changed on it. */
export function forgetUnfinished({ firstDay, columns }: DailyHistory, day: number): void {
  const at = day - firstDay;
  if (!isUnfinished({ validHours: columns.validHours[at] ?? NaN })) return;
  for (const column of HISTORY_COLUMNS) columns[column][at] = NaN;
}

/** Lowest hour of a day at the worst measured point, V; NaN where nothing is measured. `at` counts from the first day. */
export function worstMinHourV({ columns }: DailyHistory, at: number): number {
  const { uaMinHourV, ubMinHourV, ucMinHourV, tailMinHourV } = columns;
  if (!(at >= 0 && at < uaMinHourV.length)) return NaN;
  return lesser(lesser(uaMinHourV[at]!, ubMinHourV[at]!), lesser(ucMinHourV[at]!, tailMinHourV[at]!));
}

/** The lesser of what is known. */
function lesser(a: number, b: number): number {
  return a <= b || Number.isNaN(b) ? a : b;
}

function greater(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}
