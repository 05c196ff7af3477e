import type { GridModel } from '../../server/core/grid.ts';
import { emptyReading, type Reading } from '../../server/core/reading.ts';
import type { NativeReading } from '../../server/ingest/payload.ts';
import type { SimGrid } from '../../simulator/simGrid.ts';

/** A simulated grid as its registry would tell it. */
export function modelOf(grid: SimGrid): GridModel {
  return {
    version: 1,
    areas: grid.areas.map(({ id, name }) => ({ id, name, org: grid.org })),
    feeders: grid.feeders.map((f) => ({
      id: f.id,
      name: f.name,
      substationId: grid.substations[f.substation]!.id,
      substationName: grid.substations[f.substation]!.name,
    })),
    transformers: grid.transformers.map((t) => ({
      id: t.id,
      name: t.name,
      org: grid.org,
      areaId: grid.areas[t.area]!.id,
      feederId: grid.feeders[t.feeder]!.id,
      lon: t.lon,
      lat: t.lat,
      capacityKva: t.capacityKva,
      nominalV: 220,
      ukPct: t.ukPct,
      tapPosition: t.tapPosition,
      tapStepPct: t.tapStepPct,
      tapCount: t.tapCount,
      customers: t.customers,
      importantCustomers: t.importantCustomers,
      lvRadiusM: t.lvRadiusM,
      kind: t.kind,
      weatherStationId: null,
      attributes: {},
    })),
  };
}

/** What ingest makes of a device's message. */
export function readingOf({ id, pt, ts, int, u, i, p, q }: NativeReading): Reading {
  const reading = emptyReading(id!, pt ?? 'outlet', ts);
  reading.intervalS = int ?? NaN;
  reading.uaV = u.a ?? NaN;
  reading.ubV = u.b ?? NaN;
  reading.ucV = u.c ?? NaN;
  reading.iaA = i?.a ?? NaN;
  reading.ibA = i?.b ?? NaN;
  reading.icA = i?.c ?? NaN;
  reading.inA = i?.n ?? NaN;
  reading.pKw = p ?? NaN;
  reading.qKvar = q ?? NaN;
  return reading;
}
