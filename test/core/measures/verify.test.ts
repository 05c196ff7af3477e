import { describe, expect, it } from 'vitest';
import type { DailyHistory } from '../../../server/core/forecast/forecast.ts';
import { worstMinHourV } from '../../../server/core/forecast/history.ts';
import type { MeasureKind } from '../../../server/core/measures/finding.ts';
import { findingSentence } from '../../../server/core/measures/findingWords.ts';
import type { JudgedKind } from '../../../server/core/measures/register.ts';
import { verifyMeasure, type VerifyInput } from '../../../server/core/measures/verify.ts';
import { feederYears, FIRST_DAY, type FeederPlan, type Intervention } from '../forecast/feederYears.ts';

const ROW = 4;
/** Work in April of the second year; judged at the end of August. */
const DONE = 470;
const JUDGED = 610;
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed + 1);

interface Case {
  seed: number;
  kind: JudgedKind;
  change: Partial<Intervention> | null;
  promisedV?: number | null;
  lowV?: number;
  plan?: Partial<FeederPlan>;
  input?: Partial<VerifyInput>;
}

function judged({ seed, kind, change, promisedV, lowV = 190, plan = {}, input = {} }: Case) {
  const done = change === null ? [] : [{ row: ROW, fromDay: DONE, ...change }];
  const base: FeederPlan = { seed, days: JUDGED + 1, unbalanced: true, ohmFactor: 2.5, ...plan };
  const { histories, meanC } = feederYears({
    ...base,
    interventions: [...done, ...(plan.interventions ?? [])],
  });
  const without = feederYears({ ...base, interventions: plan.interventions ?? [] }).histories;
  const weather = {
    stationId: 'S1',
    firstDay: FIRST_DAY,
    days: meanC.length,
    meanC,
    maxC: meanC,
    minC: meanC,
  };
  return verifyMeasure({
    kind,
    history: histories[ROW]!,
    neighbours: histories.filter((_, row) => row !== ROW),
    weather,
    doneDay: FIRST_DAY + DONE,
    lastDay: FIRST_DAY + JUDGED,
    promisedV: promisedV === undefined ? seasonMin(histories[ROW]!) - seasonMin(without[ROW]!) : promisedV,
    lowV,
    otherBreakDays: [],
    judgedMs: 1,
    ...input,
  });
}

/** Lowest hour of the summer after the work. */
function seasonMin(history: DailyHistory): number {
  let low = Infinity;
  for (let at = 520; at <= JUDGED; at++) low = Math.min(low, worstMinHourV(history, at));
  return low;
}

function share(cases: readonly Case[], kind: string): number {
  return cases.filter((one) => judged(one).kind === kind).length / cases.length;
}

