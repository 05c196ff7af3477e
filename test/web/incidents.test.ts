import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import IncidentActions from '../../web/components/IncidentActions.svelte';
import IncidentLead from '../../web/components/IncidentLead.svelte';
import IncidentMembers from '../../web/components/IncidentMembers.svelte';
import IncidentRow from '../../web/components/IncidentRow.svelte';
import IncidentTimeline from '../../web/components/IncidentTimeline.svelte';
import IncidentTold from '../../web/components/IncidentTold.svelte';
import {
  alertApi,
  type IncidentPage,
  type ShownIncident,
  type ToldDelivery,
} from '../../web/lib/alertApi.ts';
import { ApiError } from '../../web/lib/api.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { worstMember } from '../../web/lib/incident.ts';
import { sayConflict } from '../../web/lib/incidentConflict.ts';
import { placeDots } from '../../web/lib/memberDots.ts';
import { snoozeUntil } from '../../web/lib/snooze.ts';
import { incidents } from '../../web/lib/state/incidents.svelte.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import IncidentsView from '../../web/views/IncidentsView.svelte';
import { snapshot } from './fixtures.ts';
import { incident } from './incidentFixture.ts';

const NOW_MS = 1_753_000_800_000 + 36 * 60_000;
const people = new Map([['u1', 'Wang Min']]);
const spy = () => vi.fn<(...told: unknown[]) => void>();
const row = { people, nowMs: NOW_MS, timeZone: 'Asia/Shanghai' };
const place = { ...row, picture: null };

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(() => {
  cleanup();
  i18n.locale = 'en';
  incidents.pages.items = null;
  incidents.pages.error = null;
  incidents.heldShown = false;
  vi.restoreAllMocks();
});

describe('a row of the list', () => {
  test('tells severity, place, voltage against limit, age, reach, cause and state', () => {
    render(IncidentRow, { ...row, incident: incident(), onacknowledge: spy() });
    const text = screen.getByRole('article').textContent!.replaceAll(/\s+/g, ' ');
    for (const part of [
      'serious low voltage',
      '#128 10 kV Hexi',
      '184.2 V',
      'limit 198.0 V',
      '37 min',
      '1,126 homes',
      '1 important',
      'Likely upstream, 91 %',
      '2 transformers',
      'open',
    ])
      expect(text).toContain(part);
  });

  test('unfolds its transformers', async () => {
    render(IncidentRow, { ...row, incident: incident(), onacknowledge: spy() });
    expect(screen.queryByRole('link', { name: 'Hewan 1' })).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: 'Show transformers: 2 transformers' }));
    expect(screen.getByRole('link', { name: 'Hewan 1' }).getAttribute('href')).toBe('#/transformers/TQ-1');
  });

  test('says what suppresses it, and loudly when nobody is told', () => {
    const suppressions: ShownIncident['suppressions'] = [
      { kind: 'planned-outage', id: 'o1', reason: 'new breaker' },
      { kind: 'no-route', id: null, reason: '' },
    ];
    render(IncidentRow, { ...row, incident: incident({ suppressions }), onacknowledge: spy() });
    expect(screen.getByText('Suppressed: planned outage, new breaker')).toBeDefined();
    expect(screen.getByText('Nobody is told: no route matches this incident.')).toBeDefined();
  });

  test('says a severity that its condition does not imply', () => {
    render(IncidentRow, {
      ...row,
      incident: incident({ condition: 'outage', severity: 'severe', worstV: null }),
      onacknowledge: spy(),
    });
    expect(screen.getByText('outage · severe')).toBeDefined();
  });
});

