import { emptySample, type Sample } from './detect/detector.ts';
import { POINT_ROLE, type GridIndex } from './gridIndex.ts';
import { VALUE, VALUES, type PointStates } from './pointStates.ts';
import { READING_FLAG, type Reading } from './reading.ts';
import { NONE } from './table.ts';

/** An outlet whose latest reading is further away than this many of its intervals says nothing of a line end now. */
const OUTLET_AGE_INTERVALS = 2;

/** Makes of a reading, its point and its transformer what detectors judge. One object, filled again and again. */
export class Sampler {
  readonly sample: Sample = emptySample();
  #grid: GridIndex;
  #points: PointStates;

  constructor(grid: GridIndex, points: PointStates) {
    this.#grid = grid;
    this.#points = points;
  }

  /** What must be known of the reading before: call while the point still holds it. */
  before(p: number, { uaV, ubV, ucV }: Reading): void {
    const { values } = this.#points.columns;
    const { outageV } = this.#grid.limitsOf(p);
    const at = p * VALUES;
    let stepV = NaN;
    stepV = widest(stepV, stepOf(values[at + VALUE.ua]!, uaV, outageV));
    stepV = widest(stepV, stepOf(values[at + VALUE.ub]!, ubV, outageV));
    this.sample.stepV = widest(stepV, stepOf(values[at + VALUE.uc]!, ucV, outageV));
  }

  /** The sample of a reading that its point has taken. `restart`: readings are missing before it. */
  take(p: number, reading: Reading, receivedMs: number, restart: boolean): Sample {
    const sample = this.sample;
    const { uaV, ubV, ucV, tsMs, flags } = reading;
    sample.p = p;
    sample.tsMs = tsMs;
    sample.endMs = tsMs + this.#points.columns.intervalS[p]! * 1000;
    sample.detectedMs = receivedMs;
    sample.uaV = uaV;
    sample.ubV = ubV;
    sample.ucV = ucV;
    const least = uaV < ubV ? uaV : ubV;
    const most = uaV < ubV ? ubV : uaV;
    sample.lowestV = least < ucV ? least : ucV;
    sample.highestV = most > ucV ? most : ucV;
    if (Number.isNaN(uaV + ubV + ucV)) this.#someMissing(reading);
    sample.iaA = reading.iaA;
    sample.ibA = reading.ibA;
    sample.icA = reading.icA;
    sample.dipV = widest(widest(uaV - reading.uaMinV, ubV - reading.ubMinV), ucV - reading.ucMinV);
    sample.outage = (flags & READING_FLAG.outage) !== 0;
    sample.frozen = (flags & READING_FLAG.frozen) !== 0;
    sample.restart = restart;
    sample.limits = this.#grid.limitsOf(p);
    const role = this.#grid.points.columns.role[p]!;
    sample.loadPct = role === POINT_ROLE.outlet ? this.#loadPct(p) : NaN;
    sample.outletAboveV = role === POINT_ROLE.tail ? this.#outletAboveV(p, tsMs) : NaN;
    return sample;
  }

  #someMissing({ uaV, ubV, ucV }: Reading): void {
    this.sample.highestV = widest(widest(uaV, ubV), ucV);
    this.sample.lowestV = -widest(widest(-uaV, -ubV), -ucV);
  }

  #loadPct(p: number): number {
    return this.#points.loadPct(p, this.#grid.rows.columns.capacityKva[this.#grid.pointRow(p)]!);
  }

  #outletAboveV(p: number, tsMs: number): number {
    const outlet = this.#grid.rows.columns.outlet[this.#grid.pointRow(p)]!;
    if (outlet === NONE || !this.#points.hasData(outlet)) return NaN;
    const awayMs = Math.abs(this.#points.columns.lastTsMs[outlet]! - tsMs);
    if (awayMs > OUTLET_AGE_INTERVALS * this.#points.intervalMs(outlet)) return NaN;
    return this.#points.lowestV(outlet) - this.#grid.limitsOf(outlet).lowV;
  }
}

/** How far a phase moved. Supply that went or came back is no step. */
function stepOf(beforeV: number, nowV: number, outageV: number): number {
  return beforeV >= outageV && nowV >= outageV ? Math.abs(nowV - beforeV) : NaN;
}

/** The larger of two, of which either may not be known. */
function widest(left: number, right: number): number {
  return right > left || Number.isNaN(left) ? right : left;
}
