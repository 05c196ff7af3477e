import { describe, expect, it } from 'vitest';
import { HISTORY_COLUMNS } from '../../../server/core/forecast/forecast.ts';
import { HistoryBuilder, emptyHistory, worstMinHourV } from '../../../server/core/forecast/history.ts';
import { coveragePct, seasonOutcome } from '../../../server/core/forecast/outcome.ts';
import { seasonOf } from '../../../server/core/forecast/season.ts';
import { WeatherBuilder } from '../../../server/core/forecast/weatherDays.ts';
import { dayStart, HOUR_MS, zoneOffset } from '../../../server/core/localTime.ts';
import { DAILY_COLUMNS, type DailySummary } from '../../../server/core/summary.ts';

const OFFSET = zoneOffset('Asia/Shanghai');
const SUMMER = seasonOf('summer', 2026);
const RANGE = { firstDay: SUMMER.firstDay, lastDay: SUMMER.lastDay };

function summary(day: number, point: string, over: Partial<DailySummary>, offset = OFFSET): DailySummary {
  const blank = Object.fromEntries(DAILY_COLUMNS.map((column) => [column, NaN]));
  return { ...blank, transformerId: 'T1', point, dayMs: dayStart(day, offset), ...over } as DailySummary;
}

function builtOf(rows: readonly DailySummary[]) {
  const builder = new HistoryBuilder(RANGE, OFFSET);
  for (const row of rows) builder.add(row);
  return builder.finish().get('T1');
}

describe('HistoryBuilder', () => {
  const outlet = summary(SUMMER.firstDay + 1, 'outlet', {
    uaMinHourV: 210,
    ubMinHourV: 205,
    ucMinHourV: 215,
    uaMaxV: 230,
    ubMaxV: 236,
    lowHours: 0,
    validHours: 24,
    iaMaxHourA: 80,
    pMeanKw: 40,
  });
  const near = summary(SUMMER.firstDay + 1, 'tail-1', { uaMinHourV: 203, lowHours: 0, validHours: 20 });
  const far = summary(SUMMER.firstDay + 1, 'tail-2', { ubMinHourV: 196, lowHours: 3, iaMaxHourA: 999 });

  it.each([
    ['outlet first', [outlet, near, far]],
    ['line ends first', [far, near, outlet]],
  ])('merges the points of a day, %s', (_, rows) => {
    const { columns } = builtOf(rows)!;
    const day = Object.fromEntries(HISTORY_COLUMNS.map((column) => [column, columns[column][1]]));
    expect(day).toMatchObject({
      uaMinHourV: 210,
      ubMinHourV: 205,
      tailMinHourV: 196,
      highestV: 236,
      iaMaxHourA: 80,
      pMeanKw: 40,
      lowHours: 3,
      validHours: 24,
    });
    expect(columns.pMaxHourKw[1]).toBeNaN();
    expect(columns.uaMinHourV[0]).toBeNaN();
  });

  it.each([
    ['outlet first', 0],
    ['line end first', 1],
  ])('takes an open phase for a fault and not for low voltage, at the line end too: %s', (_, first) => {
    const fuse = summary(SUMMER.firstDay + 1, 'outlet', {
      uaMinHourV: 226,
      ubMinHourV: 113,
      ucMinHourV: 224,
      lowHours: 5,
      validHours: 24,
    });
    const end = summary(SUMMER.firstDay + 1, 'tail-1', { ubMinHourV: 108 });
    const history = builtOf(first === 0 ? [fuse, end] : [end, fuse])!;
    expect(worstMinHourV(history, 1)).toBe(224);
    expect(history.columns.ubMinHourV[1]).toBeNaN();
    expect(history.columns.tailMinHourV[1]).toBeNaN();
    const options = { lowV: 198, coverageMinPct: 0, breakDays: [] };
    expect(seasonOutcome('T1', history, SUMMER, options)).toMatchObject({ low: false, lowHours: 0 });
  });

  it('keeps a phase that its load pulls far under the others, and a line end that alone is low', () => {
    const unbalanced = summary(SUMMER.firstDay + 1, 'outlet', {
      uaMinHourV: 160,
      ubMinHourV: 225,
      ucMinHourV: 222,
    });
    const end = summary(SUMMER.firstDay + 1, 'tail-1', { uaMinHourV: 130 });
    const history = builtOf([unbalanced, end])!;
    expect(history.columns.uaMinHourV[1]).toBe(160);
    expect(worstMinHourV(history, 1)).toBe(130);
  });

  it('leaves out other points and days outside the range', () => {
    expect(
      builtOf([summary(SUMMER.firstDay, 'roof', {}), summary(SUMMER.lastDay + 1, 'outlet', {})]),
    ).toBeUndefined();
  });

  it('finds the day where clocks change', () => {
    const sydney = zoneOffset('Australia/Sydney');
    const changeDay = Date.UTC(2026, 9, 4) / 86_400_000;
    const builder = new HistoryBuilder({ firstDay: changeDay - 1, lastDay: changeDay + 1 }, sydney);
    for (let day = changeDay - 1; day <= changeDay + 1; day++) {
      builder.add(summary(day, 'outlet', { validHours: day - changeDay }, sydney));
    }
    expect([...builder.finish().get('T1')!.columns.validHours]).toEqual([-1, 0, 1]);
  });

  it('takes 4 bytes a cell', () => {
    const cells = emptyHistory('T1', RANGE).columns.uaMinHourV.buffer.byteLength;
    expect(cells).toBe(4 * HISTORY_COLUMNS.length * (RANGE.lastDay - RANGE.firstDay + 1));
  });
});

