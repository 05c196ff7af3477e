import { HOUR_MS } from '../calendar.ts';
import { quoted } from '../csv.ts';
import { hourlyHistory, type HourlyHistory } from './hourly.ts';
import { hourlyWeather } from './seasonAxis.ts';
import { seasonsWithin } from './season.ts';
import type { RegistryEvent, SeasonGrid } from './seasonGrid.ts';
import { seasonTruth } from './seasonTruth.ts';

/** The files of a season grid as text, a piece at a time: registry, changes of it, history, weather, and the truth. */

const REGISTRY_HEADER =
  'transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,substation_id,substation_name,lon,lat,capacity_kva,nominal_v,uk_pct,tap_position,tap_step_pct,tap_count,customers,important_customers,lv_radius_m,kind,weather_station_id\n';

/** The registry as it stood at the beginning of history. */
export function seasonRegistryCsv(grid: SeasonGrid): string {
  const feeders = new Map(grid.feeders.map((f) => [f.id, f]));
  const areas = new Map(grid.areas.map((a) => [a.id, a]));
  const rows = grid.transformers.map((t) => {
    const feeder = feeders.get(t.feederId)!;
    return [
      t.id,
      t.name,
      grid.org,
      t.areaId,
      areas.get(t.areaId)!.name,
      t.feederId,
      feeder.name,
      feeder.substationId,
      feeder.substationName,
      t.lon,
      t.lat,
      t.capacityKva,
      220,
      t.ukPct,
      t.tapPosition,
      t.tapStepPct,
      t.tapCount,
      t.customers,
      t.importantCustomers,
      t.lvRadiusM,
      t.kind,
      t.weatherStationId,
    ]
      .map((cell) => quoted(String(cell)))
      .join(',');
  });
  return `${REGISTRY_HEADER}${rows.join('\n')}\n`;
}

const CHANGE_COLUMNS = {
  tapPosition: 'tap_position',
  capacityKva: 'capacity_kva',
  ukPct: 'uk_pct',
  feederId: 'feeder_id',
} as const;

/** What the registry was told on later days: one text for each day and set of columns, to be imported with that date. */
export function registryChanges(grid: SeasonGrid): { tsMs: number; columns: string; csv: string }[] {
  const groups = new Map<string, { tsMs: number; columns: string; rows: string[] }>();
  for (const event of grid.events) {
    const names = changedColumns(event);
    if (names.length === 0) continue;
    const columns = names.map((name) => CHANGE_COLUMNS[name]).join('-');
    const key = `${event.tsMs}/${columns}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { tsMs: event.tsMs, columns, rows: [] }));
    group.rows.push([event.transformerId, ...names.map((name) => event.changed[name])].join(','));
  }
  return [...groups.values()].map(({ tsMs, columns, rows }) => ({
    tsMs,
    columns,
    csv: `transformer_id,${columns.replaceAll('-', ',')}\n${rows.join('\n')}\n`,
  }));
}

function changedColumns({ changed }: RegistryEvent): (keyof typeof CHANGE_COLUMNS)[] {
  return (Object.keys(CHANGE_COLUMNS) as (keyof typeof CHANGE_COLUMNS)[]).filter((name) => name in changed);
}

/** Work that the registry was told of, nameplate or not, by the day. */
export function worksCsv(grid: SeasonGrid): string {
  const rows = grid.events.map((e) => `${e.transformerId},${e.tsMs},${e.kind}`);
  return `${['transformer_id,ts,kind', ...rows].join('\n')}\n`;
}

const HISTORY_HEADER = 'transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point\n';

/** History of [fromMs, toMs), a transformer a piece; hours without any value have no row. */
export function* seasonHistoryCsv(grid: SeasonGrid, fromMs: number, toMs: number): Generator<string> {
  yield HISTORY_HEADER;
  for (const [index, { hasTailMeter }] of grid.transformers.entries()) {
    const history = hourlyHistory(grid, index, fromMs, toMs);
    yield outletRows(history);
    if (hasTailMeter) yield tailRows(history);
  }
}

function outletRows(history: HourlyHistory): string {
  const { transformerId, fromMs, uaV, ubV, ucV, iaA, ibA, icA, pKw, qKvar } = history;
  const columns = [uaV, ubV, ucV, iaA, ibA, icA, pKw, qKvar];
  let text = '';
  for (let i = 0; i < uaV.length; i++) {
    if (Number.isNaN(uaV[i]!)) continue;
    text += `${transformerId},${fromMs + i * HOUR_MS}`;
    for (const column of columns) text += `,${tenths(column[i]!)}`;
    text += ',outlet\n';
  }
  return text;
}

/** The meter at a line's end is a single-phase one. */
function tailRows({ transformerId, fromMs, minTailV }: HourlyHistory): string {
  const point = `tail-M${transformerId.slice(2)}`;
  let text = '';
  for (let i = 0; i < minTailV.length; i++) {
    if (Number.isNaN(minTailV[i]!)) continue;
    text += `${transformerId},${fromMs + i * HOUR_MS},${tenths(minTailV[i]!)},,,,,,,,${point}\n`;
  }
  return text;
}

/** To 0.1, as devices send. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Hourly weather of every station in [fromMs, toMs). */
export function* seasonWeatherCsv(grid: SeasonGrid, fromMs: number, toMs: number): Generator<string> {
  yield 'station_id,ts,temp_c,humidity_pct\n';
  for (const [station, id] of grid.stations.entries()) {
    const weather = hourlyWeather(grid, station);
    const first = Math.round((fromMs - weather.fromMs) / HOUR_MS);
    const last = Math.round((toMs - weather.fromMs) / HOUR_MS);
    let text = '';
    for (let i = first; i < last; i++) {
      const tsMs = weather.fromMs + i * HOUR_MS;
      text += `${id},${tsMs},${tenths(weather.tempC[i]!)},${Math.round(weather.humidityPct[i]!)}\n`;
    }
    yield text;
  }
}

/** What every season of the history and the unseen one really was. */
export function* truthCsv(grid: SeasonGrid): Generator<string> {
  yield 'season,transformer_id,low,low_hours,min_hour_v,outlet_min_v,tail_min_v,max_hour_v,peak_load_pct,cause\n';
  for (const kind of ['summer', 'winter'] as const) {
    for (const season of seasonsWithin(kind, grid.fromMs, grid.toMs)) {
      let text = '';
      for (const t of seasonTruth(grid, season)) {
        const volts = [t.minHourV, t.outletMinV, t.tailMinV, t.maxHourV, t.peakLoadPct].map(tenths).join(',');
        text += `${season.id},${t.transformerId},${t.low},${t.lowHours},${volts},${t.cause}\n`;
      }
      yield text;
    }
  }
}
