import type { Transformer } from '../../core/grid.ts';
import type { TransformerTable } from './schema.ts';
import { storable } from './upsert.ts';

/** The transformer as its table keeps it. */
export function toRow(t: Transformer): TransformerTable {
  return {
    id: storable(t.id),
    name: storable(t.name),
    org: storable(t.org),
    area_id: storable(t.areaId),
    feeder_id: storable(t.feederId),
    lon: t.lon,
    lat: t.lat,
    capacity_kva: t.capacityKva,
    nominal_v: t.nominalV,
    uk_pct: t.ukPct,
    tap_position: t.tapPosition,
    tap_step_pct: t.tapStepPct,
    tap_count: t.tapCount,
    customers: t.customers,
    important_customers: t.importantCustomers,
    lv_radius_m: t.lvRadiusM,
    kind: storable(t.kind),
    weather_station_id: t.weatherStationId === null ? null : storable(t.weatherStationId),
    attributes: JSON.stringify(t.attributes),
  };
}

export function fromRow(row: TransformerTable): Transformer {
  return {
    id: row.id,
    name: row.name,
    org: row.org,
    areaId: row.area_id,
    feederId: row.feeder_id,
    lon: row.lon,
    lat: row.lat,
    capacityKva: row.capacity_kva,
    nominalV: row.nominal_v,
    ukPct: row.uk_pct,
    tapPosition: row.tap_position,
    tapStepPct: row.tap_step_pct,
    tapCount: row.tap_count,
    customers: row.customers,
    importantCustomers: row.important_customers,
    lvRadiusM: row.lv_radius_m,
    kind: row.kind,
    weatherStationId: row.weather_station_id,
    attributes: JSON.parse(row.attributes) as Record<string, string>,
  };
}