describe('WeatherBuilder', () => {
  const day = SUMMER.firstDay;
  const startMs = dayStart(day, OFFSET);
  const weatherOf = (samples: readonly [hour: number, tempC: number][]) => {
    const builder = new WeatherBuilder({ firstDay: day, lastDay: day + 1 }, OFFSET);
    for (const [hour, tempC] of samples) {
      builder.add({ stationId: 'S1', tsMs: startMs + hour * HOUR_MS, tempC });
    }
    return builder.finish().get('S1')!;
  };

  it('means the quarters of the local day', () => {
    const { meanC, maxC, minC } = weatherOf([
      [0, 20],
      [1, 22],
      [2, 21],
      [6, 25],
      [14, 35],
      [23, 27],
    ]);
    expect([meanC[0], maxC[0], minC[0]]).toEqual([27, 35, 20]);
    expect([meanC[1], maxC[1], minC[1]]).toEqual([NaN, NaN, NaN]);
  });

  it('does not know a day without its night', () => {
    const { meanC, maxC } = weatherOf([
      [6, 25],
      [14, 35],
      [23, 27],
    ]);
    expect([meanC[0], maxC[0]]).toEqual([NaN, NaN]);
  });
});

describe('seasonOutcome', () => {
  const options = { lowV: 198, coverageMinPct: 60, breakDays: [] };
  const filled = (
    validHours: number,
    over: Partial<Record<'uaMinHourV' | 'tailMinHourV' | 'lowHours', number>>,
  ) => {
    const history = emptyHistory('T1', { firstDay: SUMMER.firstDay - 30, lastDay: SUMMER.lastDay });
    history.columns.validHours.fill(validHours);
    history.columns.uaMinHourV.fill(205);
    for (const [column, value] of Object.entries(over)) {
      history.columns[column as 'uaMinHourV'][40] = value;
    }
    return history;
  };

  it.each([
    ['fine', { uaMinHourV: 198 }, { low: false, minHourV: 198, lowHours: 0 }],
    ['low at the outlet', { uaMinHourV: 197.9, lowHours: 2 }, { low: true, lowHours: 2 }],
    ['low at a line end', { tailMinHourV: 190, lowHours: 5 }, { low: true, minHourV: 190, lowHours: 5 }],
    ['low where the store counted none', { uaMinHourV: 197 }, { low: true, lowHours: 1 }],
  ])('%s', (_, over, expected) => {
    expect(seasonOutcome('T1', filled(24, over), SUMMER, options)).toMatchObject(expected);
  });

  it('does not know a season that was hardly measured, not even a low one', () => {
    const history = filled(24, { uaMinHourV: 190 });
    history.columns.validHours.fill(4, 30, 100);
    const outcome = seasonOutcome('T1', history, SUMMER, options);
    expect(outcome.low).toBeNull();
    expect(outcome.coveragePct).toBeCloseTo((100 * 23) / 93);
    expect(seasonOutcome('T1', undefined, SUMMER, options).low).toBeNull();
  });

  it.each([
    [SUMMER.originDay, false],
    [SUMMER.originDay + 1, null],
    [SUMMER.lastDay, null],
    [SUMMER.lastDay + 1, false],
  ])('takes a change on day %i into account', (day, low) => {
    expect(seasonOutcome('T1', filled(24, {}), SUMMER, { ...options, breakDays: [day] }).low).toBe(low);
  });

  it('reads nothing outside the season', () => {
    const history = filled(24, {});
    history.columns.uaMinHourV.fill(150, 0, 30);
    expect(worstMinHourV(history, -1)).toBeNaN();
    expect(seasonOutcome('T1', history, SUMMER, options)).toMatchObject({ low: false, minHourV: 205 });
    expect(coveragePct(history, SUMMER)).toBe(100);
  });
});
