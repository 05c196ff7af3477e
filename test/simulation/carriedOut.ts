import { MEASURE_SETTINGS } from '../../server/core/measures/catalogue.ts';
import type { MeasurePart } from '../../server/core/measures/finding.ts';
import type { Work } from '../../simulator/seasons/works.ts';
import type { Measure } from '../../simulator/seasons/seasonTruth.ts';

/** The largest unit whose physics the simulator has, kVA. */
export const LARGEST_KVA = 630;

type Local = Pick<Work, 'kind' | 'amount'>;

/** A measure of one transformer as the simulator's work: its kind, and positions up or the new rating, kVA. */
export function workOf(part: { kind: Local['kind']; detail: MeasurePart['detail'] }): Local {
  const { kind, detail } = part;
  if (kind === 'tap') return { kind, amount: Number(detail['to']) - Number(detail['from']) };
  return kind === 'capacity' ? { kind, amount: Math.min(LARGEST_KVA, Number(detail['toKva'])) } : { kind };
}

/** Any measure, as the simulator carries it out; a larger unit than it knows is worth less than was said. */
export function carriedOut({ kind, detail }: MeasurePart): Measure {
  return kind === 'feeder' ? { kind, dropScale: MEASURE_SETTINGS.feederScale } : workOf({ kind, detail });
}
