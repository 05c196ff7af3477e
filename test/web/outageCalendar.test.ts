import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import OutageCalendar from '../../web/components/OutageCalendar.svelte';
import type { Documents } from '../../web/lib/alertApi.ts';
import { calendarDays, otherSpan } from '../../web/lib/outageCalendar.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Noon of a Monday in Shanghai. */
const NOW_MS = Date.parse('2026-07-20T04:00:00Z');
const zone = 'Asia/Shanghai';

function outage(change: Partial<Documents['outages']> = {}): Documents['outages'] {
  return {
    id: 'o1',
    version: 1,
    title: 'New breaker',
    feederIds: ['F1'],
    transformerIds: [],
    fromMs: NOW_MS + 9 * DAY_MS,
    toMs: NOW_MS + 9 * DAY_MS + 4 * HOUR_MS,
    noticedMs: NOW_MS,
    author: 'u1',
    startedMs: null,
    endedMs: null,
    cancelledMs: null,
    endCheck: null,
    notice: { ok: true, daysBefore: 9 },
    holds: { count: 0, incidents: [] },
    ...change,
  };
}

afterEach(cleanup);

describe('the days of a calendar', () => {
  test('are whole weeks from Monday, of the month or the one week', () => {
    const month = calendarDays([], 'month', NOW_MS, zone);
    expect(month).toHaveLength(35);
    expect(new Date(month[0]!.startMs).toISOString()).toBe('2026-06-28T16:00:00.000Z');
    expect(month.filter(({ isInside }) => isInside)).toHaveLength(31);
    const week = calendarDays([], 'week', NOW_MS, zone);
    expect([week.length, week[0]!.startMs]).toEqual([7, NOW_MS - 12 * HOUR_MS]);
  });

  test('follow the clock of the grid: a day with a clock change has 25 hours', () => {
    const berlin = 'Europe/Berlin';
    const days = calendarDays([], 'week', Date.parse('2026-10-25T12:00:00Z'), berlin);
    const next = calendarDays([], 'week', otherSpan(days[0]!.startMs, 'week', 1, berlin), berlin);
    expect(next[0]!.startMs - days.at(-1)!.startMs).toBe(25 * HOUR_MS);
  });

  test('hold what touches them, and say on which customers must be told', () => {
    const night = outage({ fromMs: NOW_MS + 10 * HOUR_MS, toMs: NOW_MS + 20 * HOUR_MS });
    const untold = outage({ id: 'o2', noticedMs: null });
    const gone = outage({ id: 'o3', cancelledMs: NOW_MS });
    const days = calendarDays([night, untold, gone], 'month', NOW_MS, zone);
    const of = (date: string) =>
      days.find(({ startMs }) => startMs === Date.parse(`${date}T00:00:00+08:00`))!;
    expect(of('2026-07-20').outages).toEqual([night]);
    expect(of('2026-07-21').outages).toEqual([night]);
    expect(of('2026-07-22')).toMatchObject({ outages: [], due: [untold] });
    expect(of('2026-07-29').outages).toEqual([untold]);
  });

  test('go on by month and week over the end of a year', () => {
    const december = Date.parse('2026-12-31T15:00:00Z');
    const january = otherSpan(december, 'month', 1, zone);
    expect(new Date(january).toISOString()).toBe('2026-12-31T16:00:00.000Z');
    expect(new Date(otherSpan(january, 'month', -1, zone)).toISOString()).toBe('2026-11-30T16:00:00.000Z');
  });
});

test('the calendar tells whether customers were told, turns pages, and leads to the card', async () => {
  const onopen = vi.fn<(outage: unknown) => void>();
  const late = outage({ id: 'o2', title: 'Line', noticedMs: NOW_MS + 5 * DAY_MS });
  const outages = [outage(), late];
  render(OutageCalendar, { outages, nowMs: NOW_MS, timeZone: zone, onopen });
  expect(screen.getByRole('heading', { name: 'July 2026' })).toBeDefined();
  expect(screen.getByRole('button', { name: /Line.*customers told too late/ })).toBeDefined();
  await fireEvent.click(screen.getByRole('button', { name: /12:00–16:00 New breaker.*told in time/ }));
  expect(onopen).toHaveBeenCalledWith(outages[0]);
  await fireEvent.click(screen.getByRole('button', { name: 'Week' }));
  expect(screen.getAllByRole('listitem')).toHaveLength(7);
  expect(screen.getByText('Nothing is planned in these days.')).toBeDefined();
  await fireEvent.click(screen.getByRole('button', { name: 'Later' }));
  expect(screen.getByRole('button', { name: /New breaker/ })).toBeDefined();
  await fireEvent.click(screen.getByRole('button', { name: 'Today' }));
  expect(screen.queryByRole('button', { name: /New breaker/ })).toBeNull();
});
