import type { SeasonContext } from './context.ts';
import { LOAD, LOAD_FEATURES } from './features.ts';
import type { Prior } from './parts.ts';
import { dot, type Ridge } from './ridge.ts';

/**
 * Lowest hour of a day at one channel (a phase of the outlet, or the line end):
 * u = source − ratio · z · I − κ · L, with source = one + trend + seasons, z the nameplate's volts per ampere, I the
 * highest hour's current, L the load of the feeder relative to its mean (domain.md §3).
 */
export const VOLT = { one: 0, trend: 1, sin1: 2, cos1: 3, sin2: 4, cos2: 5, own: 6, feeder: 7 } as const;
export const VOLT_FEATURES = 8;

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
const HALF_LIFE_YEARS = 2;
const HUBER = 1.8;
const PASSES = 3;
const LEVEL_DAYS = 45;
const LEVEL_CARRY = 0.5;

/** Prior of a transformer of which nothing is known: source near nominal + 5 %, slope the nameplate's, V of a 220 V grid. */
export const VOLTAGE_PRIOR: Readonly<Prior> = Object.freeze({
  mean: Float64Array.of(233, -0.2, 0, 0, 0, 0, 1, 3),
  sd: Float64Array.of(15, 0.7, 2, 2, 1, 1, 0.6, 3),
});

/** Writes the row of one day; drop columns are negative, so that coefficients are positive. */
function writeVoltageRow(
  x: Float64Array,
  offset: number,
  load: Float64Array,
  loadOffset: number,
  ownDropV: number,
  feederLoad: number,
): void {
  x[offset + VOLT.one] = 1;
  x[offset + VOLT.trend] = load[loadOffset + LOAD.trend]!;
  x[offset + VOLT.sin1] = load[loadOffset + LOAD.sin1]!;
  x[offset + VOLT.cos1] = load[loadOffset + LOAD.cos1]!;
  x[offset + VOLT.sin2] = load[loadOffset + LOAD.sin2]!;
  x[offset + VOLT.cos2] = load[loadOffset + LOAD.cos2]!;
  x[offset + VOLT.own] = -ownDropV;
  x[offset + VOLT.feeder] = -feederLoad;
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

export interface ChannelData {
  /** Lowest hour by day, V, level breaks taken out; NaN where not measured. */
  voltageV: Float64Array;
  /** Drop that the nameplate would make, V; where the current is unknown, that of the expected load. */
  ownDropV: Float64Array;
}

/** Fits one channel; null where it is not measured. `rows` is a buffer of one row, `residual` takes days × V. */
export function fitVoltage(
  { voltageV, ownDropV }: ChannelData,
  feederLoad: Float64Array,
  features: Float64Array,
  context: SeasonContext,
  prior: Prior,
  ridge: Ridge,
  residual: Float32Array,
): VoltageModel | null {
  const { days } = context;
  const beta = new Float64Array(VOLT_FEATURES);
  const row = new Float64Array(VOLT_FEATURES);
  let scale = Infinity;
  let count = 0;
  let squares = 0;
  for (let pass = 0; pass <= PASSES; pass++) {
    ridge.clear();
    count = 0;
    let sum = 0;
    squares = 0;
    for (let d = 0; d < days; d++) {
      const y = voltageV[d]!;
      if (Number.isNaN(y)) {
        residual[d] = NaN;
        continue;
      }
      writeVoltageRow(row, 0, features, d * LOAD_FEATURES, ownDropV[d]!, feederLoad[d]!);
      const error = pass === 0 ? 0 : y - dot(row, 0, beta);
      residual[d] = error;
      count++;
      squares += error * error;
      if (pass === PASSES) continue;
      const size = Math.abs(error);
      const recency = 0.5 ** ((days - 1 - d) / (365.25 * HALF_LIFE_YEARS));
      const weight = recency * (size <= scale ? 1 : scale / size);
      ridge.add(row, 0, y, weight);
      sum += size * weight;
    }
    if (count < VOLTAGE_DAYS_MIN) return null;
    if (pass === PASSES) break;
    scale = pass === 0 ? HUBER * 2 * NOISE_SD : (HUBER * sum) / Math.max(1, ridge.weight) / 0.8;
    ridge.solve(prior, NOISE_SD, DAYS_PER_OBSERVATION, beta);
  }
  return {
    beta,
    levelCarry: LEVEL_CARRY * recentMean(residual, days),
    residualSd: Math.sqrt(squares / count),
    days: count,
  };
}

function recentMean(residual: Float32Array, days: number): number {
  let sum = 0;
  let count = 0;
  for (let d = Math.max(0, days - LEVEL_DAYS); d < days; d++) {
    const value = residual[d]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / (count + DAYS_PER_OBSERVATION);
}

/** The prior with its voltages in those of another nominal voltage than 220 V. */
export function priorAt(prior: Prior, nominalV: number): Prior {
  const scale = nominalV / 220;
  if (scale === 1) return prior;
  const inVolts = (value: number, k: number): number => (k === VOLT.own ? value : value * scale);
  return { mean: prior.mean.map(inVolts), sd: prior.sd.map(inVolts) };
}
