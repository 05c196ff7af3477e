import type { FeatureCollection } from 'geojson';
import type { StyleSpecification } from 'maplibre-gl';
import type { RollUp } from '../../../server/core/liveView.ts';
import { codeOf, countWhere, isLow } from '../condition.ts';
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

/** A line is tinted when it fails as a line: a fifth of its transformers or more, not one that is low by itself. */
const FEEDER_SHARE = 0.2;

/** Code of the condition that tints a feeder's line; 0 for none. */
export function tintOf({ transformers, byCondition, worst }: RollUp): number {
  const failing = countWhere(byCondition, (condition) => isLow(condition) || condition === 'outage');
  return failing > 1 && failing >= transformers * FEEDER_SHARE ? codeOf(worst) : 0;
}
