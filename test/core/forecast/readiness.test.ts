import { describe, expect, it } from 'vitest';
import { FORECAST_OPTIONS, type ForecastInput } from '../../../server/core/forecast/forecast.ts';
import { feederIds, inputOfFeeders } from '../../../server/core/forecast/readiness.ts';
import { seasonOf } from '../../../server/core/forecast/season.ts';
import { transformerOf } from '../../fixtures/transformers.ts';

const input: ForecastInput = {
  season: seasonOf('summer', 2026),
  transformers: ['F2', 'F1', 'F2'].map((feederId, i) => transformerOf(`T${i}`, { feederId })),
  versions: new Map(),
  histories: new Map(),
  weather: new Map(),
  options: FORECAST_OPTIONS,
};

describe('splitting a run by feeder', () => {
  it('names each feeder once, in order', () => {
    expect(feederIds(input)).toEqual(['F1', 'F2']);
  });

  it('keeps of the input what a feeder needs', () => {
    expect(inputOfFeeders(input, new Set(['F2'])).transformers.map((t) => t.id)).toEqual(['T0', 'T2']);
  });

  // forecastAlternatives, backtestSeason: see below when there is a model.
});
