import {
  FORECAST_OPTIONS,
  type DailyHistory,
  type DailyWeather,
  type ForecastInput,
} from '../../server/core/forecast/forecast.ts';
import { emptyHistory } from '../../server/core/forecast/history.ts';
import { parseSeason } from '../../server/core/forecast/season.ts';
import type { NameplateVersion, Transformer } from '../../server/core/grid.ts';
import { DAY_MS, localDay } from '../../simulator/calendar.ts';
import type { HourlyHistory } from '../../simulator/seasons/hourly.ts';
import { hourlyWeather } from '../../simulator/seasons/seasonAxis.ts';
import type { SeasonGrid, SeasonTransformer } from '../../simulator/seasons/seasonGrid.ts';
import { registeredAt, simulateSeasons } from '../../simulator/seasons/simulateSeasons.ts';
import { transformerOf } from '../fixtures/transformers.ts';

/** A simulated grid as the forecast sees it: what devices reported by the day, what the registry says, what the weather was. */

const LOW_V = 198;
const DAY_HOURS = 24;

/** Histories and weather hold the unseen season too: the forecast itself must not look past the origin. */
export function seasonInput(grid: SeasonGrid): ForecastInput {
  const histories = new Map<string, DailyHistory>();
  for (const history of simulateSeasons(grid)) histories.set(history.transformerId, dailyHistory(history));
  const weather = new Map<string, DailyWeather>();
  for (const [station, stationId] of grid.stations.entries()) {
    weather.set(stationId, dailyWeather(stationId, hourlyWeather(grid, station)));
  }
  return {
    season: parseSeason(grid.season.id)!,
    transformers: registeredAt(grid, grid.season.originMs).map(toTransformer),
    versions: versionsOf(grid),
    histories,
    weather,
    options: FORECAST_OPTIONS,
  };
}

function toTransformer(t: SeasonTransformer): Transformer {
  return transformerOf(t.id, {
    name: t.name,
    feederId: t.feederId,
    areaId: t.areaId,
    kind: t.kind,
    capacityKva: t.capacityKva,
    ukPct: t.ukPct,
    tapPosition: t.tapPosition,
    tapStepPct: t.tapStepPct,
    tapCount: t.tapCount,
    customers: t.customers,
    importantCustomers: t.importantCustomers,
    lvRadiusM: t.lvRadiusM,
    weatherStationId: t.weatherStationId,
    lon: t.lon,
    lat: t.lat,
  });
}

function versionsOf(grid: SeasonGrid): Map<string, NameplateVersion[]> {
  const now = new Map(grid.transformers.map((t) => [t.id, { ...t }]));
  const versions = new Map<string, NameplateVersion[]>(
    grid.transformers.map((t) => [
      t.id,
      [{ transformerId: t.id, validFromMs: 0, transformer: toTransformer(t), changed: [] }],
    ]),
  );
  for (const { tsMs, transformerId, changed } of grid.events) {
    if (Object.keys(changed).length === 0) continue;
    const t = Object.assign(now.get(transformerId)!, changed);
    versions.get(transformerId)!.push({
      transformerId,
      validFromMs: tsMs,
      transformer: toTransformer(t),
      changed: Object.keys(changed),
    });
  }
  return versions;
}

/** Hours of an outage and without data are left out. */
function dailyHistory(history: HourlyHistory): DailyHistory {
  const { fromMs, uaV, ubV, ucV, iaA, ibA, icA, pKw, qKvar, minTailV } = history;
  const firstDay = localDay(fromMs);
  const days = uaV.length / DAY_HOURS;
  const daily = emptyHistory(history.transformerId, { firstDay, lastDay: firstDay + days - 1 });
  const { columns } = daily;
  for (let d = 0; d < days; d++) {
    const day = { lowHours: 0, hours: 0, pSum: 0, qSum: 0, tailLow: 0 };
    for (let h = d * DAY_HOURS; h < (d + 1) * DAY_HOURS; h++) {
      const [a, b, c] = [uaV[h]!, ubV[h]!, ucV[h]!];
      if (!(a > 0)) continue;
      day.hours++;
      day.pSum += pKw[h]!;
      day.qSum += qKvar[h]!;
      if (Math.min(a, b, c) < LOW_V) day.lowHours++;
      if (minTailV[h]! < LOW_V) day.tailLow++;
      lower(columns.uaMinHourV, d, a);
      lower(columns.ubMinHourV, d, b);
      lower(columns.ucMinHourV, d, c);
      if (!Number.isNaN(minTailV[h]!)) lower(columns.tailMinHourV, d, minTailV[h]!);
      raise(columns.highestV, d, Math.max(a, b, c));
      raise(columns.iaMaxHourA, d, iaA[h]!);
      raise(columns.ibMaxHourA, d, ibA[h]!);
      raise(columns.icMaxHourA, d, icA[h]!);
      raise(columns.pMaxHourKw, d, pKw[h]!);
    }
    if (day.hours === 0) continue;
    columns.pMeanKw[d] = day.pSum / day.hours;
    columns.qMeanKvar[d] = day.qSum / day.hours;
    columns.lowHours[d] = Math.max(day.lowHours, day.tailLow);
    columns.validHours[d] = day.hours;
  }
  return daily;
}

function lower(column: Float32Array, at: number, value: number): void {
  if (!(column[at]! <= value)) column[at] = value;
}

function raise(column: Float32Array, at: number, value: number): void {
  if (!(column[at]! >= value)) column[at] = value;
}

function dailyWeather(
  stationId: string,
  { fromMs, tempC }: { fromMs: number; tempC: Float32Array },
): DailyWeather {
  const days = Math.floor(tempC.length / DAY_HOURS);
  const column = (of: (hours: Float32Array) => number): Float32Array =>
    Float32Array.from({ length: days }, (_, d) => of(tempC.subarray(d * DAY_HOURS, (d + 1) * DAY_HOURS)));
  return {
    stationId,
    firstDay: Math.round(localDay(fromMs + DAY_MS / 2)),
    days,
    meanC: column((hours) => hours.reduce((sum, t) => sum + t, 0) / DAY_HOURS),
    maxC: column((hours) => hours.reduce((max, t) => Math.max(max, t), -Infinity)),
    minC: column((hours) => hours.reduce((min, t) => Math.min(min, t), Infinity)),
  };
}
