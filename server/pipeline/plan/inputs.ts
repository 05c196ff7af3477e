import { crc32 } from '../../core/checksum.ts';
import type {
  DailyHistory,
  DailyWeather,
  ForecastInput,
  ForecastOptions,
} from '../../core/forecast/forecast.ts';
import { forgetUnfinished, HistoryBuilder } from '../../core/forecast/history.ts';
import type { RunInputs } from '../../core/forecast/run.ts';
import type { Season } from '../../core/forecast/season.ts';
import type { SupplyLimits } from '../../core/forecast/supplyLimits.ts';
import { WeatherBuilder } from '../../core/forecast/weatherDays.ts';
import type { GridModel, NameplateVersion, Transformer } from '../../core/grid.ts';
import { DAY_MS, dayStart, type ZoneOffset } from '../../core/localTime.ts';
import type { Clock, Database, ReadingStore } from '../../ports.ts';
import { RunError } from './runError.ts';

/** What a run is made from, out of the stores. */

/** Summaries asked for at once: the service answers others in between. */
const ROWS_AT_ONCE = 20_000;
const WEATHER_AT_ONCE_MS = 366 * DAY_MS;
const YEAR_DAYS = 365.25;

export interface GatherDeps {
  database: Pick<Database, 'registry' | 'weather'>;
  store: Pick<ReadingStore, 'dailies'>;
  clock: Pick<Clock, 'after'>;
  offset: ZoneOffset;
  program: string;
  /** Limits of supply at the outlet of a transformer; the profile's for most. */
  limitsOf(transformer: Transformer): SupplyLimits;
}

export interface GatherSpan {
  season: Season;
  /** Last local day of history that is read: the origin, or for a back-test the end of the season. */
  lastDay: number;
  historyYears: number;
  weatherYears: number;
  /** Days after the last one whose weather is read as it is forecast, and by which station's forecast each station goes. */
  ahead?: { days: number; forecastOf: ReadonlyMap<string, string> };
  options: ForecastOptions;
}

/**
 * Reads registry, daily summaries and weather. `onProgress` is told the share of the days that were read.
 *
 * @throws RunError when the store does not answer.
 */
export async function gatherInput(
  span: GatherSpan,
  deps: GatherDeps,
  watch: { onProgress?(share: number): void; signal?: AbortSignal } = {},
): Promise<{ input: ForecastInput; inputs: RunInputs }> {
  const { season, lastDay, options } = span;
  const model = await deps.database.registry.load();
  const versions = byTransformer(await deps.database.registry.changedNameplates());
  const originMs = dayStart(season.originDay + 1, deps.offset);
  const stations = await deps.database.weather.stations();
  const onlyStation = stations.length === 1 ? stations[0]!.stationId : null;
  const transformers = model.transformers.map((now) => {
    const then = asAt(now, versions.get(now.id), originMs);
    // Where there is one station, nobody has to say which is the nearest.
    return then.weatherStationId === null ? { ...then, weatherStationId: onlyStation } : then;
  });
  const firstDay = Math.floor(season.originDay - span.historyYears * YEAR_DAYS);
  const histories = await readHistories({ firstDay, lastDay }, transformers.length, deps, watch);
  // The newest day may still be under way to the store.
  if (lastDay === season.originDay) histories.forEach((history) => forgetUnfinished(history, lastDay));
  const weather = await readWeather(
    {
      firstDay: Math.floor(lastDay - span.weatherYears * YEAR_DAYS),
      lastDay,
      forecastDay: lastDay + (span.ahead?.days ?? 0),
      forecastOf: span.ahead?.forecastOf ?? new Map(),
    },
    stationsOf(transformers),
    deps,
  );
  const ownLimits = ownLimitsOf(transformers, options, deps);
  const input: ForecastInput = { season, transformers, versions, histories, weather, ownLimits, options };
  return { input, inputs: await inputsOf(input, model, { firstDay, lastDay }, deps) };
}

/** Less than this beside the profile is rounding, V. */
const OWN_LIMIT_MIN_V = 0.001;

function ownLimitsOf(
  transformers: readonly Transformer[],
  { lowPu, highPu }: ForecastOptions,
  { limitsOf }: Pick<GatherDeps, 'limitsOf'>,
): Map<string, SupplyLimits> {
  const own = new Map<string, SupplyLimits>();
  for (const transformer of transformers) {
    const { lowV, highV } = limitsOf(transformer);
    const apart = Math.max(
      Math.abs(lowV - lowPu * transformer.nominalV),
      Math.abs(highV - highPu * transformer.nominalV),
    );
    if (apart > OWN_LIMIT_MIN_V) own.set(transformer.id, { lowV, highV });
  }
  return own;
}

/** A transformer as its nameplate stood at a time. */
function asAt(
  now: Transformer,
  versions: readonly NameplateVersion[] | undefined,
  atMs: number,
): Transformer {
  return versions?.findLast(({ validFromMs }) => validFromMs < atMs)?.transformer ?? now;
}

