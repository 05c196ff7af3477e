import { arPool, type NoisePool } from '../noise.ts';
import { hash32 } from '../random.ts';
import type { SeasonAxis } from './seasonAxis.ts';
import type { FeederSolution } from './feederYears.ts';
import type { StationWeather } from './weatherYears.ts';

/** AR(1) coefficients of hourly noise: what is left of 0.85 at 15 min after an hour, habits of days, source drift of days. */
const FAST_PHI = 0.55;
const SLOW_PHI = 0.985;
const POOL_BITS = 17;

/** Solved feeders kept: those of the transformers at hand and of two that they were moved to. */
const SOLUTIONS_MAX = 3;
const AXES_MAX = 3;

/** Things of one grid that are costly to make and asked for again; all follow from the seed. */
export class SeasonMemory {
  /** Hourly noise of load, and slow noise of habits and source. */
  readonly fast: NoisePool;
  readonly slow: NoisePool;
  readonly weather = new Map<number, StationWeather>();
  readonly felt = new Map<number, Float32Array>();
  readonly #axes = new Map<string, SeasonAxis>();
  readonly #solutions = new Map<string, FeederSolution>();

  constructor(seed: number) {
    this.fast = arPool(hash32(seed, 0x10ad), FAST_PHI, POOL_BITS);
    this.slow = arPool(hash32(seed, 0xd21f), SLOW_PHI, POOL_BITS);
  }

  axis(fromMs: number, hours: number, make: () => SeasonAxis): SeasonAxis {
    return remembered(this.#axes, `${fromMs}/${hours}`, AXES_MAX, make);
  }

  solution(axis: SeasonAxis, feeder: number, make: () => FeederSolution): FeederSolution {
    return remembered(this.#solutions, `${axis.fromMs}/${axis.hours}/${feeder}`, SOLUTIONS_MAX, make);
  }
}

/** The oldest goes when there are too many. */
function remembered<T>(map: Map<string, T>, key: string, max: number, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    const oldest = map.keys().next().value;
    if (map.size >= max && oldest !== undefined) map.delete(oldest);
  }
  map.delete(key);
  map.set(key, value);
  return value;
}
