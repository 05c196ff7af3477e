import type { FeederSum, ReadinessRow, SeenSeason } from '../../core/forecast/run.ts';
import { areaSums, byBurden, summaryOfSums, type AreaSum } from '../../core/forecast/sums.ts';
import { kindsOf } from '../../core/measures/combine.ts';
import { csvLine } from '../csvLine.ts';

/** The ranking as tables: CSV by contract, and the same columns for a workbook; areas and feeders beside it. */

type Cell = string | number | null;

/** Header of the forecast CSV (contracts.md). */
const READINESS_COLUMNS = [
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
function readinessCells(row: ReadinessRow): Cell[] {
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
    measure === null ? null : kindsOf(measure).join('+'),
    rounded(measure?.after.minHourV.p50 ?? null, 1),
    rounded(forecast.coveragePct, 1),
    forecast.status,
  ];
}

export function readinessCsv(rows: readonly ReadinessRow[]): string {
  return csvOf(READINESS_COLUMNS, rows.map(readinessCells));
}

const SUM_COLUMNS = [
  'transformers',
  'at_risk',
  'watch',
  'ready',
  'unknown',
  'expected_transformers_low',
  'expected_low_hours',
  'expected_low_customer_hours',
  'coverage_pct',
] as const;

function sumCells(sum: AreaSum): Cell[] {
  return [
    sum.transformers,
    sum.atRisk,
    sum.watch,
    sum.ready,
    sum.unknown,
    rounded(sum.expectedLow, 2),
    rounded(sum.expectedLowHours, 1),
    rounded(sum.customerHours, 0),
    rounded(sum.coveragePct, 1),
  ];
}

/** Areas by burden, with what the last season measured was in each; of how many it is known stands beside it. */
function areaTable(sums: readonly FeederSum[], seen: readonly SeenSeason[]) {
  // The newest season comes first.
  const last = seen[0]?.seasonId ?? null;
  const lastOf = new Map(seen.filter((one) => one.seasonId === last).map((one) => [one.areaId, one]));
  return {
    columns: ['rank', 'area_id', ...SUM_COLUMNS, 'last_season', 'last_season_known', 'last_season_low'],
    rows: areaSums(sums)
      .toSorted(byBurden)
      .map((area, i) => {
        const was = lastOf.get(area.areaId);
        return [i + 1, area.areaId, ...sumCells(area), last, was?.known ?? null, was?.low ?? null];
      }),
  };
}

/** Areas as CSV; columns as on the sheet of the workbook. */
export function areasCsv(sums: readonly FeederSum[], seen: readonly SeenSeason[]): string {
  const { columns, rows } = areaTable(sums, seen);
  return csvOf(columns, rows);
}

/** The sheets of the workbook: the ranking, areas, feeders. */
export function readinessSheets(
  rows: readonly ReadinessRow[],
  sums: readonly FeederSum[],
  seen: readonly SeenSeason[],
) {
  const feeders = sums
    .toSorted(byBurden)
    .map((sum, i) => [i + 1, sum.feederId, sum.areaId, ...sumCells(sum)]);
  return [
    { name: 'readiness', columns: READINESS_COLUMNS, rows: rows.map(readinessCells) },
    { name: 'areas', ...areaTable(sums, seen) },
    { name: 'feeders', columns: ['rank', 'feeder_id', 'area_id', ...SUM_COLUMNS], rows: feeders },
    { name: 'weather_years', ...weatherYearTable(sums) },
  ];
}

/** What would be low with the weather of each year alone, over all of `sums`. */
function weatherYearTable(sums: readonly FeederSum[]) {
  const { weatherYears = [] } = summaryOfSums(sums, 'model');
  return {
    columns: ['weather_of_season_year', 'expected_low_hours', 'expected_low_customer_hours'],
    rows: weatherYears.map(({ year, lowHours, customerHours }) => [
      year,
      rounded(lowHours, 1),
      rounded(customerHours, 0),
    ]),
  };
}

function csvOf(columns: readonly string[], rows: readonly Cell[][]): string {
  return csvLine([...columns]) + rows.map((row) => csvLine(row.map((cell) => safe(cell)))).join('');
}

/** A leading =, +, - or @ of a text would be run by a spreadsheet as a formula. */
function safe(cell: Cell): string {
  if (typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell)) return `'${cell}`;
  return cell === null ? '' : String(cell);
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
