import type { ReadinessRow } from '../../core/forecast/run.ts';
import { csvLine } from '../csvLine.ts';

/** The ranking as a table: CSV by contract, and the same columns for a worksheet. */

/** Header of the forecast CSV (contracts.md). */
export const READINESS_COLUMNS = [
  'rank',
  'transformer_id',
  'area_id',
  'p_low',
  'expected_low_hours',
  'min_v_p10',
  'min_v_p50',
  'min_v_p90',
  'cause',
  'measure',
  'min_v_after_p50',
  'coverage_pct',
  'status',
] as const;

/** Cells of one row in the order of {@link READINESS_COLUMNS}; null where nothing is known. */
export function readinessCells(row: ReadinessRow): (string | number | null)[] {
  const { forecast, cause, measures, recommended } = row;
  const measure = recommended === null ? null : measures[recommended]!;
  return [
    row.rank,
    row.transformerId,
    row.areaId,
    rounded(forecast.pLow, 4),
    rounded(forecast.expectedLowHours, 2),
    rounded(forecast.minHourV.p10, 1),
    rounded(forecast.minHourV.p50, 1),
    rounded(forecast.minHourV.p90, 1),
    cause?.kind ?? null,
    measure?.kind ?? null,
    rounded(measure?.after.minHourV.p50 ?? null, 1),
    rounded(forecast.coveragePct, 1),
    forecast.status,
  ];
}

export function readinessCsv(rows: readonly ReadinessRow[]): string {
  const lines = rows.map((row) => csvLine(readinessCells(row).map((cell) => safe(cell))));
  return csvLine([...READINESS_COLUMNS]) + lines.join('');
}

/** A leading =, +, - or @ of a text would be run by a spreadsheet as a formula. */
function safe(cell: string | number | null): string {
  if (typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell)) return `'${cell}`;
  return cell === null ? '' : String(cell);
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
