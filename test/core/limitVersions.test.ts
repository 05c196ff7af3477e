import { describe, expect, it } from 'vitest';
import { SEVERITY_BANDS } from '../../server/core/limits.ts';
import { limitVersion, type LimitSet } from '../../server/core/limitVersions.ts';
import { versionOfLimits } from '../../server/pipeline/alerts/limitVersions.ts';
import type { Settings } from '../../server/ports.ts';
import { BookRig, event, feedersOf } from './incident/bookRig.ts';

const SET: LimitSet = {
  profile: 'gbt-12325',
  overrides: [{ areaId: 'A1', lowV: 200 }],
  bands: SEVERITY_BANDS,
};
const first = limitVersion(null, SET, 1_000);

describe('the version of limits', () => {
  it.each<{ what: string; set: Partial<LimitSet>; version: number }>([
    { what: 'the same', set: {}, version: 1 },
    {
      what: 'the same, spelt otherwise',
      set: { overrides: [{ lowV: 200, highV: undefined, areaId: 'A1' }] },
      version: 1,
    },
    { what: 'another profile', set: { profile: 'en-50160' }, version: 2 },
    { what: 'another override', set: { overrides: [{ areaId: 'A1', lowV: 201 }] }, version: 2 },
    { what: 'an override less', set: { overrides: [] }, version: 2 },
    { what: 'another band', set: { bands: { ...SEVERITY_BANDS, seriousBelowPu: 0.86 } }, version: 2 },
  ])('$what: $version', ({ set, version }) => {
    const now = limitVersion(first, { ...SET, ...set }, 2_000);
    expect(now).toMatchObject({ version, sinceMs: version === 1 ? 1_000 : 2_000 });
  });

  it('takes of the settings of detection only what limits follow from', () => {
    const bands = { ...SEVERITY_BANDS, deadbandV: 3 };
    expect(limitVersion(first, { ...SET, bands }, 2_000)).toBe(first);
  });

  it('is kept over restarts, and every version stays', async () => {
    const rows = new Map<string, string>();
    const settings: Settings = {
      get: async (key) => rows.get(key) ?? null,
      set: async (key, value) => void rows.set(key, value),
    };
    const at = async (set: LimitSet, nowMs: number) => (await versionOfLimits(settings, set, nowMs)).version;
    const other: LimitSet = { ...SET, overrides: [] };
    expect([await at(SET, 1), await at(SET, 2), await at(other, 3), await at(SET, 4)]).toEqual([1, 1, 2, 3]);
    expect(JSON.parse(rows.get('limits.version.1')!)).toMatchObject({ version: 1, sinceMs: 1, ...SET });
  });

  it('an incident keeps the one that it was opened under', () => {
    const limits = { version: 1, sinceMs: 0, profile: 'gbt-12325' } as const;
    const rig = new BookRig(feedersOf(3), { limits });
    rig.step(60, event('F1-1', 0));
    expect(rig.only.judgedBy).toEqual(limits);
    rig.restart({ limits: { ...limits, version: 2 } });
    rig.step(70, event('F1-1', 65, { kind: 'changed', severity: 'severe', valueV: 170, limitV: 176 }));
    expect(rig.only).toMatchObject({ severity: 'severe', judgedBy: { version: 1 }, limitV: 176 });
    rig.step(300, event('F1-2', 240));
    expect(rig.book.active().map(({ judgedBy }) => judgedBy?.version)).toEqual([1, 2]);
  });
});
