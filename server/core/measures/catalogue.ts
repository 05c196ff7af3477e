import { NO_CHANGE, type ModelChange, type TransformerForecast } from '../forecast/forecast.ts';
import { nameplateVPerA, tapV } from '../forecast/nameplate.ts';
import type { Transformer } from '../grid.ts';
import { MEASURE_COSTS, reconductorCost, standardKva, type MeasureCosts } from './cost.ts';
import type { Finding, MeasurePart } from './finding.ts';
import { finding } from './findingWords.ts';

/** Which measures one transformer can have, and what each changes in its model. */

export interface MeasureSettings {
  costs: MeasureCosts;
  /** p(low) that is small enough after a measure. */
  sufficientP: number;
  /** A new unit carries its forecast peak at this share of capacity (domain.md §3: S_new ≥ peak/0.7). */
  targetLoadShare: number;
  /** Share of the unbalance that crews get rid of: single-phase customers cannot be split. */
  balanceShare: number;
  targetPowerFactor: number;
  /** Volts per ampere of the line after it: 35 mm² to 95 mm² is 0.37, 70 to 120 is 0.57 (domain.md §3). */
  lineScale: number;
  /** Part of the load, and of the line's volts per ampere, that stay with the old point. */
  newPointLoadScale: number;
  newPointLineScale: number;
  /** Part of the feeder's drop that is left after a regulator or a reconductored section. */
  feederScale: number;
}

export const MEASURE_SETTINGS: Readonly<MeasureSettings> = Object.freeze({
  costs: MEASURE_COSTS,
  sufficientP: 0.1,
  targetLoadShare: 0.7,
  balanceShare: 0.75,
  targetPowerFactor: 0.98,
  lineScale: 0.5,
  newPointLoadScale: 0.55,
  newPointLineScale: 0.6,
  feederScale: 0.5,
});

/** A measure to try, or a pair of them: what the season is run again with. The cost is that of all. */
export interface Candidate extends MeasurePart {
  change: ModelChange;
  /** What of the shift is switched off at night, V: capacitors are. */
  switchedV: number;
  second?: MeasurePart;
}

export interface MeasurePlan {
  /** Ascending in cost. */
  candidates: readonly Candidate[];
  /** Why a measure that would be cheap cannot be tried. */
  missing: readonly Finding[];
}

/** Unbalance of the phase shares at peak below which there is nothing to rebalance, % (Q/GDW 1519: 15 % for Yyn0). */
const UNBALANCE_MIN_PCT = 15;
const POWER_FACTOR_MAX = 0.93;
/** Drops that a measure is tried against, share of nominal. */
const LINE_DROP_MIN_PU = 0.02;
const FEEDER_DROP_MIN_PU = 0.02;
const CUSTOMERS_MIN_NEW_POINT = 20;
/** Resistance is a third of the short-circuit impedance of these units (domain.md §3, table). */
const REACTANCE_SHARE = 0.95;
const UK_PCT = 4;

/** Measures that suit this transformer. Nothing is tried where nothing was fitted: there is no model to run again. */
export function measurePlan(
  transformer: Transformer,
  forecast: TransformerForecast,
  settings: MeasureSettings = MEASURE_SETTINGS,
): MeasurePlan {
  if (forecast.physics === null) return { candidates: [], missing: [] };
  const candidates = [
    ...taps(transformer, settings),
    ...rebalance(forecast, settings),
    ...capacitors(transformer, forecast, settings),
    ...reconductor(transformer, forecast, settings),
    ...capacity(transformer, forecast, settings),
    ...newPoint(transformer, settings),
    ...feeder(transformer, forecast, settings),
  ];
  return { candidates: candidates.toSorted((a, b) => a.cost - b.cost), missing: missingTap(transformer) };
}

function taps(transformer: Transformer, { costs }: MeasureSettings): Candidate[] {
  const { tapPosition: from, tapCount } = transformer;
  if (from === null || tapCount === null) return [];
  return Array.from({ length: Math.max(0, tapCount - from) }, (_, index) => ({
    kind: 'tap',
    detail: { from, to: from + index + 1 },
    change: { ...NO_CHANGE, sourceShiftV: tapV(transformer, index + 1) },
    switchedV: 0,
    cost: costs.tap,
  }));
}

function missingTap({ tapPosition, tapCount }: Transformer): Finding[] {
  if (tapPosition === null || tapCount === null) return [finding('tap-unknown', {})];
  return tapPosition >= tapCount ? [finding('tap-highest', { position: tapPosition })] : [];
}

