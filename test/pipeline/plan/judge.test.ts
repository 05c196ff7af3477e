import { describe, expect, it } from 'vitest';
import { VersionConflictError } from '../../../server/alertPorts.ts';
import type { NameplateVersion } from '../../../server/core/grid.ts';
import { DAY_MS } from '../../../server/core/localTime.ts';
import type { RegisteredMeasure } from '../../../server/core/measures/register.ts';
import { judgeMeasure, judgeRegister, type JudgeRegisterDeps } from '../../../server/pipeline/plan/judge.ts';
import { feederYears, FIRST_DAY, type Intervention } from '../../core/forecast/feederYears.ts';
import { dailyRows } from '../../dailySummary.ts';
import { registeredMeasure } from '../../fixtures/readiness.ts';

/** Work in April of the second year, judged at the end of August. */
const DONE = 470;
const JUDGED = 610;
const ROW = 4;
const ID = 'T04';
const dayMs = (day: number): number => (FIRST_DAY + day) * DAY_MS;

const done = (over: Partial<RegisteredMeasure> = {}): RegisteredMeasure =>
  registeredMeasure('m-1', {
    version: 1,
    transformerId: ID,
    state: 'done',
    doneMs: dayMs(DONE),
    promised: { runId: 'r', pLowBefore: 0.9, pLowAfter: 0.05, minV: 192, minAfterV: 197.5 },
    ...over,
  });

function deps(
  interventions: readonly Intervention[],
  more: {
    versions?: NameplateVersion[];
    register?: RegisteredMeasure[];
    asked?: string[];
    changed?: string[];
  } = {},
): JudgeRegisterDeps {
  const { histories, transformers } = feederYears({ seed: 7, days: JUDGED + 1, interventions });
  const { versions = [], register = [], asked = [], changed = [] } = more;
  return {
    clock: { nowMs: () => dayMs(JUDGED + 1) },
    offset: () => 0,
    limitsOf: () => ({ lowV: 154, highV: 235.4 }),
    store: {
      dailies: async ({
        transformerId,
        fromMs,
        toMs,
      }: Parameters<JudgeRegisterDeps['store']['dailies']>[0]) => {
        asked.push(transformerId!);
        const history = histories.find((one) => one.transformerId === transformerId)!;
        return dailyRows(history, () => 0).filter((row) => row.dayMs >= fromMs && row.dayMs < toMs);
      },
    },
    database: {
      registry: {
        load: async () => ({ version: 1, areas: [], feeders: [], transformers: [...transformers.values()] }),
        versions: async () => versions,
      },
      weather: { range: async () => [] },
      measures: {
        list: async ({ transformerId }: { transformerId?: string }) =>
          register.filter((one) => transformerId === undefined || one.transformerId === transformerId),
        put: async (measure: RegisteredMeasure) => {
          if (changed.includes(measure.id)) throw new VersionConflictError();
          register.splice(
            register.findIndex(({ id }) => id === measure.id),
            1,
            measure,
          );
          return measure;
        },
      },
    },
  };
}

const tap: Intervention = { row: ROW, fromDay: DONE, shiftV: 5.8 };

describe('judging a measure by what the store holds', () => {
  it('verifies a tap that was moved, and says by how much', async () => {
    const judged = await judgeMeasure(done(), deps([tap]));
    expect(judged.state).toBe('verified');
    expect(judged.verdict?.effectV).toBeGreaterThan(4.5);
    expect(judged.verdict?.effectV).toBeLessThan(7);
  });

  it('lets one fail that changed nothing', async () => {
    expect((await judgeMeasure(done(), deps([]))).state).toBe('failed');
  });

  it('stays done while it is too early, with the verdict that says so', async () => {
    const judged = await judgeMeasure(done({ doneMs: dayMs(JUDGED - 5) }), deps([tap]));
    expect(judged).toMatchObject({ state: 'done', verdict: { kind: 'too-early' } });
  });

  it('does not take for its merit what a change that nobody wrote down did later', async () => {
    const hidden: Intervention = { row: ROW, fromDay: DONE + 60, shiftV: 5.8 };
    const judged = await judgeMeasure(done(), deps([hidden]));
    expect(judged.state).not.toBe('verified');
    expect(judged.verdict?.evidence.map(({ code }) => code)).toContain('other-change');
  });

  it('asks no neighbour that had a measure of its own', async () => {
    const asked: string[] = [];
    const other = done({ id: 'm-2', transformerId: 'T05' });
    await judgeMeasure(done(), deps([tap], { register: [done(), other], asked }));
    expect(asked).toContain('T03');
    expect(asked).not.toContain('T05');
  });

  it('goes through the register: what is done is judged and kept, the rest is left', async () => {
    const register = [done(), done({ id: 'm-2', transformerId: 'T07', state: 'planned', doneMs: null })];
    expect(await judgeRegister(deps([tap], { register }))).toBe(1);
    expect(register.map(({ state }) => state)).toEqual(['verified', 'planned']);
  });

  it('leaves one that somebody changes meanwhile, and judges the others', async () => {
    const register = [done({ id: 'm-2', transformerId: 'T07' }), done()];
    expect(await judgeRegister(deps([tap], { register, changed: ['m-2'] }))).toBe(1);
    expect(register.map(({ state }) => state)).toEqual(['done', 'verified']);
  });

  it('holds nothing to a promise that the run could not put into numbers', async () => {
    // As the database keeps it: NaN is null in JSON.
    const unsaid: RegisteredMeasure = JSON.parse(
      JSON.stringify(done({ promised: { ...done().promised!, minV: NaN } })),
    );
    const { verdict } = await judgeMeasure(unsaid, deps([tap]));
    expect(verdict?.kind).toBe('verified');
    expect(verdict?.evidence.map(({ code }) => code)).not.toContain('effect-promised');
  });
});
