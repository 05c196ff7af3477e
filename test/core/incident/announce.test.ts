import { describe, expect, it } from 'vitest';
import { AlertTimeline, threeSteps } from './alertTimeline.ts';
import { incident, member, minuteMs, outage, person, policy, route, schedule, silence } from './incidents.ts';

const told = (timeline: AlertTimeline, untilMinute: number): string[] => timeline.run(untilMinute).lines;

describe('escalation', () => {
  it('goes on step by step and round by round until it is left, and says so', () => {
    const t = new AlertTimeline().raise(0);
    expect(told(t, 120)).toEqual([
      '@0:02 li opened',
      '@10:02 wang escalated',
      '@20:02 zhao escalated',
      '@30:02 li escalated',
      '@40:02 wang escalated',
      '@50:02 zhao escalated',
    ]);
    expect(t.entries.at(-1)).toBe('@60:02 escalated 2');
  });

  it('stops when someone acknowledges', () => {
    expect(told(new AlertTimeline().raise(0).acknowledge(11, 'wang'), 120)).toEqual([
      '@0:02 li opened',
      '@10:02 wang escalated',
    ]);
  });

  it('waits for siblings of a mild one longer, and no longer once it is worse', () => {
    expect(told(new AlertTimeline().raise(0, 'mild'), 5)).toEqual(['@1:00 li opened']);
    expect(told(new AlertTimeline().raise(0, 'mild').severity(0.5, 'severe'), 5)).toEqual([
      '@0:32 li opened',
    ]);
  });

  it('does not tell a new member', () => {
    const t = new AlertTimeline()
      .raise(0)
      .change(1, { members: [member('T1'), member('T2')], customers: 20 });
    expect(told(t, 9)).toEqual(['@0:02 li opened']);
  });

  it('tells of a test nobody', () => {
    expect(told(new AlertTimeline().raise(0, 'severe', { isTest: true }), 60)).toEqual([]);
  });

  it('tells the person who has the rota at that moment', () => {
    const rota = schedule({
      rotations: [
        { name: 'r', userIds: ['li', 'wang'], startDate: '2026-07-01', handOffMin: 5, turnDays: 1 },
      ],
      overrides: [{ id: 'o', userId: 'sun', fromMs: minuteMs(20), toMs: minuteMs(30) }],
    });
    const settings = threeSteps({
      schedules: [rota],
      policies: [policy([['@rota', 600]], { repeats: 3 })],
    });
    // Before the first hand-off nobody is on call: tried again each minute, said once.
    const t = new AlertTimeline({ settings }).raise(0);
    expect(told(t, 40)).toEqual([
      '@5:02 li opened',
      '@15:02 li escalated',
      '@25:02 sun escalated',
      '@35:02 li escalated',
    ]);
    expect(t.entries.filter((entry) => entry.includes('skipped'))).toEqual([
      '@0:02 step-skipped 1 schedule-empty rota',
    ]);
  });
});

describe('a step with nobody to tell', () => {
  it.each([
    { what: 'no target', first: '', reason: 'no-target' },
    { what: 'unknown person', first: 'gone', reason: 'person-missing gone' },
    { what: 'disabled person', first: 'off', reason: 'person-disabled off' },
    { what: 'no contact point', first: 'mute', reason: 'person-unreachable mute' },
    { what: 'unknown schedule', first: '@gone', reason: 'schedule-missing gone' },
  ])('is skipped at once: $what', ({ first, reason }) => {
    const settings = threeSteps({
      policies: [
        policy([
          [first, 600],
          ['wang', 600],
        ]),
      ],
    });
    const people = [person('off', { enabled: false }), person('mute'), person('wang')];
    const t = new AlertTimeline({ settings, people }).raise(0);
    expect(told(t, 5)).toEqual(['@0:02 wang opened']);
    expect(t.entries).toEqual([`@0:02 step-skipped 1 ${reason}`, '@0:02 escalated 2 1 wang']);
  });

  it('is told as soon as someone can be reached', () => {
    const t = new AlertTimeline({ people: [] }).raise(0).configure(7.5, {}, [person('li')]);
    expect(told(t, 9)).toEqual(['@8:02 li opened']);
    expect(t.entries.filter((entry) => entry.includes('step-skipped'))).toHaveLength(3);
  });
});

