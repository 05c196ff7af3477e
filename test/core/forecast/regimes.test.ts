import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../server/core/forecast/chance.ts';
import { seasonContext, type SeasonContext } from '../../../server/core/forecast/context.ts';
import { LOAD, LOAD_FEATURES } from '../../../server/core/forecast/features.ts';
import type { DailyHistory } from '../../../server/core/forecast/forecast.ts';
import { emptyHistory } from '../../../server/core/forecast/history.ts';
import { lineShiftV } from '../../../server/core/forecast/lineSteps.ts';
import { fitLoad, LOAD_PRIOR } from '../../../server/core/forecast/loadModel.ts';
import { phaseShares } from '../../../server/core/forecast/phaseShares.ts';
import { forecastSeason } from '../../../server/core/forecast/readiness.ts';
import { Ridge } from '../../../server/core/forecast/ridge.ts';
import { smallGrid } from './smallGrid.ts';

const DAYS = 900;
const CONTEXT = { firstDay: 0, days: DAYS } as SeasonContext;

/** Load of a day with seasons, A. */
function loadA(d: number): number {
  return 300 * (1 - 0.5 * Math.cos((2 * Math.PI * d) / 365.25));
}

/** Currents with that excess of phase a over its third, as a share of the load. */
function withExcess(
  excess: (d: number) => number,
  seed = 1,
): { history: DailyHistory; logLoad: Float64Array } {
  const chance = chanceOf(seed);
  const history = emptyHistory('T1', { firstDay: 0, lastDay: DAYS - 1 });
  const { iaMaxHourA, ibMaxHourA, icMaxHourA } = history.columns;
  const logLoad = new Float64Array(DAYS);
  for (let d = 0; d < DAYS; d++) {
    const load = loadA(d);
    const wander = 0.01 * chance.normal();
    iaMaxHourA[d] = load * (1 / 3 + excess(d) + wander);
    ibMaxHourA[d] = load * (1 / 3 - excess(d) / 2 - wander);
    icMaxHourA[d] = load * (1 / 3 - excess(d) / 2);
    logLoad[d] = Math.log(iaMaxHourA[d]! + ibMaxHourA[d]! + icMaxHourA[d]!);
  }
  return { history, logLoad };
}

