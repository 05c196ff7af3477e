import type { Transformer } from '../grid.ts';
import type { SeasonContext, StationFeatures } from './context.ts';
import { LOAD_FEATURES } from './features.ts';
import type { ForecastInput } from './forecast.ts';
import { takeOutSteps } from './levelSteps.ts';
import { LOAD_PRIOR } from './loadModel.ts';
import { areaKey, type PooledPriors, type Prior } from './parts.ts';
import { Ridge } from './ridge.ts';
import { TransformerFit, type TransformerModel } from './transformerFit.ts';
import { priorAt, VOLT_FEATURES, VOLTAGE_PRIOR, voltageRows } from './voltageModel.ts';

/** Both models of every transformer of one feeder, fitted together: the feeder's load and source are common. */

/** Neighbours that it takes to tell a feeder's residual from a transformer's own. */
const COMMON_MEMBERS_MIN = 4;
/** Least step of a substation's level that is told from its drift. */
const SOURCE_STEP_MIN_V = 1.2;
export interface FeederModel {
  models: readonly TransformerModel[];
  /** Σ exp(mean log load) of the members: what the feeder's load is relative to. */
  meanLoadA: number;
  /** Load of the feeder by the models alone, relative to its mean, by day. */
  modelledLoad: Float64Array;
}

/** Fits the transformers of a feeder that have a history and weather; the others are left out. */
export function fitFeeder(
  input: ForecastInput,
  context: SeasonContext,
  members: readonly Transformer[],
  priors: PooledPriors,
): FeederModel {
  const fits = members.flatMap((transformer) => {
    const history = input.histories.get(transformer.id);
    const station = context.stations.get(transformer.weatherStationId ?? '') ?? context.stations.get('');
    if (history === undefined || station === undefined || context.days === 0) return [];
    return [
      new TransformerFit(transformer, history, station, context, input.versions.get(transformer.id) ?? []),
    ];
  });
  const loadRidge = new Ridge(LOAD_FEATURES);
  const voltageRidge = new Ridge(VOLT_FEATURES);
  for (const fit of fits) fit.fitLoad(priorOf(priors.load, fit.transformer, LOAD_PRIOR), loadRidge);
  const meanLoadA = fits.reduce((sum, fit) => sum + Math.exp(fit.load.meanLog), 0);
  const measured = feederLoad(fits, context, (fit, d) => fit.logLoad[d]!);
  const modelled = feederLoad(fits, context, (fit, d) => fit.modelled[d]!);
  for (let d = 0; d < context.days; d++) {
    if (Number.isNaN(measured[d]!)) measured[d] = modelled[d]!;
  }
  let station: StationFeatures | null = null;
  let rows: Float64Array = new Float64Array(0);
  const fitVoltages = (fit: TransformerFit): void => {
    // The members of a feeder have the same weather, as a rule.
    if (fit.station !== station) rows = voltageRows(fit.station.history, measured, context.days);
    station = fit.station;
    const prior = priorAt(priorOf(priors.voltage, fit.transformer, VOLTAGE_PRIOR), fit.transformer.nominalV);
    fit.fitVoltages(rows, prior, voltageRidge);
  };
  for (const fit of fits) fitVoltages(fit);
  const common = commonResidual(fits, context.days);
  const found = fits.map((fit) => fit.findSteps(common));
  // A step of the source is everybody's, and stays.
  const sourceSteps = takeOutSteps(common, context.days, SOURCE_STEP_MIN_V, []);
  for (const { day, stepV } of sourceSteps) for (const fit of fits) fit.raise(day, stepV);
  fits.forEach((fit, i) => {
    if (found[i] === true || sourceSteps.length > 0) fitVoltages(fit);
  });
  return { models: fits.map((fit) => fit.model(measured, modelled)), meanLoadA, modelledLoad: modelled };
}

/** Of the kind in the area, else of the kind, else of all in the area, else of all. */
function priorOf(priors: ReadonlyMap<string, Prior>, { kind, areaId }: Transformer, fallback: Prior): Prior {
  const keys = [areaKey(kind, areaId), kind, areaKey('', areaId), ''];
  return keys.map((key) => priors.get(key)).find((prior) => prior !== undefined) ?? fallback;
}

/** Load of the feeder relative to its mean, by day, from the members whose load is known on it. */
function feederLoad(
  fits: readonly TransformerFit[],
  context: SeasonContext,
  logLoad: (fit: TransformerFit, d: number) => number,
): Float64Array {
  const out = new Float64Array(context.days);
  for (let d = 0; d < context.days; d++) {
    let load = 0;
    let mean = 0;
    for (const fit of fits) {
      const value = logLoad(fit, d);
      if (Number.isNaN(value)) continue;
      load += Math.exp(value);
      mean += Math.exp(fit.load.meanLog);
    }
    out[d] = mean > 0 ? load / mean : NaN;
  }
  return out;
}

/** Median over the members of what their models leave over, by day; 0 where too few are measured. */
function commonResidual(fits: readonly TransformerFit[], days: number): Float64Array {
  const out = new Float64Array(days);
  if (fits.length < COMMON_MEMBERS_MIN) return out;
  const values = new Float64Array(fits.length);
  for (let d = 0; d < days; d++) {
    let count = 0;
    for (const fit of fits) {
      const value = fit.outletResidual(d);
      if (!Number.isNaN(value)) values[count++] = value;
    }
    if (count >= COMMON_MEMBERS_MIN) out[d] = values.subarray(0, count).sort()[count >> 1]!;
  }
  return out;
}
