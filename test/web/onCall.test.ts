import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import OutageCard from '../../web/components/OutageCard.svelte';
import ShiftCalendar from '../../web/components/ShiftCalendar.svelte';
import SilenceDialog from '../../web/components/SilenceDialog.svelte';
import SilenceList from '../../web/components/SilenceList.svelte';
import WarningCard from '../../web/components/WarningCard.svelte';
import type { Documents } from '../../web/lib/alertApi.ts';
import { noticeStanding, phaseOf } from '../../web/lib/outage.ts';
import { dayStart, rotaDays } from '../../web/lib/rota.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { fromField, toField } from '../../web/lib/wallField.ts';
import { snapshot } from './fixtures.ts';
import { incident } from './incidentFixture.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.parse('2026-07-20T04:00:00Z');
const people = new Map([
  ['u1', 'Wang Min'],
  ['u2', 'Li Qiang'],
]);
const spy = () => vi.fn<(...told: unknown[]) => void>();
const picture = fromSnapshot(snapshot());

function outage(change: Partial<Documents['outages']> = {}): Documents['outages'] {
  return {
    id: 'o1',
    version: 1,
    title: 'New breaker',
    feederIds: ['F1'],
    transformerIds: [],
    fromMs: NOW_MS - HOUR_MS,
    toMs: NOW_MS + HOUR_MS,
    noticedMs: NOW_MS - 9 * DAY_MS,
    author: 'u1',
    startedMs: null,
    endedMs: null,
    cancelledMs: null,
    endCheck: null,
    notice: { ok: true, daysBefore: 8 },
    holds: { count: 0, incidents: [] },
    ...change,
  };
}

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