function rebalance({ physics }: TransformerForecast, { costs, balanceShare }: MeasureSettings): Candidate[] {
  const fromPct = physics!.unbalancePct;
  if (!(fromPct >= UNBALANCE_MIN_PCT)) return [];
  return [
    {
      kind: 'rebalance',
      detail: { fromPct: Math.round(fromPct), toPct: Math.round(fromPct * (1 - balanceShare)) },
      change: { ...NO_CHANGE, balanceShare },
      switchedV: 0,
      cost: costs.rebalance,
    },
  ];
}

/** Reactive power no longer drawn through the transformer's reactance; what the feeder gains by it is left out. */
function capacitors(
  { capacityKva, ukPct, nominalV }: Transformer,
  { physics, peakLoadPct }: TransformerForecast,
  { costs, targetPowerFactor }: MeasureSettings,
): Candidate[] {
  const pf = physics!.powerFactor;
  if (capacityKva === null || !(pf < POWER_FACTOR_MAX) || !(peakLoadPct.p50 > 0)) return [];
  const peakKw = (capacityKva * peakLoadPct.p50 * pf) / 100;
  const wantedKvar = peakKw * (Math.tan(Math.acos(pf)) - Math.tan(Math.acos(targetPowerFactor)));
  const kvar = Math.max(10, 10 * Math.round(wantedKvar / 10));
  const shiftV = nominalV * (kvar / capacityKva) * ((REACTANCE_SHARE * (ukPct ?? UK_PCT)) / 100);
  return [
    {
      kind: 'capacitors',
      detail: { kvar },
      change: { ...NO_CHANGE, sourceShiftV: shiftV },
      switchedV: shiftV,
      cost: costs.capacitorsFixed + costs.capacitorsPerKvar * kvar,
    },
  ];
}

function reconductor(
  transformer: Transformer,
  { physics }: TransformerForecast,
  { costs, lineScale }: MeasureSettings,
): Candidate[] {
  // Without a line-end meter the season is judged at the outlet, where another line changes nothing.
  if (!physics!.lineMeasured || !(physics!.lineDropV >= LINE_DROP_MIN_PU * transformer.nominalV)) return [];
  return [
    {
      kind: 'reconductor',
      detail: transformer.lvRadiusM === null ? {} : { radiusM: transformer.lvRadiusM },
      change: { ...NO_CHANGE, lineScale },
      switchedV: 0,
      cost: reconductorCost(transformer, costs),
    },
  ];
}

/** The least standard unit that carries the forecast peak at the target share, and the next larger one. */
function capacity(
  transformer: Transformer,
  { peakLoadPct }: TransformerForecast,
  { costs, targetLoadShare }: MeasureSettings,
): Candidate[] {
  const { capacityKva: fromKva } = transformer;
  if (fromKva === null || !(peakLoadPct.p50 > 0)) return [];
  const wantedKva = (fromKva * peakLoadPct.p50) / 100 / targetLoadShare;
  const sizes = standardKva(costs).filter((kva) => kva > fromKva && kva >= wantedKva);
  return sizes.slice(0, 2).map((toKva) => ({
    kind: 'capacity',
    detail: { fromKva, toKva },
    change: {
      ...NO_CHANGE,
      // The short-circuit voltage of the new unit is the table's, not that of the old plate.
      transformerScale:
        nameplateVPerA({ ...transformer, capacityKva: toKva, ukPct: ukOf(toKva) }) /
        nameplateVPerA(transformer),
    },
    switchedV: 0,
    cost: costs.capacityByKva[toKva]!,
  }));
}

/** Short-circuit voltage of standard units, % (GB/T 6451; domain.md §3). */
function ukOf(kva: number): number {
  return kva >= 630 ? 4.5 : UK_PCT;
}

function newPoint({ customers }: Transformer, settings: MeasureSettings): Candidate[] {
  if (customers < CUSTOMERS_MIN_NEW_POINT) return [];
  const { costs, newPointLoadScale, newPointLineScale } = settings;
  return [
    {
      kind: 'new-point',
      detail: { customers: Math.round(customers * (1 - newPointLoadScale)) },
      change: { ...NO_CHANGE, loadScale: newPointLoadScale, lineScale: newPointLineScale },
      switchedV: 0,
      cost: costs.newPoint,
    },
  ];
}

function feeder(
  { feederId, nominalV }: Transformer,
  { physics }: TransformerForecast,
  { costs, feederScale }: MeasureSettings,
): Candidate[] {
  if (!(physics!.feederDropV >= FEEDER_DROP_MIN_PU * nominalV)) return [];
  return [
    {
      kind: 'feeder',
      detail: { feeder: feederId },
      change: { ...NO_CHANGE, feederScale },
      switchedV: 0,
      cost: costs.feeder,
    },
  ];
}