describe('the end', () => {
  it('is told to whoever was told, once', () => {
    const t = new AlertTimeline().raise(0).resolve(11).change(12, { assignee: 'sun' });
    expect(told(t, 60)).toEqual([
      '@0:02 li opened',
      '@10:02 wang escalated',
      '@11:00 li resolved',
      '@11:00 wang resolved',
    ]);
  });

  it.each([
    { what: 'before anyone was told', t: new AlertTimeline().raise(0).resolve(0.01) },
    {
      what: 'of a suppressed one',
      t: new AlertTimeline({ settings: threeSteps({ silences: [silence()] }) }).raise(0).resolve(9),
    },
  ])('is told to nobody $what', ({ t }) => {
    expect(told(t, 60)).toEqual([]);
  });

  it('is told under a silence as well, and not of what was merged', () => {
    const silenced = new AlertTimeline()
      .raise(0)
      .configure(2, { silences: [silence()] })
      .resolve(5);
    expect(told(silenced, 60)).toEqual(['@0:02 li opened', '@5:00 li resolved']);
    const merged = new AlertTimeline().raise(0).resolve(5, { resolvedBy: 'merge', mergedInto: 'I2' });
    expect(told(merged, 60)).toEqual(['@0:02 li opened']);
  });

  it('coming back is told again from the first step, and its end again', () => {
    const t = new AlertTimeline().raise(0).resolve(11).reopen(13).resolve(15);
    expect(told(t, 60).slice(4)).toEqual(['@13:02 li reopened', '@15:00 li resolved']);
  });
});

describe('getting worse', () => {
  it('is told once a severity to the current step', () => {
    const t = new AlertTimeline().raise(0, 'mild').severity(5, 'serious').severity(6, 'mild');
    t.severity(7, 'serious').severity(13, 'severe').severity(14, 'mild').severity(15, 'severe');
    expect(told(t, 16)).toEqual([
      '@1:00 li opened',
      '@5:00 li worsened',
      '@11:00 wang escalated',
      '@13:00 wang worsened',
    ]);
  });

  it('is told after someone acknowledged, to them as well', () => {
    const t = new AlertTimeline().raise(0, 'serious').acknowledge(3, 'zhao').severity(5, 'severe');
    expect(told(t.severity(6, 'serious').severity(7, 'severe'), 60)).toEqual([
      '@0:02 li opened',
      '@5:00 zhao worsened',
      '@5:00 li worsened',
    ]);
  });

  it('goes by the route of the worse one', () => {
    const settings = threeSteps({
      routes: [
        route({ id: 'R0', order: 0, match: { severityMin: 'severe' }, policyId: 'P2' }),
        route({ mildToDigest: true }),
      ],
      policies: [policy([['li', 600]]), policy([['li,sun', 600]], { id: 'P2' })],
    });
    const t = new AlertTimeline({ settings }).raise(0, 'serious').severity(5, 'severe');
    expect(told(t, 8)).toEqual(['@0:02 li opened', '@5:00 li worsened', '@5:00 sun opened']);
  });
});

describe('mild ones', () => {
  const settings = threeSteps({ routes: [route({ mildToDigest: true })] });

  it('are gathered, and told when they get worse', () => {
    const t = new AlertTimeline({ settings }).raise(0, 'mild');
    expect(told(t, 60)).toEqual(['@1:00 li (digest)']);
    expect(told(t.severity(61, 'serious'), 72)).toEqual([
      '@1:00 li (digest)',
      '@61:00 li opened',
      '@71:00 wang escalated',
    ]);
  });

  it('end without a word', () => {
    expect(told(new AlertTimeline({ settings }).raise(0, 'mild').resolve(5), 60)).toEqual([
      '@1:00 li (digest)',
    ]);
  });

  it('are told one by one in a season that says so, by its policy and pace', () => {
    const season = {
      id: 'summer',
      version: 1,
      name: 'summer',
      fromDay: '06-15',
      toDay: '08-31',
      waitFactor: 0.5,
      policyInstead: { P1: 'P2' },
      tellMild: true,
    };
    const policies = [
      policy([['li', 600]]),
      policy(
        [
          ['sun', 600],
          ['wang', 600],
        ],
        { id: 'P2' },
      ),
    ];
    const summer = new AlertTimeline({ settings: { ...settings, policies, seasons: [season] } });
    expect(told(summer.raise(0, 'mild'), 9)).toEqual(['@1:00 sun opened', '@6:00 wang escalated']);
    const winter = { ...season, fromDay: '12-01', toDay: '02-28' };
    const off = new AlertTimeline({ settings: { ...settings, policies, seasons: [winter] } });
    expect(told(off.raise(0, 'mild'), 9)).toEqual(['@1:00 li (digest)']);
  });
});

