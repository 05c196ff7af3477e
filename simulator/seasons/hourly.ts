import { DAY_MS, HOUR_MS } from '../calendar.ts';
import { hash32, hashUnit } from '../random.ts';
import { hourIndex } from './loadYears.ts';
import { outletInput, outletYears, type OutletYears } from './outletYears.ts';
import { seasonAxis, type SeasonAxis } from './seasonAxis.ts';
import type { SeasonGrid } from './seasonGrid.ts';

/** What the devices of one transformer reported, by the hour: means, NaN where nothing came, 0 V where the power was out. */
export interface HourlyHistory extends OutletYears {
  transformerId: string;
  /** Start of the first hour, UTC ms. */
  fromMs: number;
  /** Always 3600. */
  stepS: number;
}

const COLUMNS = ['uaV', 'ubV', 'ucV', 'iaA', 'ibA', 'icA', 'pKw', 'qKvar', 'minTailV'] as const;
/** What is left of flicker in an hour's mean, V peak to peak. */
const FAST_NOISE_V = 0.3;
const GAP_HOURS_MAX = 6;

/**
 * History of one transformer over the hours of [fromMs, toMs), both whole hours within the grid's weather.
 * Cheap when transformers are asked for in the order of the grid: their feeder is solved once.
 *
 * @example
 * const { uaV } = hourlyHistory(grid, 0, grid.fromMs, grid.season.originMs);
 */
export function hourlyHistory(
  grid: SeasonGrid,
  transformer: number,
  fromMs: number,
  toMs: number,
): HourlyHistory {
  const axis = seasonAxis(grid, fromMs, toMs);
  const life = grid.lives[transformer]!;
  const { id, hasTailMeter } = grid.transformers[transformer]!;
  const out = outletYears(grid, life, axis, outletInput(grid, transformer, axis));
  const { offsetV, missing, gapPerDay } = life.faults;
  if (!hasTailMeter) out.minTailV.fill(NaN);
  for (let i = 0; i < axis.hours; i++) {
    const bits = hash32(life.channel, axis.firstHour + i);
    out.uaV[i]! += offsetV[0] + noiseV(bits);
    out.ubV[i]! += offsetV[1] + noiseV(bits >>> 10);
    out.ucV[i]! += offsetV[2] + noiseV(bits >>> 20);
  }
  for (const i of outageHours(grid, transformer, axis)) {
    for (const name of COLUMNS) if (!Number.isNaN(out[name][i]!)) out[name][i] = 0;
  }
  for (const [missingFromMs, missingToMs] of missing) {
    blank(out, hourIndex(axis, missingFromMs), hourIndex(axis, missingToMs));
  }
  if (gapPerDay > 0) addGaps(out, axis, life.channel, gapPerDay);
  return { transformerId: id, fromMs, stepS: HOUR_MS / 1000, ...out };
}

function noiseV(bits: number): number {
  return ((bits & 1023) / 1023 - 0.5) * FAST_NOISE_V;
}

function blank(out: OutletYears, from: number, to: number): void {
  for (const name of COLUMNS) out[name].fill(NaN, from, to);
}

function addGaps(out: OutletYears, axis: SeasonAxis, channel: number, gapPerDay: number): void {
  for (let d = 0; d < axis.days.length; d++) {
    const day = axis.days[d]!;
    if (hashUnit(channel, day, 900) >= gapPerDay) continue;
    const from = axis.dayStarts[d]! + Math.floor(hashUnit(channel, day, 901) * 24);
    const hours = 1 + Math.floor(hashUnit(channel, day, 902) * GAP_HOURS_MAX);
    blank(out, Math.min(from, axis.hours), Math.min(from + hours, axis.hours));
  }
}

/** Chance faults are drawn for each span of 30 days by itself (M): an outage in 20 months for a transformer, in 15 for a feeder. */
const SPAN_MS = 30 * DAY_MS;
const TRANSFORMER_OUTAGE = 0.05;
const FEEDER_OUTAGE = 0.065;
const OUTAGE_HOURS_MAX = 6;

/** Indexes of the hours in which the power was out. */
export function outageHours(grid: SeasonGrid, transformer: number, axis: SeasonAxis): number[] {
  const { channel, homes } = grid.lives[transformer]!;
  const found: number[] = [];
  const toMs = axis.fromMs + axis.hours * HOUR_MS;
  const outage = (source: number, span: number, chance: number): void => {
    if (hashUnit(source, span, 16) >= chance) return;
    const at = Math.floor((span * SPAN_MS + hashUnit(source, span, 17) * SPAN_MS - axis.fromMs) / HOUR_MS);
    const hours = 1 + Math.floor(hashUnit(source, span, 18) ** 2 * OUTAGE_HOURS_MAX);
    for (let i = Math.max(0, at); i < Math.min(axis.hours, at + hours); i++) found.push(i);
  };
  for (let span = Math.floor((axis.fromMs - DAY_MS) / SPAN_MS); span * SPAN_MS < toMs; span++) {
    outage(channel, span, TRANSFORMER_OUTAGE);
    const home = homes.findLast((h) => h.fromMs <= span * SPAN_MS) ?? homes[0]!;
    outage(grid.feeders[home.feeder]!.channel, span, FEEDER_OUTAGE);
  }
  return found;
}
