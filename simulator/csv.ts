import { CHUNK_COLUMNS, type HistoryChunk, type SimWeather } from './history.ts';
import type { SimGrid } from './simGrid.ts';

/** The CSV files of the contract (docs: registry, history, weather), a piece of text at a time. */

const REGISTRY_COLUMNS = [
  'transformer_id',
  'name',
  'org',
  'area_id',
  'area_name',
  'feeder_id',
  'feeder_name',
  'substation_id',
  'substation_name',
  'lon',
  'lat',
  'capacity_kva',
  'nominal_v',
  'uk_pct',
  'tap_position',
  'tap_step_pct',
  'tap_count',
  'customers',
  'important_customers',
  'lv_radius_m',
  'kind',
  'weather_station_id',
  'name_en',
  'area_name_en',
  'feeder_name_en',
  'substation_name_en',
  'vector_group',
  'pv_kw',
] as const;
type RegistryRow = Record<(typeof REGISTRY_COLUMNS)[number], string>;

/** Registry rows by column name, as the registry CSV has them; English names and more travel as attributes. */
export function registryRows(grid: SimGrid): RegistryRow[] {
  return grid.transformers.map((t) => {
    const feeder = grid.feeders[t.feeder]!;
    const area = grid.areas[t.area]!;
    const substation = grid.substations[feeder.substation]!;
    return {
      transformer_id: t.id,
      name: t.name,
      org: grid.org,
      area_id: area.id,
      area_name: area.name,
      feeder_id: feeder.id,
      feeder_name: feeder.name,
      substation_id: substation.id,
      substation_name: substation.name,
      lon: String(t.lon),
      lat: String(t.lat),
      capacity_kva: String(t.capacityKva),
      nominal_v: '220',
      uk_pct: String(t.ukPct),
      tap_position: String(t.tapPosition),
      tap_step_pct: String(t.tapStepPct),
      tap_count: String(t.tapCount),
      customers: String(t.customers),
      important_customers: String(t.importantCustomers),
      lv_radius_m: String(t.lvRadiusM),
      kind: t.kind,
      weather_station_id: grid.stations[t.station]!,
      name_en: t.nameEn,
      area_name_en: area.nameEn,
      feeder_name_en: feeder.nameEn,
      substation_name_en: substation.nameEn,
      vector_group: t.vectorGroup,
      pv_kw: String(Math.round(t.pvKw)),
    };
  });
}

export function registryCsv(grid: SimGrid): string {
  const lines = registryRows(grid).map((row) => REGISTRY_COLUMNS.map((name) => quoted(row[name])).join(','));
  return `${[REGISTRY_COLUMNS.join(','), ...lines].join('\n')}\n`;
}

export function quoted(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

const HISTORY_HEADER = 'transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point\n';

/** History CSV, one piece a chunk; `ts` is epoch milliseconds, what is not measured stays empty. */
export function* historyCsv(chunks: Iterable<HistoryChunk>): Generator<string> {
  yield HISTORY_HEADER;
  for (const chunk of chunks) {
    const columns = CHUNK_COLUMNS.map((name) => chunk[name]);
    let text = '';
    for (let row = 0; row < chunk.tsMs.length; row++) {
      text += chunk.transformerId;
      for (const column of columns) text += Number.isNaN(column[row]) ? ',' : `,${column[row]}`;
      text += `,${chunk.point}\n`;
    }
    yield text;
  }
}

export function* weatherCsv(samples: Iterable<SimWeather>): Generator<string> {
  yield 'station_id,ts,temp_c,humidity_pct\n';
  for (const s of samples) yield `${s.stationId},${s.tsMs},${s.tempC},${s.humidityPct}\n`;
}
