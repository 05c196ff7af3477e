/** Rows that are computed from readings and stored as series of their own. */

/** Interval of {@link VoltageMean}, IEC 61000-4-30 (10-minute aggregation on UTC ticks). */
export const MEAN_INTERVAL_MS = 600_000;

/** Root-mean-square aggregate of one 10-minute window of one point. Outage readings are masked out of the voltages. */
export interface VoltageMean {
  transformerId: string;
  point: string;
  /** Start of the window, a multiple of {@link MEAN_INTERVAL_MS}. */
  tsMs: number;
  uaV: number;
  ubV: number;
  ucV: number;
  uaMinV: number;
  ubMinV: number;
  ucMinV: number;
  uaMaxV: number;
  ubMaxV: number;
  ucMaxV: number;
  /** Mean of the window; NaN where not measured. */
  iaA: number;
  ibA: number;
  icA: number;
  pKw: number;
  qKvar: number;
  /** Readings in the window. */
  count: number;
  /** Union of the readings' flags (READING_FLAG). */
  flags: number;
}

/** Voltages of the 10-minute means of one point over the whole of a scan, in ascending time; NaN where not measured. */
export interface MeanColumns {
  transformerId: string;
  point: string;
  tsMs: Float64Array;
  uaV: Float64Array;
  ubV: Float64Array;
  ucV: Float64Array;
  uaMinV: Float64Array;
  ubMinV: Float64Array;
  ucMinV: Float64Array;
  /** Union of the readings' flags. */
  flags: Float64Array;
}

/** One day of one point, in the grid's time zone: what forecast and compliance are made from. */
export interface DailySummary {
  transformerId: string;
  point: string;
  /** Start of the local day, UTC ms. */
  dayMs: number;
  /** Lowest 1-hour mean of each phase in the day (clock hours, outages masked); NaN without a valid hour. */
  uaMinHourV: number;
  ubMinHourV: number;
  ucMinHourV: number;
  uaMeanV: number;
  ubMeanV: number;
  ucMeanV: number;
  uaMaxV: number;
  ubMaxV: number;
  ucMaxV: number;
  /** Clock hours in which some phase's 1-hour mean was below the lower limit. */
  lowHours: number;
  /** Clock hours with at least one valid reading. */
  validHours: number;
  /** Highest 1-hour means. */
  iaMaxHourA: number;
  ibMaxHourA: number;
  icMaxHourA: number;
  pMaxHourKw: number;
  pMeanKw: number;
  qMeanKvar: number;
  /** Monitored time, and the part of it in which every phase was within the limits, minutes (voltage qualification rate, GB/T 12325). */
  monitoredMin: number;
  qualifiedMin: number;
  /** Readings, and those of them that were outages. */
  count: number;
  outageCount: number;
}

/** The computed columns of a {@link VoltageMean}, in the order in which every codec and table keeps them. */
export const MEAN_COLUMNS = [
  'uaV',
  'ubV',
  'ucV',
  'uaMinV',
  'ubMinV',
  'ucMinV',
  'uaMaxV',
  'ubMaxV',
  'ucMaxV',
  'iaA',
  'ibA',
  'icA',
  'pKw',
  'qKvar',
  'count',
  'flags',
] as const satisfies readonly (keyof VoltageMean)[];

/** The same for a {@link DailySummary}. */
export const DAILY_COLUMNS = [
  'uaMinHourV',
  'ubMinHourV',
  'ucMinHourV',
  'uaMeanV',
  'ubMeanV',
  'ucMeanV',
  'uaMaxV',
  'ubMaxV',
  'ucMaxV',
  'lowHours',
  'validHours',
  'iaMaxHourA',
  'ibMaxHourA',
  'icMaxHourA',
  'pMaxHourKw',
  'pMeanKw',
  'qMeanKvar',
  'monitoredMin',
  'qualifiedMin',
  'count',
  'outageCount',
] as const satisfies readonly (keyof DailySummary)[];
