import type { SeasonContext } from './context.ts';
import { LOAD, LOAD_FEATURES } from './features.ts';
import type { Prior } from './parts.ts';
import { dot, type Ridge } from './ridge.ts';

/**
 * Lowest hour of a day at one channel (a phase of the outlet, or the line end):
 * u = source − z · (ratio · I + neutral · (I − Ī)) − κ · L − weather, with source = one + trend + seasons, z the
 * nameplate's volts per ampere, I the highest hour's current, Ī its mean over the phases (what is beyond it moves the
 * neutral), L the load of the feeder relative to its mean, weather what heat and cold do to the voltage beyond the
 * measured load: the substation, and customers whose load is not measured (domain.md §3).
 */
export const VOLT = {
  one: 0,
  trend: 1,
  sin1: 2,
  cos1: 3,
  sin2: 4,
  cos2: 5,
  own: 6,
  feeder: 7,
  neutral: 8,
  heat: 9,
  cold: 10,
} as const;
export const VOLT_FEATURES = 11;

export const CHANNELS = ['a', 'b', 'c', 'tail'] as const;
export const TAIL = 3;

export interface VoltageModel {
  beta: Float64Array;
  /** Volts above the model in the last weeks, as far as they are expected to last. */
  levelCarry: number;
  residualSd: number;
  days: number;
}

const VOLTAGE_DAYS_MIN = 30;
const DAYS_PER_OBSERVATION = 4;
const NOISE_SD = 2;
const HUBER = 1.8;
const FIRST_SCALE = HUBER * 2 * NOISE_SD;
const PASSES = 2;
/** What a line end drops besides the transformer is known to this, in drops of the nameplate. */
const TAIL_RATIO_SD = 2;

/** Prior of a transformer of which nothing is known: source near nominal + 5 %, slope the nameplate's, V of a 220 V grid. */
export const VOLTAGE_PRIOR: Readonly<Prior> = Object.freeze({
  mean: Float64Array.of(233, -0.2, 0, 0, 0, 0, 1, 3, 0, 0, 0),
  sd: Float64Array.of(15, 0.7, 2, 2, 1, 1, 0.8, 4, 2, 1.5, 1.5),
});

/**
 * Rows of the days of a feeder, but for the columns of own load and neutral, which each channel writes for itself. Drop
 * columns are negative, so that coefficients are positive.
 */
export function voltageRows(load: Float64Array, feederLoad: Float64Array, days: number): Float64Array {
  const x = new Float64Array(days * VOLT_FEATURES);
  for (let d = 0; d < days; d++) {
    const to = d * VOLT_FEATURES;
    const from = d * LOAD_FEATURES;
    x[to + VOLT.one] = 1;
    x[to + VOLT.trend] = load[from + LOAD.trend]!;
    x[to + VOLT.sin1] = load[from + LOAD.sin1]!;
    x[to + VOLT.cos1] = load[from + LOAD.cos1]!;
    x[to + VOLT.sin2] = load[from + LOAD.sin2]!;
    x[to + VOLT.cos2] = load[from + LOAD.cos2]!;
    x[to + VOLT.feeder] = -feederLoad[d]!;
    x[to + VOLT.heat] = -load[from + LOAD.hot]! - load[from + LOAD.torrid]!;
    x[to + VOLT.cold] = -load[from + LOAD.cold]!;
  }
  return x;
}

/** Voltage without load on the day of that row of load features. */
export function sourceV(model: VoltageModel, load: Float64Array, loadOffset: number): number {
  const b = model.beta;
  return (
    b[VOLT.one]! +
    b[VOLT.trend]! * load[loadOffset + LOAD.trend]! +
    b[VOLT.sin1]! * load[loadOffset + LOAD.sin1]! +
    b[VOLT.cos1]! * load[loadOffset + LOAD.cos1]! +
    b[VOLT.sin2]! * load[loadOffset + LOAD.sin2]! +
    b[VOLT.cos2]! * load[loadOffset + LOAD.cos2]!
  );
}

