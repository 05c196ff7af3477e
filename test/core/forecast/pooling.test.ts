import { describe, expect, it } from 'vitest';
import { seasonContext } from '../../../server/core/forecast/context.ts';
import { LOAD } from '../../../server/core/forecast/features.ts';
import { fitFeeder } from '../../../server/core/forecast/feederModel.ts';
import { areaKey } from '../../../server/core/forecast/parts.ts';
import { poolPriors } from '../../../server/core/forecast/pooling.ts';
import { smallGrid } from './smallGrid.ts';

const KIND = 'residential';

/** Log load that a hot day adds. */
function heat(beta: Float64Array): number {
  return beta[LOAD.warm]! * 4 + beta[LOAD.hot]! * 4;
}

describe('what the transformers of an area have in common', () => {
  const { input } = smallGrid({ feeders: 4, perFeeder: 8, heatOfAreas: [0.4, 2.5] });
  const { firstDay } = input.histories.get('F0-T0')!;
  const context = seasonContext(input, input.season, firstDay);
  const priors = poolPriors(input, context);
  const heatOf = (key: string) => heat(priors.load.get(key)!.mean);

  it('moves the prior of the kind towards the area, not all the way', () => {
    expect(heatOf(areaKey(KIND, 'A1'))).toBeLessThan(heatOf(KIND));
    expect(heatOf(areaKey(KIND, 'A2'))).toBeGreaterThan(heatOf(KIND));
    expect(priors.load.get(areaKey(KIND, 'A1'))!.sd).toEqual(priors.load.get(KIND)!.sd);
  });

  it('is what a transformer goes by whose history has seen no summer', () => {
    const newcomer = input.transformers.find(({ areaId }) => areaId === 'A2')!;
    const history = input.histories.get(newcomer.id)!;
    const autumn = input.season.originDay - firstDay - 200;
    for (const column of Object.values(history.columns)) {
      column.fill(NaN, 0, autumn);
      column.fill(NaN, autumn + 120);
    }
    const answerIn = (areaId: string): number => {
      const members = input.transformers
        .filter(({ feederId }) => feederId === newcomer.feederId)
        .map((one) => (one === newcomer ? { ...one, areaId } : one));
      const { models } = fitFeeder(input, context, members, priors);
      return heat(models.find(({ transformer }) => transformer.id === newcomer.id)!.load.beta);
    };
    expect(answerIn('A2')).toBeGreaterThan(answerIn('A9'));
    expect(answerIn('A9')).toBeGreaterThan(answerIn('A1'));
  });

  it('leaves an area alone that has too few of a kind', () => {
    const lonely = input.transformers.map((one, i) => (i === 0 ? { ...one, areaId: 'A3' } : one));
    const pooled = poolPriors({ ...input, transformers: lonely }, context);
    expect(pooled.load.has(areaKey(KIND, 'A3'))).toBe(false);
    expect(pooled.load.has(areaKey(KIND, 'A1'))).toBe(true);
  });
});
