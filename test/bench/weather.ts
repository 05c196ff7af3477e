import type { BacktestReport } from '../../server/core/forecast/backtestReport.ts';
import type { ForecastInput } from '../../server/core/forecast/forecast.ts';
import { DAY_MS, zoneOffset } from '../../server/core/localTime.ts';
import type { WeatherSample } from '../../server/core/reading.ts';
import type { ImportReport } from '../../server/pipeline/imports/report.ts';
import { seasonNamed, seasonsWithin, type Season } from '../../simulator/seasons/season.ts';
import { caseOf, proofInput, scoreCases, type MeasuredWeather, type ProofGrid } from './forecastProof.ts';
import type { BenchResult } from './main.ts';
import { writePart } from './realDocument.ts';
import { importInto, inDataFolder } from './realFiles.ts';
import { weatherPart } from './weatherDocument.ts';
import {
  dailyOf,
  ensembleRisk,
  heatOf,
  hourlyOf,
  inWeatherOf,
  publishedRisk,
  type Risk,
  type SeasonHeat,
} from './weatherProof.ts';

/**
 * Simulated grids in weather that was measured, from a weather CSV of some years: the last summer in it is forecast from
 * the summers before, year by year and together, with a warming, and scored against what the physics made of it. Writes
 * its part of docs/forecastReal.md. Days and seasons are those of the simulated county, wherever the station stands.
 */

/** Neither tuned on nor held back for docs/forecastResults.md. */
const SEEDS = [301, 302, 303, 304] as const;
const TRANSFORMERS = 300;
const WARMING_K = [1, 2] as const;
const HISTORY_YEARS_MAX = 3;
/** A summer counts when it is known to this share, %. */
const COVERAGE_MIN_PCT = 95;
const YEAR_MS = 365.25 * DAY_MS;
/** The simulator lives there. */
const TIME_ZONE = 'Asia/Shanghai';

export interface WeatherResult {
  stationId: string;
  report: ImportReport;
  season: string;
  /** Summers of the file, the last being the season. */
  summers: readonly { year: number; heat: SeasonHeat }[];
  grids: number;
  low: number;
  scored: BacktestReport;
  /** Ensemble before calibration: each year's weather alone, all earlier years together, the season's own. */
  byYear: readonly { year: number; risk: Risk }[];
  together: Risk;
  own: Risk;
  /** As published, calibrated; `warmingK` added to every weather year. */
  published: readonly { warmingK: number; risk: Risk }[];
}

export async function run(file: string): Promise<BenchResult> {
  const result = await measureWeather(file, SEEDS, TRANSFORMERS);
  writePart('weather', weatherPart(result));
  const [model, ...baselines] = result.scored.models.map(({ metrics }) => metrics.prAuc.value ?? 0);
  const value = model! / Math.max(...baselines);
  return {
    name: 'weather',
    bars: [
      { id: 'honesty', what: 'PR-AUC over the best baseline', value, unit: '×', bar: '>1', met: value > 1 },
    ],
    detail: { ...result },
  };
}

/** @throws Error when the file has no three whole summers */
export async function measureWeather(
  source: string | { csv: string },
  seeds: readonly number[],
  transformers: number,
): Promise<WeatherResult> {
  const { report, samples } = await importWeather(source);
  const hourly = hourlyOf(samples);
  const fromMs = hourly.fromMs;
  const summers = seasonsWithin('summer', fromMs, samples.at(-1)!.tsMs)
    .map(({ year, fromMs: from, toMs: to }) => ({ year, heat: heatOf(hourly, from, to) }))
    .filter(({ heat }) => heat.coveragePct >= COVERAGE_MIN_PCT);
  if (summers.length < 3) throw new Error('The file needs three whole summers, 15 June to 15 September.');
  const season = seasonNamed(`summer-${summers.at(-1)!.year}`);
  const measured = measuredFor(season, hourly, samples);
  const grids = seeds.map((seed): ProofGrid => ({ seed, transformers, season: season.id }));
  const made = grids.map((grid) => proofInput(grid, { measured }));
  const cases = grids.map((grid, i) => caseOf(grid, made[i]!));
  const over = (risk: (input: ForecastInput) => Risk): Risk =>
    made.map(({ input }) => risk(input)).reduce(addRisk);
  const earlier = summers.slice(0, -1);
  return {
    stationId: samples[0]!.stationId,
    report,
    season: season.id,
    summers,
    grids: grids.length,
    low: cases.reduce((sum, { truth }) => sum + [...truth.values()].filter(({ low }) => low).length, 0),
    scored: scoreCases(cases),
    byYear: earlier.map(({ year }) => ({
      year,
      risk: over((input) => ensembleRisk(inWeatherOf(input, season.year - year))),
    })),
    together: over(ensembleRisk),
    own: over((input) => ensembleRisk(inWeatherOf(input, 0))),
    published: [0, ...WARMING_K].map((warmingK) => ({
      warmingK,
      risk: over((input) => publishedRisk(input, warmingK)),
    })),
  };
}

/** Through the import and out of the database again; of several stations the first. */
function importWeather(
  source: string | { csv: string },
): Promise<{ report: ImportReport; samples: WeatherSample[] }> {
  return inDataFolder(TIME_ZONE, async (parts) => {
    const report = await importInto(parts, 'weather', source);
    const [station] = await parts.database.weather.stations();
    if (station === undefined) throw new Error('The file has no weather.');
    const { stationId, firstMs, lastMs } = station;
    return { report, samples: await parts.database.weather.range(stationId, firstMs, lastMs + 1) };
  });
}

function measuredFor(
  season: Season,
  hourly: MeasuredWeather['hourly'],
  samples: readonly WeatherSample[],
): MeasuredWeather {
  const offset = zoneOffset(TIME_ZONE);
  const lastDay = Math.floor((season.toMs - 1 + offset(season.toMs - 1)) / DAY_MS);
  const years = Math.floor((season.originMs - hourly.fromMs) / YEAR_MS);
  return {
    hourly,
    daily: dailyOf(samples, offset, lastDay),
    historyYears: Math.min(HISTORY_YEARS_MAX, years),
  };
}

function addRisk(a: Risk, b: Risk): Risk {
  return {
    transformers: a.transformers + b.transformers,
    expectedLow: a.expectedLow + b.expectedLow,
    atRisk: a.atRisk + b.atRisk,
  };
}
