import { describe, expect, it } from 'vitest';
import type { AlertSettings, DailySpan } from '../../../server/core/incident/settings.ts';
import { tonightNotices, type TonightContext } from '../../../server/core/incident/tonightNotice.ts';
import { transformer } from '../timeline.ts';
import { minuteMs, person, policy, route, schedule, settingsOf } from './incidents.ts';
import { tonightItem, tonightReport } from './tonightReports.ts';

const PEOPLE = ['li', 'wang', 'zhao', 'plan', 'root'];
/** The run ended at half past six. */
const MORNING = 6 * 60 + 31;
const REGISTERED = ['T1:east', 'T2:east', 'T3:west', 'T4:north'].map((pair) => {
  const [id, areaId] = pair.split(':') as [string, string];
  return transformer(id, { areaId, feederId: `F-${areaId}` });
});

/** Whoever is on call has the east, from serious on; Wang has everything else. Li goes home at eight in the morning. */
const SETTINGS: Partial<AlertSettings> = {
  routes: [
    route({ id: 'R1', order: 1, match: { areaIds: ['east'], severityMin: 'serious' }, policyId: 'PE' }),
    route({ id: 'R2', order: 2, policyId: 'PW', mildToDigest: true }),
  ],
  policies: [policy([['@rota', 60]], { id: 'PE' }), policy([['wang', 60]], { id: 'PW' })],
  schedules: [
    schedule({
      rotations: [
        { name: 'day', userIds: ['li', 'zhao'], startDate: '2026-06-30', handOffMin: 8 * 60, turnDays: 1 },
      ],
    }),
  ],
};

function told(over: Partial<TonightContext> & { minute?: number } = {}, report = tonightReport()) {
  const { minute = MORNING, ...rest } = over;
  const notices = tonightNotices(report, {
    settings: settingsOf(SETTINGS, PEOPLE),
    people: PEOPLE.map((id) => person(id)),
    nowMs: minuteMs(minute),
    timeZone: 'UTC',
    readers: ['on-call', 'planners'],
    users: [
      { id: 'li', role: 'on-call', areaIds: null },
      { id: 'wang', role: 'on-call', areaIds: null },
      { id: 'zhao', role: 'on-call', areaIds: null },
      { id: 'plan', role: 'planner', areaIds: null },
      { id: 'root', role: 'admin', areaIds: null },
    ],
    likelyP: 0.5,
    morningMin: 6 * 60 + 30,
    transformerOf: (id) => REGISTERED.find((t) => t.id === id) ?? null,
    ...rest,
  });
  return notices.map(({ userId, areaIds, sendMs }) => {
    const minutes = (sendMs - minuteMs(0)) / 60_000;
    return `${userId} of ${areaIds.join('+')} @${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  });
}

const quietHours = (userId: string, span: Partial<DailySpan>): Partial<TonightContext> => ({
  settings: settingsOf(
    {
      ...SETTINGS,
      people: [
        {
          id: userId,
          version: 1,
          timeZone: 'UTC',
          quietHours: { fromMin: 0, toMin: 0, weekdays: [], ...span },
        },
      ],
    },
    PEOPLE,
  ),
});

describe('who is told of the next three days', () => {
  it('whoever is on call this evening where it would go low, and planners, each of their areas', () => {
    expect(told()).toEqual(['wang of west @6:31', 'zhao of east @6:31', 'plan of east+west @6:31']);
  });

  it('as configured', () => {
    expect(told({ readers: ['planners'] })).toEqual(['plan of east+west @6:31']);
    expect(told({ readers: ['on-call'] })).toEqual(['wang of west @6:31', 'zhao of east @6:31']);
    expect(told({ readers: [] })).toEqual([]);
  });

  it('nobody, when no transformer is likely to', () => {
    const unlikely = tonightReport({ items: [tonightItem('T1', 'east', [0.49, 0.4, 0.1])] });
    expect(told({}, unlikely)).toEqual([]);
    expect(told({ likelyP: 0.4 }, unlikely)).toEqual(['zhao of east @6:31', 'plan of east @6:31']);
  });

  it('of what they may see alone', () => {
    const users: TonightContext['users'] = [
      { id: 'zhao', role: 'on-call', areaIds: ['west'] },
      { id: 'plan', role: 'planner', areaIds: ['west', 'north'] },
    ];
    expect(told({ users })).toEqual(['plan of west @6:31']);
  });

  it('only who can be reached', () => {
    expect(told({ settings: settingsOf(SETTINGS, ['li', 'root']) })).toEqual([]);
    const people = PEOPLE.map((id) => person(id, { enabled: id !== 'plan' }));
    expect(told({ people })).toEqual(['wang of west @6:31', 'zhao of east @6:31']);
  });
});

describe('when they are told', () => {
  it.each([
    ['a run by hand in the night waits for the morning', 60, 'plan of east+west @6:30'],
    ['a late run is told at once', 15 * 60, 'plan of east+west @15:00'],
  ])('%s', (_, minute, want) => {
    expect(told({ minute, readers: ['planners'] })).toEqual([want]);
  });

  it.each([
    ['the evening has come', 20 * 60],
    ['it is the day after', 24 * 60 + MORNING],
    ['it is the day before', -60],
  ])('not at all when %s', (_, minute) => {
    expect(told({ minute })).toEqual([]);
  });

  it.each([
    ['passes midnight', { fromMin: 22 * 60, toMin: 7 * 60 + 30 }, '7:30'],
    ['are over', { fromMin: 22 * 60, toMin: 6 * 60 }, '6:31'],
    ['never end', { fromMin: 0, toMin: 0 }, '8:00'],
  ])('after quiet hours that %s', (_, span, at) => {
    expect(told({ readers: ['planners'], ...quietHours('plan', span) })).toEqual([
      `plan of east+west @${at}`,
    ]);
  });
});
