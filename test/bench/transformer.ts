import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FORECAST_OPTIONS, type ForecastInput } from '../../server/core/forecast/forecast.ts';
import { HistoryBuilder } from '../../server/core/forecast/history.ts';
import { DAY_MS, dayStart, HOUR_MS, zoneOffset, type ZoneOffset } from '../../server/core/localTime.ts';
import { OUTLET_POINT } from '../../server/core/reading.ts';
import type { Parts } from '../../server/commands/parts.ts';
import type { ImportReport } from '../../server/pipeline/imports/report.ts';
import type { BenchResult } from './main.ts';
import { dateOf, daysOf, hoursOf, wholeDays, type PhaseSeries } from './phaseSeries.ts';
import { predictionErrors, type PredictionErrors } from './predictionErrors.ts';
import { writePart } from './realDocument.ts';
import { importInto, inDataFolder } from './realFiles.ts';
import { leftAlone, rolling } from './transformerCells.ts';
import { transformerPart } from './transformerDocument.ts';
import { FittedTransformer, mildWeather } from './transformerProof.ts';

/**
 * The voltage model on the measured history of one real transformer, the first of a history CSV: fitted on its first
 * months, asked for the later voltages from the later currents and the calendar, beside persistence and a fixed line.
 * Writes its part of docs/forecastReal.md. `PEAKVOLT_BENCH_NOMINAL_V` (220) and `PEAKVOLT_BENCH_TIME_ZONE`
 * (Asia/Shanghai) say what the file does not.
 */

const LAGS_DAYS = [1, 3, 7, 28] as const;
/** Whole days that there must be before a split and after it. */
const BEFORE_DAYS_MIN = 60;
const AFTER_DAYS_MIN = 20;
const SEED = 1;

export interface Place {
  transformerId: string;
  nominalV: number;
  timeZone: string;
}

interface Split {
  originDay: number;
  daysBefore: number;
  /** As fitted: voltage without load on the last day of training and of the history, V; drop of an ampere, V. */
  sourceV: readonly [number, number];
  slopeVPerA: number;
  days: PredictionErrors;
  hours: PredictionErrors;
}

export interface TransformerResult {
  place: Place;
  report: ImportReport;
  days: PhaseSeries;
  /** By the last day of training. */
  splits: readonly Split[];
  /** By what is known so many days before; all from the first split on. */
  rolling: readonly { lagDays: number; errors: PredictionErrors }[];
}

export async function run(file: string): Promise<BenchResult> {
  const result = await measureTransformer(file, {
    transformerId: await firstTransformer(file),
    nominalV: Number(process.env['PEAKVOLT_BENCH_NOMINAL_V'] ?? 220),
    timeZone: process.env['PEAKVOLT_BENCH_TIME_ZONE'] ?? 'Asia/Shanghai',
  });
  writePart('transformer', transformerPart(result));
  const { splits } = result;
  return {
    name: 'transformer',
    bars: [
      ...splits.map(({ originDay, days }) =>
        bar(`left alone after ${dateOf(originDay)}: RMSE over that of a fixed line`, days, 'fixed line'),
      ),
      ...result.rolling.map(({ lagDays, errors }) =>
        bar(`known ${lagDays} days before: RMSE over that of persistence`, errors, 'persistence'),
      ),
    ],
    detail: { ...result, days: undefined, report: { ...result.report, errors: undefined } },
  };
}

/** @throws Error when the history is too short to be split */
export function measureTransformer(
  source: string | { csv: string },
  place: Place,
): Promise<TransformerResult> {
  return inDataFolder(place.timeZone, async (parts) => {
    const { transformerId, nominalV, timeZone } = place;
    const csv = `transformer_id,area_id,feeder_id,nominal_v\n${transformerId},A,F,${nominalV}\n`;
    await importInto(parts, 'registry', { csv });
    const report = await importInto(parts, 'history', source);
    const offset = zoneOffset(timeZone);
    const span = report.span ?? { fromMs: 0, toMs: 0 };
    const input = await inputOf(parts, span, offset);
    const days = daysOf(input.histories.get(transformerId)!);
    const query = { transformerId, point: OUTLET_POINT, fromMs: span.fromMs, toMs: span.toMs + 1 };
    const hours = hoursOf(await parts.store.series(query, HOUR_MS), days, offset);
    const origins = splitDays(days);
    if (origins.length === 0)
      throw new Error('The history is too short: no month begins between its halves.');
    const splits = origins.map((originDay): Split => {
      const fitted = new FittedTransformer(input, days.first, originDay, days.last);
      const { sourceV, slopeVPerA } = fitted.sourceAndSlope(originDay);
      return {
        originDay,
        daysBefore: wholeDays(days, days.first, originDay),
        sourceV: [sourceV, fitted.sourceAndSlope(days.last).sourceV],
        slopeVPerA,
        days: predictionErrors(leftAlone(input, days, days, originDay), SEED),
        hours: predictionErrors(leftAlone(input, days, hours, originDay), SEED),
      };
    });
    const from = origins[0]! + 1;
    return {
      place,
      report,
      days,
      splits,
      rolling: LAGS_DAYS.map((lagDays) => ({
        lagDays,
        errors: predictionErrors(rolling(input, days, from, lagDays), SEED),
      })),
    };
  });
}

/** Registry and daily summaries of the import, and weather that says nothing. */
async function inputOf(
  { database, store }: Parts,
  span: { fromMs: number; toMs: number },
  offset: ZoneOffset,
): Promise<ForecastInput> {
  const dayAt = (tsMs: number): number => Math.floor((tsMs + offset(tsMs)) / DAY_MS);
  const [firstDay, lastDay] = [dayAt(span.fromMs), dayAt(span.toMs)];
  const builder = new HistoryBuilder({ firstDay, lastDay }, offset);
  const days = { fromMs: dayStart(firstDay, offset), toMs: dayStart(lastDay + 1, offset) };
  for (const row of await store.dailies(days)) builder.add(row);
  const { transformers } = await database.registry.load();
  const weather = mildWeather(firstDay, lastDay);
  return {
    season: { id: 'all', kind: 'winter', year: 0, firstDay: lastDay, lastDay, originDay: lastDay },
    transformers,
    versions: new Map(),
    histories: builder.finish(),
    weather: new Map([[weather.stationId, weather]]),
    options: FORECAST_OPTIONS,
  };
}

/** Last days of months with enough whole days before and after them. */
function splitDays(days: PhaseSeries): number[] {
  const found: number[] = [];
  for (let day = days.first; day <= days.last; day++) {
    if (new Date((day + 1) * DAY_MS).getUTCDate() !== 1) continue;
    if (wholeDays(days, days.first, day) < BEFORE_DAYS_MIN) continue;
    if (wholeDays(days, day + 1, days.last) >= AFTER_DAYS_MIN) found.push(day);
  }
  return found;
}

function bar(what: string, { methods }: PredictionErrors, against: string) {
  const rmseV = (name: string): number => methods.find((m) => m.name === name)?.rmseV.value ?? NaN;
  const value = rmseV('model') / rmseV(against);
  return { id: 'honesty', what, value, unit: '×', bar: '<1', met: value < 1 };
}

/** Who the first row is of. */
async function firstTransformer(file: string): Promise<string> {
  const lines = createInterface({ input: createReadStream(file) });
  let at = -1;
  for await (const line of lines) {
    const cells = line.replace('\uFEFF', '').split(',');
    if (at >= 0) return cells[at]!;
    at = cells.indexOf('transformer_id');
  }
  throw new Error(`${file} has no transformer_id.`);
}
