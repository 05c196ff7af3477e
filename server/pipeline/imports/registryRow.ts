import type { Area, Feeder, Transformer } from '../../core/grid.ts';
import type { RowCells } from './cells.ts';

/** Columns of the registry CSV (contracts.md). */
export const REGISTRY_COLUMNS: ReadonlySet<string> = new Set([
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
]);

/** Phase-to-neutral voltages in public supply lie between these (100 V Japan, 347 V Canada). */
const NOMINAL_V = { min: 90, max: 400 };
/** Nominal voltages that are line-to-line: 380 V written where 220 V is meant would make every reading an outage. */
const LINE_VOLTAGES = new Set([380, 400]);
const DEFAULT_NOMINAL_V = 220;
const CUSTOMERS = { min: 0, max: 1_000_000, integer: true };
const TAPS = { min: 1, max: 33, integer: true };

export interface RegistryRow {
  transformer: Transformer;
  area: Area;
  feeder: Feeder;
}

/** What is known before the row: cells of absent columns keep it. */
export interface KnownBefore {
  transformer: Transformer | undefined;
  area(id: string): Area | undefined;
  feeder(id: string): Feeder | undefined;
}

/**
 * One row of the registry. A column that the file does not have leaves what is known; an empty cell clears it. So a file
 * of `transformer_id,tap_position` alone records tap changes. A new transformer needs an area and a feeder.
 */
export function registryRow(cells: RowCells, knownOf: (id: string) => KnownBefore): RegistryRow | null {
  const id = cells.id('transformer_id', true);
  const known = knownOf(id);
  const before = known.transformer;
  const keep = <T>(column: string, read: () => T, otherwise: T): T =>
    cells.has(column) ? read() : otherwise;
  const isNew = before === undefined;
  const areaId = keep('area_id', () => cells.id('area_id', true), before?.areaId ?? '');
  const feederId = keep('feeder_id', () => cells.id('feeder_id', true), before?.feederId ?? '');
  for (const column of ['area_id', 'feeder_id']) {
    if (isNew && !cells.has(column)) {
      cells.fault(column, 'is needed: the transformer is not registered yet');
    }
  }
  const org = keep('org', () => cells.id('org', false), before?.org ?? '') || areaId;
  const transformer: Transformer = {
    id,
    name: keep('name', () => cells.text('name'), before?.name ?? '') || id,
    org,
    areaId,
    feederId,
    ...place(cells, before),
    ...nameplate(cells, before),
    customers: count(cells, 'customers', before?.customers),
    importantCustomers: count(cells, 'important_customers', before?.importantCustomers),
    kind: keep('kind', () => cells.text('kind'), before?.kind ?? '') || 'mixed',
    weatherStationId:
      keep(
        'weather_station_id',
        () => cells.id('weather_station_id', false),
        before?.weatherStationId ?? '',
      ) || null,
    attributes: { ...before?.attributes, ...cells.attributes() },
  };
  const area = areaOf(cells, areaId, org, known.area(areaId));
  const feeder = feederOf(cells, feederId, known.feeder(feederId));
  return cells.faults.length > 0 ? null : { transformer, area, feeder };
}

function place(
  cells: RowCells,
  before: Transformer | undefined,
): Pick<Transformer, 'lon' | 'lat' | 'lvRadiusM'> {
  const lon = optional(cells, 'lon', { min: -180, max: 180 }, before?.lon);
  const lat = optional(cells, 'lat', { min: -90, max: 90 }, before?.lat);
  if ((lon === null) !== (lat === null) && cells.faults.length === 0) {
    cells.fault(lon === null ? 'lon' : 'lat', 'lon and lat are given together or not at all');
  }
  return { lon, lat, lvRadiusM: optional(cells, 'lv_radius_m', { min: 0, max: 50_000 }, before?.lvRadiusM) };
}

type Nameplate = Pick<
  Transformer,
  'capacityKva' | 'nominalV' | 'ukPct' | 'tapPosition' | 'tapStepPct' | 'tapCount'
>;

function nameplate(cells: RowCells, before: Transformer | undefined): Nameplate {
  const nominalV = optional(cells, 'nominal_v', NOMINAL_V, before?.nominalV) ?? DEFAULT_NOMINAL_V;
  if (LINE_VOLTAGES.has(nominalV)) {
    cells.fault(
      'nominal_v',
      `${nominalV} V is between lines; write the voltage to neutral (${Math.round(nominalV / Math.sqrt(3))})`,
    );
  }
  const tapPosition = optional(cells, 'tap_position', TAPS, before?.tapPosition);
  const tapCount = optional(cells, 'tap_count', TAPS, before?.tapCount);
  if (tapPosition !== null && tapCount !== null && tapPosition > tapCount) {
    cells.fault('tap_position', `${tapPosition} is beyond the ${tapCount} positions of the switch`);
  }
  return {
    capacityKva: optional(cells, 'capacity_kva', { min: 1, max: 100_000 }, before?.capacityKva),
    nominalV,
    ukPct: optional(cells, 'uk_pct', { min: 0.1, max: 30 }, before?.ukPct),
    tapPosition,
    tapStepPct: optional(cells, 'tap_step_pct', { min: 0.1, max: 10 }, before?.tapStepPct),
    tapCount,
  };
}

function optional(
  cells: RowCells,
  column: string,
  bounds: { min: number; max: number; integer?: boolean },
  before: number | null | undefined,
): number | null {
  return cells.has(column) ? cells.numberOrNull(column, bounds) : (before ?? null);
}

function count(cells: RowCells, column: string, before: number | undefined): number {
  return optional(cells, column, CUSTOMERS, before) ?? 0;
}

function areaOf(cells: RowCells, id: string, org: string, known: Area | undefined): Area {
  const name = cells.has('area_name') ? cells.text('area_name') : '';
  return { id, name: name || known?.name || id, org: cells.has('org') ? org : (known?.org ?? org) };
}

/** A feeder whose substation nobody names gets one of its own, to be named later. */
function feederOf(cells: RowCells, id: string, known: Feeder | undefined): Feeder {
  const name = cells.has('feeder_name') ? cells.text('feeder_name') : '';
  const given = cells.has('substation_id') ? cells.id('substation_id', false) : '';
  const substationId = given || known?.substationId || id;
  const substationName = cells.has('substation_name') ? cells.text('substation_name') : '';
  const knownName = known?.substationId === substationId ? known.substationName : '';
  return {
    id,
    name: name || known?.name || id,
    substationId,
    substationName: substationName || knownName || substationId,
  };
}