describe('the list', () => {
  const page = (items: ShownIncident[], suppressed = 0): IncidentPage => ({
    items,
    cursor: null,
    counts: { active: items.length + suppressed, waiting: items.length, suppressed },
  });
  const act = () => vi.spyOn(alertApi, 'act').mockResolvedValue(incident({ state: 'acknowledged' }));
  beforeEach(() => {
    vi.spyOn(alertApi, 'incidents').mockResolvedValue(page([]));
  });

  test('says in a sentence that nothing is low', () => {
    incidents.pages.items = [];
    incidents.pages.counts = null;
    render(IncidentsView);
    expect(screen.getByText('Nothing is low. No incident is open.')).toBeDefined();
  });

  test('says what failed, and loads again when asked', async () => {
    incidents.pages.error = new ApiError(0, 'network', '');
    render(IncidentsView);
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(alertApi.incidents).toHaveBeenCalled();
  });

  test('folds what is suppressed, and goes by j, k and a through the rest', async () => {
    const acted = act();
    const held = incident({
      id: 'inc-3',
      number: 3,
      suppressions: [{ kind: 'silence', id: 's', reason: 'meters' }],
    });
    vi.mocked(alertApi.incidents).mockImplementation(async ({ suppressed }) =>
      suppressed === 'true'
        ? page([held])
        : page([incident(), incident({ id: 'inc-2', number: 2, version: 7 })], 1),
    );
    await incidents.load();
    render(IncidentsView);
    expect(screen.getByText('Suppressed (1)').tagName).toBe('SUMMARY');
    expect(alertApi.incidents).toHaveBeenCalledOnce();
    for (const key of ['j', 'j', 'j', 'k', 'j']) await fireEvent.keyDown(window.document.body, { key });
    await fireEvent.keyDown(window.document.body, { key: 'a' });
    expect(acted).toHaveBeenCalledExactlyOnceWith('inc-2', 7, { kind: 'acknowledge' });
    expect((await screen.findByText('#2 is acknowledged.')).getAttribute('role')).toBe('status');
  });

  test('shows the most urgent of many, tells how many there are, and opens a page more', async () => {
    const many = Array.from({ length: 60 }, (_, i) => incident({ id: `i${i}`, number: i }));
    vi.mocked(alertApi.incidents).mockImplementation(async ({ limit }) => ({
      items: many.slice(0, limit),
      cursor: limit < many.length ? 'next' : null,
      counts: { active: 2_000, waiting: 60, suppressed: 0 },
    }));
    await incidents.load();
    render(IncidentsView);
    expect(screen.getAllByRole('article')).toHaveLength(50);
    expect(screen.getByText('50 of 2,000, the most urgent first')).toBeDefined();
    await fireEvent.click(screen.getByRole('button', { name: 'Show more' }));
    await expect.poll(() => screen.getAllByRole('article').length).toBe(60);
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  test('tells who was first when the other one won', async () => {
    const current = incident({ state: 'acknowledged', acknowledgedBy: 'u1', acknowledgedMs: NOW_MS });
    vi.spyOn(alertApi, 'act').mockRejectedValue(new ApiError(409, 'first', '', { current }));
    incidents.pages.items = [incident()];
    incidents.people = people;
    render(IncidentsView);
    await fireEvent.click(screen.getByRole('button', { name: 'Acknowledge #128' }));
    expect(await screen.findByText(/^Wang Min was first and acknowledged it at/)).toBeDefined();
  });
});

describe('the page of an incident', () => {
  test('answers on its first screen where, how bad, since when, how many and why', () => {
    render(IncidentLead, { ...place, incident: incident() });
    expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('10 kV Hexi');
    for (const said of ['serious low voltage', 'Likely upstream, 91 %', 'Both fell within 90 s.'])
      expect(screen.getByText(said)).toBeDefined();
  });

  test('speaks Chinese when the language is switched', () => {
    i18n.locale = 'zh-CN';
    render(IncidentLead, { ...place, incident: incident() });
    expect(screen.getByText('2 个台区在 90 秒内同时下降。')).toBeDefined();
    expect(screen.getByText('较重低电压')).toBeDefined();
  });

  test('offers what can be done now, and snoozes until the morning of the grid', async () => {
    const [onact, onask] = [spy(), spy()];
    const props = { nowMs: NOW_MS, timeZone: 'Asia/Shanghai', busy: false, onact, onask };
    const { rerender } = render(IncidentActions, {
      may: () => true,
      ...props,
      incident: incident(),
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Acknowledge' }));
    expect(onact).toHaveBeenCalledWith({ kind: 'acknowledge' });
    await fireEvent.click(screen.getByText('until 8:00'));
    expect(onact).toHaveBeenLastCalledWith({
      kind: 'snooze',
      untilMs: snoozeUntil('morning', NOW_MS, 'Asia/Shanghai'),
    });
    await rerender({ incident: incident({ state: 'resolved', resolvedMs: NOW_MS }) });
    expect(screen.queryByRole('button', { name: 'Acknowledge' })).toBeNull();
    await fireEvent.click(screen.getAllByText('Comment')[0]!);
    expect(onask).toHaveBeenCalledWith('comment');
  });

  test('lists members with value and limit as they were judged, those that last first', () => {
    const judgedBy = { version: 3, sinceMs: 0, profile: 'gbt-12325' };
    render(IncidentMembers, { members: incident().members, judgedBy, timeZone: 'UTC' });
    screen.getByText(/version 3, GB\/T 12325/);
    const [, first, second] = screen.getAllByRole('row').map((row) => row.textContent);
    expect(first).toMatch(/Dongling 2.*serious low voltage.*B.*184\.2.V.*198\.0.V.*lasts/s);
    expect(second).toMatch(/Hewan 1/);
  });

  test('tells of each delivery how every attempt went', () => {
    const deliveries = [
      {
        id: 'd1',
        kind: 'opened',
        userId: 'u1',
        userName: 'Wang Min',
        contactPointId: 'c1',
        channel: 'sms',
        state: 'failed',
        createdMs: NOW_MS,
        nextMs: NOW_MS,
        expiresMs: NOW_MS,
        insteadOf: null,
        attempts: [{ number: 1, startedMs: NOW_MS, endedMs: NOW_MS, result: 'refused', detail: '550 no' }],
      },
    ] satisfies ToldDelivery[];
    render(IncidentTold, { deliveries, nowMs: NOW_MS, timeZone: 'UTC' });
    expect(screen.getAllByRole('listitem')[0]?.textContent).toMatch(
      /Wang Min.*SMS.*failed.*refused.*550 no/s,
    );
  });

  test('its timeline is told in words, the newest first', () => {
    const by = { actor: null, actorName: null };
    const entries = [
      { id: '1', atMs: 0, kind: 'severity', ...by, body: { from: 'mild', to: 'serious' } },
      { id: '3', atMs: 0, kind: 'escalated', ...by, body: { step: 0, round: 1, userIds: 'u1 u9' } },
      { id: '4', atMs: 0, kind: 'member-joined', ...by, body: { count: 1, names: 'Hewan 1' } },
      {
        id: '2',
        atMs: 1,
        kind: 'commented',
        actor: 'u1',
        actorName: 'Wang Min',
        body: { text: 'on my way' },
      },
    ];
    render(IncidentTimeline, { entries, people, grid: null, timeZone: 'UTC' });
    const told = screen.getAllByRole('listitem').map((item) => item.textContent);
    expect(told[0]).toMatch(/commented.*Wang Min.*on my way/s);
    expect(told.slice(1).map((text) => text?.trim())).toEqual([
      expect.stringContaining('Hewan 1'),
      expect.stringContaining('Step 1, Wang Min, u9'),
      expect.stringContaining('mild → serious'),
    ]);
  });
});

test('the worst member is one that lasts, farthest from its limit', () => {
  expect(worstMember(incident())?.transformerId).toBe('TQ-2');
});

test('whoever comes after a resolution or an unknown change is told so', () => {
  const say = (change: Parameters<typeof incident>[0]) =>
    sayConflict(incident(change), people, 'UTC', en, 'en');
  expect(say({ state: 'resolved', resolvedBy: 'recovery', resolvedMs: 0 })).toContain(
    'resolved by recovery at 00:00:00',
  );
  expect(say({})).toMatch(/^Someone changed it before you/);
});

test('a snooze until the morning ends at eight of the next morning that comes', () => {
  const zone = 'Asia/Shanghai';
  expect(snoozeUntil('morning', Date.parse('2026-07-20T23:00:00Z'), zone)).toBe(
    Date.parse('2026-07-21T00:00:00Z'),
  );
  expect(snoozeUntil('morning', Date.parse('2026-07-21T00:00:00Z'), zone)).toBe(
    Date.parse('2026-07-22T00:00:00Z'),
  );
});

test('members are placed among their neighbours; those without a place are left out', () => {
  const { grid } = fromSnapshot(snapshot());
  expect(placeDots(['TQ-2', 'TQ-3'], grid, 300, 200).map(({ row, member }) => [row, member])).toEqual([
    [0, false],
    [1, true],
  ]);
  expect(placeDots(['TQ-3'], grid, 300, 200)).toEqual([]);
});
