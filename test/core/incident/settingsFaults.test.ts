import { describe, expect, it } from 'vitest';
import { DEMO_PEOPLE, demoSettings } from '../../../server/core/incident/demoSettings.ts';
import { noticeCheck } from '../../../server/core/incident/outages.ts';
import type { AlertSettings } from '../../../server/core/incident/settings.ts';
import { settingsFaults } from '../../../server/core/incident/settingsFaults.ts';
import { warningsOf } from '../../../server/core/incident/warnings.ts';
import { DAY_MS } from '../../../server/core/localTime.ts';
import { minuteMs, outage, person, policy, route, schedule, settingsOf, silence } from './incidents.ts';

const settings = settingsOf({ policies: [policy([['li', 60]])], schedules: [schedule()] });
const people = [person('li')];

function faults<K extends keyof AlertSettings>(kind: K, document: AlertSettings[K][number]): string[] {
  return settingsFaults(kind, document, settings, people).map(({ path, message }) =>
    [path, message.code, ...Object.values(message.values)].join(' '),
  );
}

const season = {
  id: 's',
  version: 1,
  name: 'summer',
  fromDay: '06-15',
  toDay: '02-29',
  waitFactor: 0.5,
  policyInstead: { P1: 'P1' },
  tellMild: true,
};
const rotation = { name: 'r', userIds: ['li'], startDate: '2026-07-01', handOffMin: 480, turnDays: 7 };
const quiet = { id: 'li', version: 1, timeZone: 'Asia/Shanghai', quietHours: null };
const contact = { ...settingsOf({}, ['li']).contactPoints[0]! };

describe('faults of settings', () => {
  it('are none in what is right', () => {
    expect([
      ...faults('routes', route()),
      ...faults('policies', policy([['li,@rota', 10]], { repeats: 10 })),
      ...faults('schedules', schedule({ rotations: [rotation] })),
      ...faults('silences', silence()),
      ...faults('outages', outage({ feederIds: ['F1'] })),
      ...faults('seasons', season),
      ...faults('contactPoints', contact),
      ...faults('people', quiet),
    ]).toEqual([]);
  });

  it.each([
    { found: faults('routes', route({ name: ' ' })), want: ['name required'] },
    { found: faults('routes', route({ name: 'x'.repeat(121) })), want: ['name too-long 120'] },
    { found: faults('routes', route({ policyId: 'P9' })), want: ['policyId unknown P9'] },
    {
      found: faults('routes', route({ during: { fromMin: 0, toMin: 1440, weekdays: [0] } })),
      want: ['during.toMin out-of-range 0 1439', 'during.weekdays no-weekday'],
    },
    { found: faults('policies', policy([])), want: ['steps required'] },
    {
      found: faults('policies', policy([['', 9]], { repeats: 11 })),
      want: ['repeats out-of-range 0 10', 'steps.0.waitS out-of-range 10 86400', 'steps.0.targets required'],
    },
    {
      found: faults('policies', policy([['gone,@gone', 60]])),
      want: ['steps.0.targets.0 unknown gone', 'steps.0.targets.1 unknown gone'],
    },
    {
      found: faults('policies', policy(Array.from({ length: 11 }, () => ['li', 60] as const))),
      want: ['steps too-many 10'],
    },
    {
      found: faults(
        'schedules',
        schedule({ timeZone: 'Mars', rotations: [{ ...rotation, startDate: '2026-02-30', turnDays: 0 }] }),
      ),
      want: [
        'timeZone no-zone Mars',
        'rotations.0.startDate no-date',
        'rotations.0.turnDays out-of-range 1 366',
      ],
    },
    {
      found: faults('schedules', schedule({ overrides: [{ id: 'o', userId: 'li', fromMs: 2, toMs: 2 }] })),
      want: ['overrides.0.toMs not-after'],
    },
    {
      found: faults('schedules', schedule({ rotations: [{ ...rotation, turnDays: 1.5 }] })),
      want: ['rotations.0.turnDays out-of-range 1 366'],
    },
    { found: faults('silences', silence({ reason: '' })), want: ['reason required'] },
    {
      found: faults('silences', silence({ toMs: minuteMs(0) + 31 * DAY_MS })),
      want: ['toMs out-of-range 0 30'],
    },
    { found: faults('silences', silence({ toMs: NaN })), want: ['toMs not-after'] },
    {
      found: faults('outages', outage({ toMs: minuteMs(-1) })),
      want: ['feederIds required', 'toMs not-after'],
    },
    {
      found: faults('seasons', { ...season, fromDay: '6-15', waitFactor: 0 }),
      want: ['fromDay no-date', 'waitFactor out-of-range 0.1 2'],
    },
    {
      found: faults('contactPoints', { ...contact, userId: 'gone', priority: -1 }),
      want: ['userId unknown gone', 'priority out-of-range 0 9'],
    },
    { found: faults('people', { ...quiet, timeZone: '' }), want: ['timeZone no-zone '] },
  ])('$want', ({ found, want }) => {
    expect(found).toEqual(want);
  });
});

describe('the settings of the demo', () => {
  const demo = demoSettings(minuteMs(90), 'Asia/Shanghai', 'F1');

  it('have no fault, warn of nothing, and keep the seven days', () => {
    const kinds = Object.keys(demo) as (keyof AlertSettings)[];
    const found = kinds.flatMap((kind) =>
      demo[kind].flatMap((document) => settingsFaults(kind, document, demo, DEMO_PEOPLE)),
    );
    expect(found).toEqual([]);
    expect(warningsOf(demo, DEMO_PEOPLE, minuteMs(90), 'Asia/Shanghai')).toEqual([]);
    expect(noticeCheck(demo.outages[0]!).ok).toBe(true);
  });
});