describe('a planned outage', () => {
  const props = {
    picture,
    nowMs: NOW_MS,
    timeZone: 'UTC',
    busy: false,
    onedit: spy(),
    oncancel: spy(),
  };

  test('is checked against seven days of notice', () => {
    const coming = { fromMs: NOW_MS + 8 * DAY_MS };
    expect(noticeStanding({ ...coming, noticedMs: NOW_MS }, NOW_MS)).toEqual({ kind: 'ok', days: 8 });
    expect(noticeStanding({ ...coming, noticedMs: NOW_MS + 3.5 * DAY_MS }, NOW_MS)).toEqual({
      kind: 'late',
      days: 4,
      lateDays: 3,
    });
    expect(noticeStanding({ ...coming, noticedMs: null }, NOW_MS).kind).toBe('due');
    expect(noticeStanding({ ...coming, noticedMs: null }, NOW_MS + 2 * DAY_MS).kind).toBe('missed');
  });

  test('is past when it is over or cancelled', () => {
    expect(phaseOf(outage(), NOW_MS)).toBe('now');
    expect(phaseOf(outage({ cancelledMs: NOW_MS }), NOW_MS)).toBe('past');
    expect(phaseOf(outage(), NOW_MS - 2 * HOUR_MS)).toBe('coming');
    expect(phaseOf(outage(), NOW_MS + HOUR_MS)).toBe('past');
  });

  test('names what it suppresses while it lasts', () => {
    const { id, number, place } = incident();
    const holds = { count: 3, incidents: [{ id, number, place }] };
    render(OutageCard, { ...props, outage: outage({ holds }) });
    expect(screen.getByText('and 2 more')).toBeDefined();
    expect(screen.getByText(/^✓ Customers told 8 days before/)).toBeDefined();
    expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(['#128 10 kV Hexi']);
    expect(screen.getByText('3 transformers, 252 homes')).toBeDefined();
  });

  test('lists after its end what is still low', () => {
    const endCheck = { checkedMs: NOW_MS, transformerIds: ['TQ-2', 'TQ-3'], incidentIds: [], backMs: null };
    render(OutageCard, { ...props, outage: outage({ toMs: NOW_MS - 60_000, endCheck }) });
    expect(screen.getByText(/^▲/).textContent).toContain('2');
    expect(screen.getByRole('link', { name: 'Xiawa 3' })).toBeDefined();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('a silence', () => {
  test('made from an incident matches its feeder and its condition', async () => {
    const onsave = spy();
    render(SilenceDialog, {
      initial: { feederIds: ['F1'], transformerIds: [] },
      condition: 'under-voltage',
      grid: picture.grid,
      nowMs: NOW_MS,
      busy: false,
      error: null,
      onsave,
      onclose: spy(),
    });
    await fireEvent.input(screen.getByLabelText('Reason'), { target: { value: ' meters ' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Silence', hidden: true }));
    expect(onsave).toHaveBeenCalledWith({
      match: { feederIds: ['F1'], conditions: ['under-voltage'] },
      reason: 'meters',
      fromMs: NOW_MS,
      toMs: NOW_MS + 4 * HOUR_MS,
    });
  });

  test('says what, why, who and until when, and can be ended', async () => {
    const onexpire = spy();
    const silence = {
      id: 's1',
      version: 1,
      match: { transformerIds: ['TQ-2'] },
      author: 'u1',
      reason: 'meters',
      fromMs: NOW_MS,
      toMs: NOW_MS + HOUR_MS,
      endedMs: null,
    };
    const rest = { grid: picture.grid, people, nowMs: NOW_MS, timeZone: 'UTC', busy: false, onexpire };
    render(SilenceList, { ...rest, silences: [silence] });
    expect(screen.getByRole('listitem').textContent).toMatch(
      /meters.*东岭 2.*until Jul 20, 05:00.*by Wang Min/s,
    );
    await fireEvent.click(screen.getByRole('button', { name: 'End now' }));
    expect(onexpire).toHaveBeenCalledWith(silence);
  });
});

describe('a rota', () => {
  const zone = 'Asia/Shanghai';
  const today = dayStart(NOW_MS, zone);

  test('is cut by local day, gaps and overrides marked', () => {
    const shifts = [
      { userId: 'u1', fromMs: today, toMs: today + 9 * HOUR_MS, by: 'rotation' },
      { userId: 'u2', fromMs: today + 10 * HOUR_MS, toMs: today + 30 * HOUR_MS, by: 'override' },
    ] as const;
    const days = rotaDays(shifts, today, 2, zone);
    expect(days.map((day) => day.parts.map(({ userId, isOverride }) => [userId, isOverride]))).toEqual([
      [
        ['u1', false],
        [null, false],
        ['u2', true],
      ],
      [
        ['u2', true],
        [null, false],
      ],
    ]);
  });

  test('has a day of 25 hours where the clock goes back', () => {
    const berlin = 'Europe/Berlin';
    const [day] = rotaDays([], dayStart(Date.parse('2026-10-25T12:00:00Z'), berlin), 1, berlin);
    expect(day!.parts[0]!.toMs - day!.parts[0]!.fromMs).toBe(25 * HOUR_MS);
  });

  test('shows two weeks, says where nobody is on call, links its calendar', async () => {
    const onremove = spy();
    const override = { id: 'ov', userId: 'u2', fromMs: NOW_MS, toMs: NOW_MS + DAY_MS };
    const rotation = {
      name: 'line',
      userIds: ['u1', 'u2'],
      startDate: '2026-07-01',
      handOffMin: 540,
      turnDays: 7,
    };
    render(ShiftCalendar, {
      schedule: {
        id: 's',
        version: 1,
        name: 'First',
        timeZone: zone,
        rotations: [rotation],
        overrides: [override],
      },
      shifts: [{ userId: 'u1', fromMs: today, toMs: today + 7 * DAY_MS, by: 'rotation' }],
      people,
      nowMs: NOW_MS,
      calendarUrl: '/x.ics',
      busy: false,
      onoverride: spy(),
      onremove,
    });
    expect(screen.getAllByRole('listitem')).toHaveLength(14);
    expect(screen.getAllByText('▲ nobody')).toHaveLength(7);
    expect(screen.getByText(/hand-off at 09:00, every 7 days/)).toBeDefined();
    expect(screen.getByRole('link').getAttribute('href')).toBe('/x.ics');
    await fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(onremove).toHaveBeenCalledWith('ov');
  });
});

test('warnings are sentences with the names that they speak of', () => {
  const alerting = {
    warnings: [
      {
        code: 'schedule-gap',
        values: { schedule: 'First', fromMs: NOW_MS, toMs: NOW_MS + HOUR_MS, gaps: 1 },
      },
      { code: 'person-unreachable', values: { person: 'u1' } },
    ],
    open: 0,
    unacknowledged: 0,
    onCall: [],
    channels: [],
    vapidPublicKey: null,
    outbox: { queued: 1, oldestDueMs: null, failed: 0 },
    proof: {
      lastProvenMs: NOW_MS - 40_000,
      lastSentMs: null,
      ok: true,
      watchdog: { configured: false, lastPingMs: null, lastError: null },
    },
  };
  render(WarningCard, { alerting, names: { names: people, timeZone: 'UTC' }, nowMs: NOW_MS });
  const said = screen
    .getAllByRole('listitem')
    .map((item) => item.textContent!.replaceAll(/\s+/g, ' ').trim());
  expect(said).toEqual([
    'A rota has a gap. First · Jul 20, 04:00 · Jul 20, 05:00',
    'A person has no contact point that works. Wang Min',
  ]);
});

test('times are typed on the clock of the grid', () => {
  expect(toField(NOW_MS, 'Asia/Shanghai')).toBe('2026-07-20T12:00');
  expect(fromField('2026-07-20T12:00', 'Asia/Shanghai')).toBe(NOW_MS);
  expect(fromField('', 'UTC')).toBeNull();
});
