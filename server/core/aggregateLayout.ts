import { f32, NONE, u16, u32, u8 } from './table.ts';

/**
 * Running sums of one point: 10-minute window → clock hour → local day, each folded into the next when it ends.
 *
 * Squares are summed as (u/nominal)² − 1: numbers near zero, so that 4 bytes hold them to the microvolt.
 */

/** Loads of a window: ia ib ic p q; of an hour: ia ib ic p. */
export const LOADS = 5;
export const HOUR_LOADS = 4;

export const WINDOW_LAYOUT = {
  /** Number of the 10-minute tick since 1970. */
  tick: u32(NONE),
  count: u16(),
  flags: u8(),
  voltages: u16(0, 3),
  squares: f32(0, 3),
  minV: f32(NaN, 3),
  maxV: f32(NaN, 3),
  loads: u16(0, LOADS),
  loadSums: f32(0, LOADS),
};

export const HOUR_LAYOUT = {
  /** Number of the local clock hour since 1970. */
  hour: u32(NONE),
  voltages: u16(0, 3),
  squares: f32(0, 3),
  loads: u16(0, HOUR_LOADS),
  loadSums: f32(0, HOUR_LOADS),
};

export const DAY_LAYOUT = {
  /** Number of the local day since 1970. */
  day: u32(NONE),
  voltages: u32(0, 3),
  squares: f32(0, 3),
  minHourV: f32(NaN, 3),
  maxV: f32(NaN, 3),
  lowHours: u8(),
  validHours: u8(),
  maxHourLoads: f32(NaN, HOUR_LOADS),
  powers: u32(0, 2),
  powerSums: f32(0, 2),
  /** Seconds: whole numbers, which 4 bytes hold exactly. */
  monitoredS: f32(),
  qualifiedS: f32(),
  count: u32(),
  outageCount: u32(),
};
