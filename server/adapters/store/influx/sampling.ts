import { withoutDeadPhases } from '../../../core/deadPhase.ts';
import { READING_FLAG, type Reading } from '../../../core/reading.ts';
import type { VoltageMean } from '../../../core/summary.ts';
import type { SampledSeries } from '../../../ports.ts';

const PHASES = ['a', 'b', 'c'] as const;
const LOADS = ['iaA', 'ibA', 'icA', 'pKw', 'qKvar'] as const;

/** Sums of one step: three phases' squares and weights, five loads' sums and weights. */
class Step {
  readonly squares = [0, 0, 0];
  readonly voltages = [0, 0, 0];
  readonly minV = [NaN, NaN, NaN];
  readonly maxV = [NaN, NaN, NaN];
  readonly sums = [0, 0, 0, 0, 0];
  readonly loads = [0, 0, 0, 0, 0];
  count = 0;
  outageCount = 0;
}

/**
 * Down-samples readings and 10-minute means of one point to steps on UTC multiples of `stepMs`: voltages root mean square
 * weighted by readings, loads arithmetic. A step without data has no row.
 */
export class Sampler {
  readonly #stepMs: number;
  readonly #steps = new Map<number, Step>();

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  addReading(raw: Reading): void {
    const row = withoutDeadPhases(raw);
    const step = this.#at(row.tsMs);
    step.count += 1;
    const outage = (row.flags & READING_FLAG.outage) !== 0;
    if (outage) step.outageCount += 1;
    else {
      addPhase(step, 0, row.uaV, row.uaMinV, row.uaV, 1);
      addPhase(step, 1, row.ubV, row.ubMinV, row.ubV, 1);
      addPhase(step, 2, row.ucV, row.ucMinV, row.ucV, 1);
    }
    addLoads(step, row, 1);
  }

  /** Its outages are not known by number: the store adds them with {@link addOutages}. */
  addMean(row: VoltageMean): void {
    const step = this.#at(row.tsMs);
    step.count += row.count;
    addPhase(step, 0, row.uaV, row.uaMinV, row.uaMaxV, row.count);
    addPhase(step, 1, row.ubV, row.ubMinV, row.ubMaxV, row.count);
    addPhase(step, 2, row.ucV, row.ucMinV, row.ucMaxV, row.count);
    addLoads(step, row, row.count);
  }

  addOutages(tsMs: number, count: number): void {
    this.#at(tsMs).outageCount += count;
  }

  finish(): SampledSeries {
    const times = [...this.#steps.keys()].sort((left, right) => left - right);
    const steps = times.map((tsMs) => this.#steps.get(tsMs)!);
    const column = (valueOf: (step: Step) => number): Float64Array => Float64Array.from(steps, valueOf);
    const series: Record<string, Float64Array> = {};
    PHASES.forEach((phase, k) => {
      series[`u${phase}V`] = column((step) => Math.sqrt(step.squares[k]! / step.voltages[k]!));
      series[`u${phase}MinV`] = column((step) => step.minV[k]!);
      series[`u${phase}MaxV`] = column((step) => step.maxV[k]!);
    });
    LOADS.forEach((load, k) => (series[load] = column((step) => step.sums[k]! / step.loads[k]!)));
    return {
      ...(series as unknown as SampledSeries),
      stepMs: this.#stepMs,
      tsMs: Float64Array.from(times),
      count: column((step) => step.count),
      outageCount: column((step) => step.outageCount),
    };
  }

  #at(tsMs: number): Step {
    const start = Math.floor(tsMs / this.#stepMs) * this.#stepMs;
    let step = this.#steps.get(start);
    if (step === undefined) this.#steps.set(start, (step = new Step()));
    return step;
  }
}

function addPhase(step: Step, k: number, meanV: number, minV: number, maxV: number, weight: number): void {
  if (meanV >= 0) {
    step.squares[k]! += meanV * meanV * weight;
    step.voltages[k]! += weight;
  }
  // The lowest known value: a NaN on either side loses.
  const lowV = minV < meanV || Number.isNaN(meanV) ? minV : meanV;
  if (!(lowV >= step.minV[k]!) && !Number.isNaN(lowV)) step.minV[k] = lowV;
  if (!(maxV <= step.maxV[k]!) && !Number.isNaN(maxV)) step.maxV[k] = maxV;
}

function addLoads(step: Step, row: Pick<Reading, (typeof LOADS)[number]>, weight: number): void {
  for (let k = 0; k < LOADS.length; k++) {
    const value = row[LOADS[k]!];
    if (Number.isNaN(value)) continue;
    step.sums[k]! += value * weight;
    step.loads[k]! += weight;
  }
}