describe('verifyMeasure', () => {
  it.each<[MeasureKind, Partial<Intervention>]>([
    ['tap', { shiftV: 5.8 }],
    ['capacity', { slopeFactor: 0.4 }],
    ['rebalance', { spreadFactor: 0.2 }],
  ])('verifies a real %s in nearly every grid', (kind, change) => {
    const cases = SEEDS.map((seed) => ({ seed, kind, change }));
    expect(share(cases, 'verified')).toBeGreaterThanOrEqual(0.85);
    expect(share(cases, 'failed')).toBe(0);
  });

  it.each<[MeasureKind, number]>([
    ['tap', 5.5],
    ['capacity', 5],
    ['rebalance', 4],
  ])('lets a useless %s fail, and verifies none', (kind, promisedV) => {
    const cases = SEEDS.map((seed) => ({ seed: 100 + seed, kind, change: null, promisedV }));
    expect(share(cases, 'failed')).toBeGreaterThanOrEqual(0.85);
    expect(share(cases, 'verified')).toBe(0);
  });

  it('does not credit a measure with what the bus did for all', () => {
    const bus = { fromDay: DONE, shiftV: 5 };
    const cases = SEEDS.map((seed) => ({
      seed: 200 + seed,
      kind: 'tap' as const,
      change: null,
      promisedV: 5.5,
      plan: { bus },
    }));
    expect(share(cases, 'verified')).toBe(0);
    // A step of the bus larger than any before it is not told from the measure in every grid: the rest stays undecided.
    expect(share(cases, 'failed')).toBeGreaterThanOrEqual(0.4);
  });

  it('measures the effect without bias, within its interval', () => {
    const verdicts = SEEDS.map((seed) => judged({ seed: 300 + seed, kind: 'tap', change: { shiftV: 5.8 } }));
    const inside = verdicts.filter(
      ({ effectLowV, effectHighV }) => effectLowV! <= 5.8 && effectHighV! >= 5.8,
    );
    const meanV = verdicts.reduce((sum, { effectV }) => sum + effectV!, 0) / verdicts.length;
    expect(inside.length / verdicts.length).toBeGreaterThanOrEqual(0.85);
    expect(Math.abs(meanV - 5.8)).toBeLessThan(0.4);
  });

  it('says of what gave its volts and left the area low that it is not enough', () => {
    const verdict = judged({ seed: 7, kind: 'tap', change: { shiftV: 5.8 }, lowV: 215 });
    expect(verdict.kind).toBe('verified');
    expect(verdict.effectLowV).toBeGreaterThan(2.9);
    expect(verdict.lowHoursAfter).toBeGreaterThan(3);
    expect(verdict.evidence.map(({ code }) => code)).toContain('still-low');
  });

  it('lets a larger unit that came with a raised tap have both', () => {
    const cases = SEEDS.map((seed) => ({
      seed,
      kind: 'capacity' as const,
      change: { slopeFactor: 0.4, shiftV: 5.8 },
    }));
    expect(share(cases, 'verified')).toBeGreaterThanOrEqual(0.85);
  });

  it.each<[string, Partial<Intervention>]>([
    ['a raised tap', { spreadFactor: 0.2, shiftV: 5.8 }],
    ['a larger unit', { spreadFactor: 0.2, slopeFactor: 0.4 }],
  ])('lets rebalancing that came with %s have both', (_, change) => {
    const cases = SEEDS.map((seed) => ({ seed, kind: 'rebalance-pair' as const, change }));
    expect(share(cases, 'verified')).toBeGreaterThanOrEqual(0.85);
    expect(share(cases, 'failed')).toBe(0);
    const { evidence } = judged(cases[0]!);
    expect(evidence.map(({ code }) => code)).toContain('unbalance-changed');
  });

  it('lets a useless pair fail, and verifies none', () => {
    const promised = { kind: 'rebalance-pair' as const, promisedV: 11 };
    const useless = SEEDS.map((seed) => ({ seed: 500 + seed, change: null, ...promised }));
    expect(share(useless, 'failed')).toBeGreaterThanOrEqual(0.85);
    expect(share(useless, 'verified')).toBe(0);
  });

  it('fails work that gave a fifth of what was promised', () => {
    const cases = SEEDS.map((seed) => ({
      seed: 400 + seed,
      kind: 'tap' as const,
      change: { shiftV: 1.5 },
      promisedV: 7.5,
    }));
    expect(share(cases, 'failed')).toBeGreaterThanOrEqual(0.85);
    expect(share(cases, 'verified')).toBe(0);
  });

  it('says of another line that nobody measures its end', () => {
    const verdict = judged({ seed: 2, kind: 'reconductor', change: null, promisedV: 6 });
    expect(verdict).toMatchObject({ kind: 'undecidable', effectV: null });
    expect(verdict.evidence.map(({ code }) => code)).toContain('line-end-missing');
  });

  it('tells what rebalancing did to the phases, and until when to wait', () => {
    const real = judged({ seed: 3, kind: 'rebalance', change: { spreadFactor: 0.2 } });
    const { values } = real.evidence.find(({ code }) => code === 'unbalance-changed')!;
    expect(values['beforePct']).toBeGreaterThan(40);
    expect(values['afterPct']).toBeLessThan(15);
    const early = judged({
      seed: 3,
      kind: 'tap',
      change: { shiftV: 5.8 },
      input: { lastDay: FIRST_DAY + DONE + 7 },
    });
    expect(early.evidence.find(({ code }) => code === 'wait-until')!.values['date']).toMatch(
      /^2025-08-\d\d$/,
    );
  });

  it.each<[string, Case, string]>([
    [
      'a week after',
      { seed: 1, kind: 'tap', change: { shiftV: 5.8 }, input: { lastDay: FIRST_DAY + DONE + 7 } },
      'too-early',
    ],
    [
      'before the heat',
      { seed: 1, kind: 'capacity', change: { slopeFactor: 0.4 }, input: { lastDay: FIRST_DAY + DONE + 17 } },
      'too-early',
    ],
    [
      'a month of history before',
      { seed: 1, kind: 'tap', change: { shiftV: 5.8 }, input: { otherBreakDays: [FIRST_DAY + DONE - 30] } },
      'undecidable',
    ],
    [
      'something else changed a week later',
      { seed: 1, kind: 'tap', change: { shiftV: 5.8 }, input: { otherBreakDays: [FIRST_DAY + DONE + 8] } },
      'undecidable',
    ],
  ])('does not judge %s', (_, one, kind) => {
    const verdict = judged(one);
    expect(verdict).toMatchObject({ kind, effectV: null });
    expect(verdict.evidence.length).toBeGreaterThan(0);
  });

  it('does not bid to wait where another change came after it', () => {
    const { evidence } = judged({
      seed: 1,
      kind: 'tap',
      change: { shiftV: 5.8 },
      input: { otherBreakDays: [FIRST_DAY + DONE + 8] },
    });
    const codes = evidence.map(({ code }) => code);
    expect(codes).toContain('cut-short');
    expect(codes).not.toContain('wait-until');
  });

  it('names no day to wait for that has gone by', () => {
    const { histories } = feederYears({ seed: 1, days: JUDGED + 1 });
    const silent = histories[ROW]!;
    for (const column of Object.values(silent.columns)) column.fill(NaN, DONE);
    const verdict = judged({
      seed: 1,
      kind: 'tap',
      change: null,
      promisedV: 5.5,
      input: { history: silent },
    });
    expect(verdict).toMatchObject({ kind: 'too-early', daysAfter: 0 });
    expect(verdict.evidence.map(({ code }) => code)).not.toContain('wait-until');
  });

  it('judges without neighbours and without weather, with a wider interval', () => {
    const change = { shiftV: 5.8 };
    const full = judged({ seed: 5, kind: 'tap', change });
    const alone = judged({ seed: 5, kind: 'tap', change, input: { neighbours: [], weather: null } });
    const width = (one: typeof full) => one.effectHighV! - one.effectLowV!;
    expect(width(alone)).toBeGreaterThan(width(full));
    expect(Math.abs(alone.effectV! - 5.8)).toBeLessThan(width(alone));
  });

  it('tells why in both languages, in numbers', () => {
    const { evidence } = judged({ seed: 3, kind: 'tap', change: { shiftV: 5.8 } });
    for (const piece of evidence) {
      expect(findingSentence(piece, 'en')).toMatch(/\d/);
      expect(findingSentence(piece, 'zh-CN')).toMatch(/\d/);
    }
    expect(evidence.map(({ code }) => code)).toEqual([
      'days-compared',
      'effect-measured',
      'effect-promised',
      'effect-wanted',
      'low-hours',
    ]);
  });
});