function byTransformer(versions: readonly NameplateVersion[]): Map<string, NameplateVersion[]> {
  const map = new Map<string, NameplateVersion[]>();
  for (const version of versions) {
    const list = map.get(version.transformerId);
    if (list === undefined) map.set(version.transformerId, [version]);
    else list.push(version);
  }
  return map;
}

interface DaySpan {
  firstDay: number;
  lastDay: number;
}

async function readHistories(
  span: DaySpan,
  transformers: number,
  { store, offset }: GatherDeps,
  { onProgress, signal }: { onProgress?(share: number): void; signal?: AbortSignal },
): Promise<Map<string, DailyHistory>> {
  const builder = new HistoryBuilder(span, offset);
  const step = Math.max(1, Math.floor(ROWS_AT_ONCE / Math.max(1, transformers)));
  for (let day = span.firstDay; day <= span.lastDay; day += step) {
    signal?.throwIfAborted();
    const toDay = Math.min(day + step, span.lastDay + 1);
    const rows = await store
      .dailies({ fromMs: dayStart(day, offset), toMs: dayStart(toDay, offset) })
      .catch(storeFailed);
    for (const row of rows) builder.add(row);
    onProgress?.((toDay - span.firstDay) / (span.lastDay + 1 - span.firstDay));
  }
  return builder.finish();
}

function storeFailed(cause: unknown): never {
  const { message: error } = cause as Error;
  throw new RunError(
    { code: 'run-store-failed', values: { error } },
    `History could not be read from the store: ${error}`,
    { cause },
  );
}

async function readWeather(
  span: DaySpan & { forecastDay: number; forecastOf: ReadonlyMap<string, string> },
  stations: ReadonlySet<string>,
  { database, offset }: GatherDeps,
): Promise<Map<string, DailyWeather>> {
  const builder = new WeatherBuilder({ ...span, lastDay: span.forecastDay }, offset);
  const toMs = dayStart(span.lastDay + 1, offset);
  const forecastToMs = dayStart(span.forecastDay + 1, offset);
  for (const { stationId, firstMs } of await database.weather.stations()) {
    if (!stations.has(stationId)) continue;
    for (let fromMs = Math.max(firstMs, dayStart(span.firstDay, offset)); fromMs < toMs;) {
      const untilMs = Math.min(fromMs + WEATHER_AT_ONCE_MS, toMs);
      for (const sample of await database.weather.range(stationId, fromMs, untilMs)) builder.add(sample);
      fromMs = untilMs;
    }
    if (forecastToMs === toMs) continue;
    // The hours of today that were measured, and the others as they are forecast.
    const measured = await database.weather.range(stationId, toMs, forecastToMs);
    const times = new Set(measured.map(({ tsMs }) => tsMs));
    for (const sample of measured) builder.add(sample);
    const source = span.forecastOf.get(stationId);
    if (source === undefined) continue;
    for (const sample of await database.weather.forecast(source, toMs, forecastToMs)) {
      if (!times.has(sample.tsMs)) builder.add({ ...sample, stationId });
    }
  }
  return builder.finish();
}

function stationsOf(transformers: readonly Transformer[]): Set<string> {
  return new Set(transformers.flatMap(({ weatherStationId }) => weatherStationId ?? []));
}

async function inputsOf(
  { histories, weather, ownLimits, options }: ForecastInput,
  model: GridModel,
  span: DaySpan,
  { program, clock }: GatherDeps,
): Promise<RunInputs> {
  return {
    program,
    gridVersion: model.version,
    ...span,
    transformersWithHistory: histories.size,
    transformersWithOwnLimits: ownLimits?.size ?? 0,
    historyChecksum: await checksumOf(histories, clock),
    weatherStations: [...weather.values()].map((days) => ({
      stationId: days.stationId,
      years: yearsOf(days),
    })),
    options,
  };
}

/** Years of which the station has most days. */
function yearsOf({ firstDay, meanC }: DailyWeather): number[] {
  const known = new Map<number, number>();
  for (let d = 0; d < meanC.length; d++) {
    if (Number.isNaN(meanC[d]!)) continue;
    const year = new Date((firstDay + d) * DAY_MS).getUTCFullYear();
    known.set(year, (known.get(year) ?? 0) + 1);
  }
  return [...known].filter(([, days]) => days > YEAR_DAYS / 2).map(([year]) => year);
}

/** Over all cells, in the order of the transformers: two runs with one checksum saw the same history. */
async function checksumOf(
  histories: ReadonlyMap<string, DailyHistory>,
  clock: Pick<Clock, 'after'>,
): Promise<string> {
  const sums = new Uint32Array(histories.size);
  let at = 0;
  for (const [id, { columns }] of [...histories].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { buffer } = columns.uaMinHourV;
    sums[at++] = (crc32(new Uint8Array(buffer)) ^ crc32(new TextEncoder().encode(id))) >>> 0;
    // A hundred transformers are some milliseconds; then others have their turn.
    if (at % 100 === 0) await new Promise<void>((resolve) => clock.after(0, resolve));
  }
  return crc32(new Uint8Array(sums.buffer)).toString(16).padStart(8, '0');
}
