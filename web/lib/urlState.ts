import { MAP_LAYERS, type MapLayer } from './map/pointStyle.ts';

/** What the map's address holds, so that a link shows the same thing. */
export interface MapAddress {
  layer: MapLayer;
  query: string;
  area: string;
  feeder: string;
  /** A condition, `low` for the three low ones, or empty. */
  condition: string;
  importantOnly: boolean;
  selected: string;
  camera: { lon: number; lat: number; zoom: number } | null;
}

export function parseMapAddress(querystring: string): MapAddress {
  const search = new URLSearchParams(querystring);
  const layer = search.get('layer');
  return {
    layer: MAP_LAYERS.find((known) => known === layer) ?? 'now',
    query: search.get('q') ?? '',
    area: search.get('area') ?? '',
    feeder: search.get('feeder') ?? '',
    condition: search.get('condition') ?? '',
    importantOnly: search.get('important') === '1',
    selected: search.get('t') ?? '',
    camera: parseCamera(search.get('at')),
  };
}

/** The query string of an address, without what is as usual; stable, so equal views have equal links. */
export function formatMapAddress(address: MapAddress): string {
  const search = new URLSearchParams();
  if (address.layer !== 'now') search.set('layer', address.layer);
  if (address.query !== '') search.set('q', address.query);
  if (address.area !== '') search.set('area', address.area);
  if (address.feeder !== '') search.set('feeder', address.feeder);
  if (address.condition !== '') search.set('condition', address.condition);
  if (address.importantOnly) search.set('important', '1');
  if (address.selected !== '') search.set('t', address.selected);
  const { camera } = address;
  if (camera !== null)
    search.set('at', `${camera.lat.toFixed(4)},${camera.lon.toFixed(4)},${camera.zoom.toFixed(2)}`);
  return search.toString();
}

function parseCamera(text: string | null): MapAddress['camera'] {
  const parts = (text ?? '').split(',').map(Number);
  const [lat, lon, zoom] = parts;
  if (parts.length !== 3 || lat === undefined || lon === undefined || zoom === undefined) return null;
  const sane = Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 22;
  return sane ? { lat, lon, zoom } : null;
}
