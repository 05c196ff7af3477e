import { describe, expect, it } from 'vitest';
import type { AlertSettings, Person, Rotation } from '../../../server/core/incident/settings.ts';
import { warningsOf } from '../../../server/core/incident/warnings.ts';
import { DAY_MS } from '../../../server/core/localTime.ts';
import { START_MS } from '../timeline.ts';
import { threeSteps } from './alertTimeline.ts';
import { minuteMs, person, policy, route, schedule, settingsOf } from './incidents.ts';

const people = ['li', 'wang', 'zhao'].map((id) => person(id));

function codes(settings: AlertSettings, who: readonly Person[] = people): string[] {
  return warningsOf(settings, who, START_MS, 'UTC').map(({ code, values }) =>
    [code, ...Object.values(values)].join(' '),
  );
}

const daily: Rotation = { name: 'r', userIds: ['li'], startDate: '2026-06-01', handOffMin: 480, turnDays: 1 };

describe('warnings', () => {
  it('are none when everything finds someone', () => {
    expect(codes(threeSteps({ schedules: [schedule({ rotations: [daily] })] }))).toEqual([]);
  });

  it.each<{ what: string; routes: AlertSettings['routes']; want: string[] }>([
    { what: 'no route at all', routes: [], want: ['no-route severe'] },
    {
      what: 'routes of one area',
      routes: [route({ match: { areaIds: ['A1'] } })],
      want: ['no-route severe'],
    },
    {
      what: 'a route of the night',
      routes: [route({ during: { fromMin: 0, toMin: 60, weekdays: [] } })],
      want: ['no-route severe'],
    },
    { what: 'no mild', routes: [route({ match: { severityMin: 'serious' } })], want: ['no-route mild'] },
    {
      what: 'a policy that is gone',
      routes: [route({ name: 'all', policyId: 'P9' })],
      want: ['policy-missing all P9'],
    },
  ])('$what', ({ routes, want }) => {
    expect(codes(threeSteps({ routes }))).toEqual(want);
  });

  it('name a step with nobody, and whom it does not reach', () => {
    const off = [person('li', { enabled: false }), person('wang'), person('zhao')];
    expect(codes(threeSteps(), off)).toEqual(['step-empty P1 1', 'person-disabled li li']);
    expect(codes(settingsOf({ routes: [route()], policies: [policy([['li,wang', 60]])] }, ['wang']))).toEqual(
      ['person-unreachable li li'],
    );
  });

  it('name a policy that tells nobody now, and the gaps of the next two weeks', () => {
    const rota = schedule({ rotations: [{ ...daily, startDate: '2026-07-02' }] });
    const settings = threeSteps({ schedules: [rota], policies: [policy([['@rota', 60]])] });
    expect(codes(settings)).toEqual([
      'nobody-now P1',
      `schedule-gap rota ${START_MS} ${minuteMs(480) + DAY_MS} 1`,
    ]);
  });
});
