import type { FeatureCollection } from 'geojson';
import type { StyleSpecification } from 'maplibre-gl';
import { codeOf } from '../condition.ts';
import type { Tokens } from '../tokens.ts';

/** The bundled style: no tiles, no glyphs, no sprites, so no network. */
export function styleOf(tokens: Tokens): StyleSpecification {
  const shown = ['coalesce', ['feature-state', 'tint'], 0];
  const tint = (calm: string): unknown => [
    'match',
    shown,
    codeOf('mild-low'),
    tokens.conditions[codeOf('mild-low')],
    codeOf('serious-low'),
    tokens.conditions[codeOf('serious-low')],
    codeOf('severe-low'),
    tokens.conditions[codeOf('severe-low')],
    codeOf('outage'),
    tokens.quiet,
    calm,
  ];
  return {
    version: 8,
    sources: {
      areas: { type: 'geojson', data: empty() },
      feeders: { type: 'geojson', data: empty() },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': tokens.ground } },
      {
        id: 'area-fill',
        type: 'fill',
        source: 'areas',
        paint: { 'fill-color': tokens.land, 'fill-opacity': 0.9 },
      },
      {
        id: 'area-line',
        type: 'line',
        source: 'areas',
        paint: { 'line-color': tokens.line, 'line-width': 1 },
      },
      {
        id: 'feeder-lines',
        type: 'line',
        source: 'feeders',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': tint(tokens.feeder) as string,
          'line-opacity': 0.55,
          'line-width': ['interpolate', ['linear'], ['zoom'], 7, 0.6, 11, 1.2, 15, 2.4],
        },
      },
    ],
  };
}

function empty(): FeatureCollection {
  return { type: 'FeatureCollection', features: [] };
}