/**
 * Fits one channel; null where it is not measured.
 *
 * @param voltageV lowest hour by day, V, level breaks taken out; NaN where not measured
 * @param rows {@link voltageRows} with the columns of own load and neutral written
 * @param residual takes what is left over by day, V
 */
export function fitVoltage(
  voltageV: Float64Array,
  rows: Float64Array,
  context: SeasonContext,
  prior: Prior,
  ridge: Ridge,
  residual: Float32Array,
): VoltageModel | null {
  const beta = new Float64Array(VOLT_FEATURES);
  let scale = FIRST_SCALE;
  for (let pass = 0; pass < PASSES; pass++) {
    ridge.clear();
    let sum = 0;
    for (const d of context.fitDays) {
      const y = voltageV[d]!;
      if (Number.isNaN(y)) continue;
      const error = pass === 0 ? 0 : Math.abs(y - dot(rows, d * VOLT_FEATURES, beta));
      const weight = context.recency[d]! * (error <= scale ? 1 : scale / error);
      ridge.add(rows, d * VOLT_FEATURES, y, weight);
      sum += error * weight;
    }
    if (pass > 0) scale = (HUBER * sum) / Math.max(1, ridge.weight) / 0.8;
    ridge.solve(prior, NOISE_SD, DAYS_PER_OBSERVATION, beta);
  }
  let count = 0;
  let squares = 0;
  for (let d = 0; d < context.days; d++) {
    const error = voltageV[d]! - dot(rows, d * VOLT_FEATURES, beta);
    residual[d] = error;
    if (Number.isNaN(error)) continue;
    count++;
    squares += error * error;
  }
  if (count < VOLTAGE_DAYS_MIN) return null;
  return {
    beta,
    levelCarry: context.horizon.levelCarry * recentMean(residual, context.days, context.horizon.levelDays),
    residualSd: Math.sqrt(squares / count),
    days: count,
  };
}

/** What heat and cold of the day of that row of load features take off the voltage, V. */
export function weatherDropV(model: VoltageModel, load: Float64Array, loadOffset: number): number {
  const b = model.beta;
  const heat = load[loadOffset + LOAD.hot]! + load[loadOffset + LOAD.torrid]!;
  return b[VOLT.heat]! * heat + b[VOLT.cold]! * load[loadOffset + LOAD.cold]!;
}

function recentMean(residual: Float32Array, days: number, lastDays: number): number {
  let sum = 0;
  let count = 0;
  for (let d = Math.max(0, days - lastDays); d < days; d++) {
    const value = residual[d]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / (count + DAYS_PER_OBSERVATION);
}

/** Whether a coefficient is in drops of the nameplate, not in volts. */
export function isRatio(k: number): boolean {
  return k === VOLT.own || k === VOLT.neutral;
}

/** Drop by own load in a phase with that share of it, in drops that the nameplate gives for the whole load. */
export function ownDrop(beta: Float64Array, share: number): number {
  return beta[VOLT.own]! * share + beta[VOLT.neutral]! * (share - 1 / 3);
}

/** The prior of the line end, whose slope is the transformer's and the line's; `lineRatio`: the latter by the LV radius. */
export function tailPrior(prior: Prior, lineRatio: number): Prior {
  const mean = prior.mean.slice();
  const sd = prior.sd.slice();
  mean[VOLT.own]! += lineRatio;
  sd[VOLT.own] = Math.hypot(sd[VOLT.own]!, TAIL_RATIO_SD);
  sd[VOLT.neutral] = Math.hypot(sd[VOLT.neutral]!, TAIL_RATIO_SD);
  return { mean, sd };
}

/** The prior with its voltages in those of another nominal voltage than 220 V. */
export function priorAt(prior: Prior, nominalV: number): Prior {
  const scale = nominalV / 220;
  if (scale === 1) return prior;
  const inVolts = (value: number, k: number): number => (isRatio(k) ? value : value * scale);
  return { mean: prior.mean.map(inVolts), sd: prior.sd.map(inVolts) };
}
