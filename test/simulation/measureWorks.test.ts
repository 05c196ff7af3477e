import { beforeAll, describe, expect, it } from 'vitest';
import { judgedWorks, PROVED_KINDS, type JudgedWork } from './judgedWorks.ts';

/** One small grid, from the promise of a run to the verdict of the register; `npm run bench -- verdicts` has larger ones. */

let works: readonly JudgedWork[];
beforeAll(async () => {
  works = await judgedWorks({ seed: 8, transformers: 200, perKind: 6 });
}, 240_000);

describe.each(PROVED_KINDS)('%s in a simulated grid', (kind) => {
  const compared = (): JudgedWork[] =>
    works.filter((work) => work.kind === kind && work.verdict.effectV !== null);

  it('that was done and gave half of its promise at least is verified', () => {
    const kept = compared().filter(({ isReal, trueV, promisedV }) => isReal && trueV >= 0.5 * promisedV);
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(kept.map(({ transformerId, verdict }) => [transformerId, verdict.kind])).toEqual(
      kept.map(({ transformerId }) => [transformerId, 'verified']),
    );
  });

  it('that was closed without being done fails', () => {
    const useless = compared().filter(({ isReal }) => !isReal);
    expect(useless.length).toBeGreaterThanOrEqual(2);
    expect(useless.map(({ transformerId, verdict }) => [transformerId, verdict.kind])).toEqual(
      useless.map(({ transformerId }) => [transformerId, 'failed']),
    );
  });
});
