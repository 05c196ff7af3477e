import { describe, expect, it } from 'vitest';
import { SEASON_WINDOWS } from '../../../server/core/forecast/season.ts';
import { zoneOffset } from '../../../server/core/localTime.ts';
import type { RunWish } from '../../../server/pipeline/plan/planner.ts';
import { nextClockTime, startSchedule, type ScheduleDeps } from '../../../server/pipeline/plan/schedule.ts';
import { recordingLog } from '../../fixtures/world.ts';
import { handClock } from '../../http/deps.ts';

const HOUR_MS = 3_600_000;
const shanghai = zoneOffset('Asia/Shanghai');
const at = (text: string): number => Date.parse(`${text}+08:00`);

describe('next clock time', () => {
  it.each([
    ['2027-05-31T01:59', '2027-05-31T02:00'],
    ['2027-05-31T02:00', '2027-06-01T02:00'],
    ['2027-05-31T23:00', '2027-06-01T02:00'],
  ])('after %s is %s', (now, next) => {
    expect(nextClockTime(at(now), 120, shanghai)).toBe(at(next));
  });

  it('comes once on the day on which clocks are put back, and once when put forward', () => {
    const berlin = zoneOffset('Europe/Berlin');
    let nowMs = Date.parse('2026-10-24T12:00Z');
    const days: string[] = [];
    for (let i = 0; i < 3; i++) {
      nowMs = nextClockTime(nowMs, 6 * 60, berlin);
      days.push(new Date(nowMs).toISOString());
    }
    expect(new Set(days.map((day) => day.slice(0, 10))).size).toBe(3);
  });
});

function scheduleAt(
  start: string,
  backtested: boolean,
  { daysAhead = 180, isWeatherFed = true, judge = async () => 0 } = {},
) {
  const { clock, advance } = handClock(at(start));
  const wishes: string[] = [];
  const end = startSchedule({
    clock,
    log: recordingLog(),
    offset: shanghai,
    windows: SEASON_WINDOWS,
    database: {
      readiness: { list: async () => (backtested ? [{}] : []) },
      weather: { forecastStations: async () => (isWeatherFed ? ['W1'] : []) },
    } as unknown as ScheduleDeps['database'],
    nightlyAt: '02:00',
    morningAt: '06:30',
    daysAhead,
    judge,
    request: async ({ kind, season }: RunWish) => void wishes.push(`${kind} ${season.id}`),
  });
  return { advance, wishes, end };
}

describe('schedule', () => {
  it('forecasts the season to come each night, after the back-test that decides what is published', async () => {
    const { advance, wishes, end } = scheduleAt('2027-05-30T20:00', false);
    advance(6 * HOUR_MS);
    await expect.poll(() => wishes).toEqual(['backtest summer-2026', 'forecast summer-2027']);
    end();
    advance(48 * HOUR_MS);
    expect(wishes).toHaveLength(2);
  });

  it('scores a past season once, and looks at the next three days each morning, also between seasons where weather is forecast', async () => {
    const before = scheduleAt('2027-05-30T20:00', true);
    before.advance(6 * HOUR_MS);
    await expect.poll(() => before.wishes).toEqual(['forecast summer-2027']);
    before.advance(5 * HOUR_MS);
    await expect.poll(() => before.wishes).toEqual(['forecast summer-2027', 'tonight summer-2027']);
    const unfed = scheduleAt('2027-05-30T20:00', true, { isWeatherFed: false });
    unfed.advance(6 * HOUR_MS);
    await expect.poll(() => unfed.wishes).toEqual(['forecast summer-2027']);
    unfed.advance(5 * HOUR_MS);
    // In season it is asked for all the same: why it cannot be made is worth knowing.
    const within = scheduleAt('2027-07-30T03:00', true, { isWeatherFed: false });
    within.advance(4 * HOUR_MS);
    await expect.poll(() => within.wishes).toEqual(['tonight summer-2027']);
    expect(unfed.wishes).toEqual(['forecast summer-2027']);
  });

  it('forecasts also in a night in which the measures could not be judged', async () => {
    const judge = () => Promise.reject(new Error('the store does not answer'));
    const { advance, wishes } = scheduleAt('2027-05-30T20:00', true, { judge });
    advance(6 * HOUR_MS);
    await expect.poll(() => wishes).toEqual(['forecast summer-2027']);
  });

  it('lets a season alone that is further away than it is told to look', async () => {
    const far = scheduleAt('2027-03-05T01:00', true, { daysAhead: 30 });
    const near = scheduleAt('2027-05-20T01:00', true, { daysAhead: 30 });
    for (const { advance } of [far, near]) advance(2 * HOUR_MS);
    await expect.poll(() => near.wishes).toEqual(['forecast summer-2027']);
    expect(far.wishes).toEqual([]);
  });
});
