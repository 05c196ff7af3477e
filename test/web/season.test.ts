import { describe, expect, test } from 'vitest';
import { en } from '../../web/lib/i18n/en.ts';
import { seasonStands } from '../../web/lib/readiness.ts';
import { seasonStanding } from '../../web/lib/season.ts';

const SHANGHAI = 'Asia/Shanghai';
const at = (text: string): number => Date.parse(text);

describe('the standing against the peak seasons', () => {
  test.each([
    ['2026-11-24T04:00:00Z', { season: 'winter', active: false, days: 7 }],
    ['2026-12-01T00:00:00Z', { season: 'winter', active: true, days: 89 }],
    ['2027-02-28T12:00:00Z', { season: 'winter', active: true, days: 0 }],
    ['2027-03-01T04:00:00Z', { season: 'summer', active: false, days: 106 }],
    ['2027-06-15T04:00:00Z', { season: 'summer', active: true, days: 92 }],
    ['2027-09-16T04:00:00Z', { season: 'winter', active: false, days: 76 }],
  ])('%s', (text, standing) => {
    expect(seasonStanding(at(text), SHANGHAI)).toEqual(standing);
  });

  test('the day changes at midnight of the grid, not of Greenwich', () => {
    expect(seasonStanding(at('2027-06-14T16:30:00Z'), SHANGHAI)).toMatchObject({
      season: 'summer',
      active: true,
    });
    expect(seasonStanding(at('2027-06-14T16:30:00Z'), 'UTC')).toMatchObject({ active: false, days: 1 });
  });

  test('a season of the configuration counts instead of the usual one', () => {
    const seasons = [{ season: 'summer', from: '07-01', to: '08-31' }] as const;
    expect(seasonStanding(at('2027-06-20T04:00:00Z'), SHANGHAI, seasons)).toEqual({
      season: 'summer',
      active: false,
      days: 11,
    });
  });
});

test.each([
  ['2027-06-13T16:30:00Z', 'starts in 1 day'],
  ['2027-06-14T16:30:00Z', en.seasonRuns],
  ['2027-09-15T15:30:00Z', en.seasonRuns],
  ['2027-09-15T16:30:00Z', en.seasonOver],
])('a season of readiness begins and ends at midnight of the grid: %s', (text, standing) => {
  const [firstDay, lastDay] = ['2027-06-15', '2027-09-15'].map((day) => at(day) / 86_400_000);
  const season = { id: 'summer-2027', kind: 'summer', year: 2027, originDay: 0 } as const;
  const span = { ...season, firstDay: firstDay!, lastDay: lastDay! };
  expect(seasonStands(span, at(text), SHANGHAI, en, 'en')).toBe(standing);
});
