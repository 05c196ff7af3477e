import type { Feature, FeatureCollection, LineString, Polygon } from 'geojson';
import type { LiveGrid } from '../state/liveReducer.ts';
import { convexHull, inflate, spanningTree, type XY } from './geometry.ts';

/** Degrees by which an area's outline stands off its outermost transformers (about 400 m). */
const HULL_MARGIN_DEG = 0.004;

/** Lines of all feeders; a feature's id is the feeder's index, by which its colour follows the live state. */
export function feederLines(grid: LiveGrid): FeatureCollection<LineString> {
  const features: Feature<LineString>[] = [];
  placesBy(grid, grid.feeder, grid.feeders.length).forEach((places, feeder) => {
    for (const [from, to] of spanningTree(places)) {
      features.push({
        type: 'Feature',
        id: feeder,
        properties: { feeder },
        geometry: { type: 'LineString', coordinates: [[...places[from]!], [...places[to]!]] },
      });
    }
  });
  return { type: 'FeatureCollection', features };
}

/** Outlines of all areas (convex hulls); a feature's id is the area's index. */
export function areaHulls(grid: LiveGrid): FeatureCollection<Polygon> {
  const features: Feature<Polygon>[] = [];
  placesBy(grid, grid.area, grid.areas.length).forEach((places, area) => {
    const hull = convexHull(places);
    if (hull.length < 3) return;
    const ring = inflate(hull, HULL_MARGIN_DEG).map((point) => [...point]);
    ring.push([...ring[0]!]);
    features.push({
      type: 'Feature',
      id: area,
      properties: { area },
      geometry: { type: 'Polygon', coordinates: [ring] },
    });
  });
  return { type: 'FeatureCollection', features };
}

/** Where each area's label stands: over its northernmost transformers; `null` for one without places. */
export function areaAnchors(grid: LiveGrid): ({ lon: number; lat: number } | null)[] {
  return placesBy(grid, grid.area, grid.areas.length).map((places) => {
    if (places.length === 0) return null;
    const lons = places.map((place) => place[0]).sort((a, b) => a - b);
    const north = places.reduce((top, place) => Math.max(top, place[1]), -90);
    return { lon: lons[Math.floor(lons.length / 2)]!, lat: north };
  });
}

function placesBy(grid: LiveGrid, group: readonly number[], groups: number): XY[][] {
  const places: XY[][] = Array.from({ length: groups }, () => []);
  for (let row = 0; row < grid.rows; row++) {
    const lon = grid.lon[row] ?? null;
    const lat = grid.lat[row] ?? null;
    if (lon === null || lat === null) continue;
    places[group[row]!]?.push([lon, lat]);
  }
  return places;
}
