import { flagOutage } from '../../core/limits.ts';
import { emptyReading, OUTLET_POINT, READING_FLAG, type Reading } from '../../core/reading.ts';
import { DECODE_LIMITS } from '../../ingest/options.ts';
import { judgeReading } from '../../ingest/plausibility.ts';
import type { RowCells } from './cells.ts';

type Measured = Exclude<keyof Reading, 'transformerId' | 'point' | 'tsMs' | 'flags'>;

/** CSV column → what it holds. The first nine are the contract, the rest is what some exports also have. */
const MEASURED: Readonly<Record<string, Measured>> = {
  ua_v: 'uaV',
  ub_v: 'ubV',
  uc_v: 'ucV',
  ia_a: 'iaA',
  ib_a: 'ibA',
  ic_a: 'icA',
  p_kw: 'pKw',
  q_kvar: 'qKvar',
  in_a: 'inA',
  ua_min_v: 'uaMinV',
  ub_min_v: 'ubMinV',
  uc_min_v: 'ucMinV',
  interval_s: 'intervalS',
};
const MEASURED_ENTRIES = Object.entries(MEASURED);
/** Plausibility of each value is judged against the transformer; here a cell only has to be a number. */
const ANY_NUMBER = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };

export const HISTORY_COLUMNS: ReadonlySet<string> = new Set([
  'transformer_id',
  'ts',
  'point',
  'flags',
  ...Object.keys(MEASURED),
]);
/** One of these is needed. */
export const VOLTAGE_COLUMNS = ['ua_v', 'ub_v', 'uc_v'] as const;
const FLAGS = { min: 0, max: 0xffff, integer: true };

/**
 * One row of history, judged as a live reading would be, and flagged as history.
 *
 * @param nominalVOf nominal phase-to-neutral voltage of a registered transformer
 * @returns the reading; without meaning when the row has faults
 */
export function historyRow(
  cells: RowCells,
  nominalVOf: (transformerId: string) => number | undefined,
  nowMs: number,
): Reading {
  const transformerId = cells.id('transformer_id', true);
  const reading = emptyReading(transformerId, cells.id('point', false) || OUTLET_POINT, cells.time('ts'));
  for (const [column, name] of MEASURED_ENTRIES) reading[name] = cells.number(column, ANY_NUMBER);
  const flags = cells.number('flags', FLAGS);
  reading.flags = READING_FLAG.history | (Number.isNaN(flags) ? 0 : flags);
  const nominalV = nominalVOf(transformerId);
  if (nominalV === undefined) {
    if (transformerId !== '') cells.fault('transformer_id', 'not registered: import the registry first');
    return reading;
  }
  // Judging what could not be read would only repeat the fault.
  if (cells.faults.length > 0) return reading;
  const refusal = judgeReading(reading, nominalV, nowMs, DECODE_LIMITS);
  if (refusal !== null) cells.fault(null, `${refusal.reason}: ${refusal.detail}`);
  flagOutage(reading, nominalV);
  return reading;
}