describe('quiet hours', () => {
  const quiet = {
    id: 'li',
    version: 1,
    timeZone: 'UTC',
    quietHours: { fromMin: 0, toMin: 30, weekdays: [] },
  };
  const settings = threeSteps({ people: [quiet] });

  it.each([
    { severity: 'serious' as const, want: ['@0:02 li (digest)', '@10:02 wang escalated'] },
    { severity: 'severe' as const, want: ['@0:02 li opened', '@10:02 wang escalated'] },
  ])('$severity', ({ severity, want }) => {
    expect(told(new AlertTimeline({ settings }).raise(0, severity), 15)).toEqual(want);
  });

  it('are over when they are over', () => {
    expect(told(new AlertTimeline({ settings }).raise(30, 'serious'), 35)).toEqual(['@30:02 li opened']);
  });
});

describe('what is suppressed', () => {
  it('is told when the silence ends and it still lasts', () => {
    const t = new AlertTimeline({ settings: threeSteps({ silences: [silence()] }) }).raise(5);
    expect(told(t, 71)).toEqual(['@60:00 li opened', '@70:00 wang escalated']);
    expect(t.entries.slice(0, 2)).toEqual([
      '@5:00 suppressed silence S1 meter test',
      '@60:00 unsuppressed silence S1 meter test',
    ]);
  });

  it('is told after the planned outage and its grace when it is still low', () => {
    const settings = threeSteps({ outages: [outage({ feederIds: ['F1'] })] });
    expect(told(new AlertTimeline({ settings }).raise(5), 135)).toEqual(['@130:00 li opened']);
    expect(told(new AlertTimeline({ settings }).raise(5).resolve(125), 200)).toEqual([]);
  });

  it('is muted by the feeder that is down, found before the first message', () => {
    const t = new AlertTimeline();
    t.raise(0, 'serious', { condition: 'no-data', members: [member('T1', { condition: 'no-data' })] });
    const out = ['T2', 'T3', 'T4'].map((id) => member(id, { condition: 'outage' }));
    t.others = [incident({ id: 'I2', number: 2, members: out })];
    expect(told(t, 60)).toEqual([]);
    t.others = [];
    expect(told(t, 61)).toEqual(['@60:01 li opened']);
  });

  it('shows a silence made meanwhile, and stops the escalation under it', () => {
    const t = new AlertTimeline().raise(0).configure(5, { silences: [silence({ toMs: minuteMs(30) })] });
    expect(told(t, 35)).toEqual(['@0:02 li opened', '@30:00 li opened']);
    expect(t.entries).toContain('@5:01 suppressed silence S1 meter test');
  });

  it('is told when a snooze runs out: from the first step, or to whoever acknowledged', () => {
    expect(told(new AlertTimeline().raise(0).snooze(5, 65), 66)).toEqual([
      '@0:02 li opened',
      '@65:00 li opened',
    ]);
    const acknowledged = new AlertTimeline().raise(0).acknowledge(4, 'sun').snooze(5, 65);
    expect(told(acknowledged, 120)).toEqual(['@0:02 li opened', '@65:00 sun opened']);
    const ended = new AlertTimeline().raise(0).acknowledge(4, 'sun').snooze(5, 65);
    expect(told(ended.change(9, { snoozedUntilMs: null }), 120)).toEqual(['@0:02 li opened']);
  });

  it('is told what got worse of an acknowledged one meanwhile', () => {
    const t = new AlertTimeline()
      .raise(0, 'serious')
      .acknowledge(3, 'li')
      .snooze(4, 30)
      .severity(9, 'severe');
    expect(told(t, 60)).toEqual(['@0:02 li opened', '@30:00 li opened']);
  });

  it('and what has no route is shown so, until there is one', () => {
    const t = new AlertTimeline({ settings: threeSteps({ routes: [] }) }).raise(0);
    t.configure(10, { routes: [route({ policyId: 'gone' })] }).configure(20, { routes: [route()] });
    expect(told(t, 21)).toEqual(['@20:01 li opened']);
    expect(t.entries[0]).toBe('@0:00 suppressed no-route no-route');
  });
});
