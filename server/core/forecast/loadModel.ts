import type { SeasonContext, StationFeatures } from './context.ts';
import { LOAD, LOAD_FEATURES } from './features.ts';
import type { DailyHistory } from './forecast.ts';
import type { Prior } from './parts.ts';
import { dot, Ridge } from './ridge.ts';

/**
 * Daily peak load of one transformer: log-linear in {@link LOAD_FEATURES} columns, shrunk to its kind. Load is the sum of
 * the highest clock-hour currents of the phases, A; from power where currents are not measured.
 */
export interface LoadModel {
  source: 'current' | 'power' | 'none';
  beta: Float64Array;
  /** Log load above the model in the last weeks, as far as it is expected to last. */
  levelCarry: number;
  /** Standard deviation of log load about the model. */
  residualSd: number;
  /** Mean of log load: what relative loads are relative to. */
  meanLog: number;
  /** Highest log load that was measured, less the trend up to its day. */
  maxLog: number;
  days: number;
}

/** Below this an outlet is switched off, not lightly loaded, A. */
const LOAD_MIN_A = 1;
const POWER_FACTOR = 0.95;
const LOAD_DAYS_MIN = 30;
/** Residuals of neighbouring days hang together: so many days say as much as one. */
const DAYS_PER_OBSERVATION = 4;
const NOISE_SD = 0.12;
/** Residuals beyond so many standard deviations count less (Huber). */
const HUBER = 1.8;
const FIRST_SCALE = HUBER * 2 * NOISE_SD;
const PASSES = 2;
/** Prior of a transformer of which nothing is known (domain.md §3: cooling 3–14 %, heating 1–3 %, growth 3–10 %). */
export const LOAD_PRIOR: Readonly<Prior> = Object.freeze({
  mean: Float64Array.of(5, 0.04, 0, 0, 0, 0, 0, 0.06, 0.12, 0.08, 0.3, 0.25, 0, 0, 0, 0.1),
  sd: Float64Array.of(3, 0.08, 0.15, 0.15, 0.1, 0.1, 0.15, 0.2, 0.3, 0.2, 0.3, 0.3, 0.05, 0.05, 0.15, 0.4),
});

/** Writes the log of daily load (NaN where unknown) on the axis of days of the run. */
export function writeLogLoad(
  history: DailyHistory,
  context: SeasonContext,
  nominalV: number,
  out: Float64Array,
): LoadModel['source'] {
  const { iaMaxHourA: a, ibMaxHourA: b, icMaxHourA: c, pMaxHourKw: p } = history.columns;
  let fromCurrent = 0;
  let fromPower = 0;
  const shift = context.firstDay - history.firstDay;
  const kwToA = 1000 / (nominalV * POWER_FACTOR);
  for (let d = 0; d < context.days; d++) {
    const i = d + shift;
    const sumA = i < 0 || i >= history.days ? NaN : a[i]! + b[i]! + c[i]!;
    const powerA = i < 0 || i >= history.days ? NaN : p[i]! * kwToA;
    const loadA = Number.isNaN(sumA) ? powerA : sumA;
    out[d] = loadA >= LOAD_MIN_A ? Math.log(loadA) : NaN;
    if (sumA >= LOAD_MIN_A) fromCurrent++;
    else if (powerA >= LOAD_MIN_A) fromPower++;
  }
  if (fromCurrent + fromPower < LOAD_DAYS_MIN) {
    out.fill(NaN, 0, context.days);
    return 'none';
  }
  return fromCurrent >= fromPower ? 'current' : 'power';
}

/**
 * Fits the model and writes the log load that it gives for each day; without measured load it is the prior's, about
 * `unmeasuredLog`.
 */
export function fitLoad(
  logLoad: Float64Array,
  source: LoadModel['source'],
  unmeasuredLog: number,
  features: StationFeatures,
  context: SeasonContext,
  prior: Prior,
  ridge: Ridge,
  modelled: Float64Array,
): LoadModel {
  const beta = new Float64Array(LOAD_FEATURES);
  if (source === 'none') {
    beta.set(prior.mean);
    beta[LOAD.one] = unmeasuredLog;
    writeModelled(features, context, beta, modelled, unmeasuredLog);
    return { source, beta, levelCarry: 0, residualSd: 0, meanLog: unmeasuredLog, maxLog: Infinity, days: 0 };
  }
  let scale = FIRST_SCALE;
  for (let pass = 0; pass < PASSES; pass++) {
    ridge.clear();
    let sum = 0;
    for (const d of context.fitDays) {
      const y = logLoad[d]!;
      if (Number.isNaN(y) || features.known[d] === 0) continue;
      const residual = pass === 0 ? 0 : Math.abs(y - dot(features.history, d * LOAD_FEATURES, beta));
      const weight = context.recency[d]! * (residual <= scale ? 1 : scale / residual);
      ridge.add(features.history, d * LOAD_FEATURES, y, weight);
      sum += residual * weight;
    }
    // Mean absolute deviation of the normal is 0.8 σ.
    if (pass > 0) scale = (HUBER * sum) / Math.max(1, ridge.weight) / 0.8;
    // What scatters more says less: pumps that run in some weeks of some years make no trend.
    ridge.solve(prior, Math.max(NOISE_SD, pass > 0 ? scale / HUBER : 0), DAYS_PER_OBSERVATION, beta);
  }
  writeModelled(features, context, beta, modelled, NaN);
  return { source, beta, ...residualsOf(logLoad, features, context, modelled, beta[LOAD.trend]!) };
}

/** Log load by the model; `fallback` where the weather is not known. */
function writeModelled(
  { history, known }: StationFeatures,
  { days }: SeasonContext,
  beta: Float64Array,
  modelled: Float64Array,
  fallback: number,
): void {
  let sum = 0;
  let count = 0;
  for (let d = 0; d < days; d++) {
    modelled[d] = known[d] === 1 ? dot(history, d * LOAD_FEATURES, beta) : NaN;
    if (known[d] === 0) continue;
    sum += modelled[d]!;
    count++;
  }
  const mean = Number.isNaN(fallback) ? sum / Math.max(1, count) : fallback;
  for (let d = 0; d < days; d++) if (known[d] === 0) modelled[d] = mean;
}

function residualsOf(
  logLoad: Float64Array,
  features: StationFeatures,
  context: SeasonContext,
  modelled: Float64Array,
  trend: number,
): Pick<LoadModel, 'levelCarry' | 'residualSd' | 'meanLog' | 'maxLog' | 'days'> {
  let days = 0;
  let maxLog = -Infinity;
  let sum = 0;
  let squares = 0;
  let recent = 0;
  let recentDays = 0;
  for (let d = 0; d < context.days; d++) {
    const y = logLoad[d]!;
    if (Number.isNaN(y) || features.known[d] === 0) continue;
    const residual = y - modelled[d]!;
    maxLog = Math.max(maxLog, y - trend * features.history[d * LOAD_FEATURES + LOAD.trend]!);
    days++;
    sum += y;
    squares += residual * residual;
    if (d < context.days - context.horizon.levelDays) continue;
    recent += residual;
    recentDays++;
  }
  return {
    days,
    maxLog,
    meanLog: sum / Math.max(1, days),
    residualSd: Math.sqrt(squares / Math.max(1, days)),
    levelCarry: (context.horizon.levelCarry * recent) / (recentDays + DAYS_PER_OBSERVATION),
  };
}