describe('shares of the phases', () => {
  it('are those after the customers were moved, and the days before know by how much', () => {
    const { history, logLoad } = withExcess((d) => (d < 800 ? 0.2 : 0.04));
    const shares = phaseShares(history, CONTEXT, logLoad);
    expect(shares.now[0]).toBeCloseTo(1 / 3 + 0.04, 1);
    expect(Math.abs(shares.now[0] - 1 / 3 - 0.04)).toBeLessThan(0.02);
    expect(shares.shift(0, 500)).toBeCloseTo(-0.16, 1);
    expect(shares.shift(0, 870)).toBe(0);
    expect(shares.on(0, 500)).toBeCloseTo(1 / 3 + 0.2, 1);
    expect(shares.now.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  it.each([1, 2, 3, 4, 5, 6])('do not move with the seasons of the load, seed %i', (seed) => {
    const { history, logLoad } = withExcess((d) => 0.15 * Math.sqrt(300 / loadA(d)), seed);
    const shares = phaseShares(history, CONTEXT, logLoad);
    for (let d = 0; d < DAYS; d++) expect(shares.shift(0, d)).toBe(0);
  });

  it('put the line end on the most loaded phase, then and now', () => {
    const { history, logLoad } = withExcess((d) => (d < 450 ? 0.15 : -0.15));
    const shares = phaseShares(history, CONTEXT, logLoad);
    expect(shares.of(3)).toBe(Math.max(...shares.now));
    expect(shares.on(3, 100)).toBeCloseTo(shares.on(0, 100), 9);
    expect(shares.on(3, 100) + shares.shift(3, 100)).toBeCloseTo(shares.of(3), 9);
  });
});

describe('the line behind a transformer', () => {
  function line(ohm: (d: number) => number): Float32Array | null {
    const chance = chanceOf(3);
    const history = emptyHistory('T1', { firstDay: 0, lastDay: DAYS - 1 });
    for (let d = 0; d < DAYS; d++) {
      const u = 225 + chance.normal();
      for (const phase of ['a', 'b', 'c'] as const) history.columns[`u${phase}MinHourV`][d] = u;
      history.columns.tailMinHourV[d] = u - ohm(d) * (loadA(d) / 3) * Math.exp(0.05 * chance.normal());
    }
    return lineShiftV(history, 0, DAYS, (d) => loadA(d) / 3);
  }

  it('raises the line end of the days before a heavier conductor by what that saves', () => {
    const shiftV = line((d) => (d < 700 ? 0.2 : 0.12))!;
    // A day of high load loses 0.2 Ω × 150 A, and would lose 0.12 Ω × 150 A.
    expect(shiftV[183]! / (0.08 * (loadA(183) / 3))).toBeCloseTo(1, 0);
    expect(shiftV[183]).toBeGreaterThan(9);
    expect(shiftV[183]).toBeLessThan(15);
    expect(shiftV[800]).toBe(0);
  });

  it('is the same where only load and source move', () => {
    expect(line(() => 0.15)).toBeNull();
  });
});

describe('a season after the phases were balanced', () => {
  it('is forecast by the currents of today', () => {
    const { input, slopes } = smallGrid({ feeders: 2 });
    const id = 'F0-T3';
    const before = forecastSeason(input).forecasts.find((one) => one.transformerId === id);
    const history = input.histories.get(id)!;
    const doneDay = input.season.originDay - 60 - history.firstDay;
    const { iaMaxHourA, ibMaxHourA, icMaxHourA, uaMinHourV, ubMinHourV, ucMinHourV } = history.columns;
    const slope = slopes.get(id)!;
    // All days before had half as much again in phase a as in the others, and the volts that go with it.
    for (let d = 0; d < doneDay; d++) {
      const load = iaMaxHourA[d]! + ibMaxHourA[d]! + icMaxHourA[d]!;
      const [a, b, c] = [0.5 * load, 0.26 * load, 0.24 * load];
      uaMinHourV[d] = uaMinHourV[d]! - slope * (a - iaMaxHourA[d]!);
      ubMinHourV[d] = ubMinHourV[d]! - slope * (b - ibMaxHourA[d]!);
      ucMinHourV[d] = ucMinHourV[d]! - slope * (c - icMaxHourA[d]!);
      [iaMaxHourA[d], ibMaxHourA[d], icMaxHourA[d]] = [a, b, c];
    }
    const after = forecastSeason(input).forecasts.find((one) => one.transformerId === id);
    expect(Math.max(...after!.physics!.phaseShare)).toBeLessThan(0.4);
    expect(after!.minHourV.p50).toBeGreaterThan(before!.minHourV.p50 - 1.5);
    expect(Math.abs(after!.pLow - before!.pLow)).toBeLessThan(0.2);
  });
});

describe('a load that pumps make in some weeks', () => {
  const { input } = smallGrid({ feeders: 1, perFeeder: 1 });
  const context = seasonContext(input, input.season, input.histories.get('F0-T0')!.firstDay);
  const station = context.stations.get('')!;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('has no growth from which weeks they were, seed %i', (seed) => {
    const chance = chanceOf(seed);
    const logLoad = new Float64Array(context.days);
    let isPumping = false;
    for (let d = 0; d < context.days; d++) {
      if (d % 14 === 0) isPumping = chance.unit() < 0.4;
      logLoad[d] = Math.log(isPumping ? 400 : 60) + 0.05 * chance.normal();
    }
    const ridge = new Ridge(LOAD_FEATURES);
    const modelled = new Float64Array(context.days);
    const model = fitLoad(logLoad, 'current', 5, station, context, LOAD_PRIOR, ridge, modelled);
    expect(Math.abs(model.beta[LOAD.trend]! - LOAD_PRIOR.mean[LOAD.trend]!)).toBeLessThan(0.09);
  });
});
