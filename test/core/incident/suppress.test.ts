import { describe, expect, it } from 'vitest';
import type { Incident, IncidentMember } from '../../../server/core/incident/incident.ts';
import { covers, matches } from '../../../server/core/incident/match.ts';
import {
  endCheck,
  NOTICE_DAYS,
  noticeCheck,
  outageTransitions,
} from '../../../server/core/incident/outages.ts';
import type { AlertSettings, Matcher, PlannedOutage } from '../../../server/core/incident/settings.ts';
import { OUTAGE_GRACE_MS, suppressionsOf } from '../../../server/core/incident/suppress.ts';
import { DAY_MS } from '../../../server/core/localTime.ts';
import { incident, member, minuteMs, outage, settingsOf, silence } from './incidents.ts';

function why(
  subject: Incident,
  settings: Partial<AlertSettings>,
  minute: number,
  active: readonly Incident[] = [],
  feederOf?: (id: string) => string | null,
): string[] {
  const context = { settings: settingsOf(settings), active, nowMs: minuteMs(minute) };
  return suppressionsOf(subject, feederOf === undefined ? context : { ...context, feederOf }).map(
    ({ kind, id, reason }) => [kind, id, reason].filter((part) => part !== null && part !== '').join(' '),
  );
}

const mixed = incident({
  areaIds: ['A1', 'A2'],
  members: [member('T1'), member('T2', { condition: 'outage' }), member('T3', { clearedMs: minuteMs(1) })],
});

describe('a matcher', () => {
  it.each<{ match: Matcher; some: boolean; all: boolean }>([
    { match: {}, some: true, all: true },
    { match: { areaIds: [] }, some: true, all: true },
    { match: { areaIds: ['A1'] }, some: true, all: false },
    { match: { areaIds: ['A1', 'A2'] }, some: true, all: true },
    { match: { areaIds: ['A9'] }, some: false, all: false },
    { match: { feederIds: ['F1'] }, some: true, all: true },
    { match: { feederIds: ['F2'] }, some: false, all: false },
    { match: { transformerIds: ['T1'] }, some: true, all: false },
    { match: { transformerIds: ['T1', 'T2'] }, some: true, all: true },
    { match: { transformerIds: ['T3'] }, some: false, all: false },
    { match: { conditions: ['outage'] }, some: true, all: false },
    { match: { conditions: ['outage', 'under-voltage'] }, some: true, all: true },
    { match: { severityMin: 'severe' }, some: true, all: true },
    { match: { importantOnly: true }, some: false, all: false },
    { match: { areaIds: ['A1'], conditions: ['no-data'] }, some: false, all: false },
  ])('$match: some $some, all $all', ({ match, some, all }) => {
    expect({ some: matches(match, mixed), all: covers(match, mixed) }).toEqual({ some, all });
  });

  it('asks for at least a severity, and for important customers', () => {
    expect(matches({ severityMin: 'serious' }, incident({ severity: 'mild' }))).toBe(false);
    expect(matches({ severityMin: 'serious' }, incident({ severity: 'severe' }))).toBe(true);
    expect(matches({ importantOnly: true }, incident({ importantCustomers: 1 }))).toBe(true);
  });
});

describe('a silence', () => {
  it.each([
    { minute: -1, want: [] },
    { minute: 0, want: ['silence S1 meter test'] },
    { minute: 59, want: ['silence S1 meter test'] },
    { minute: 60, want: [] },
  ])('from 0 to 60, at $minute', ({ minute, want }) => {
    expect(why(incident(), { silences: [silence()] }, minute)).toEqual(want);
  });

  it('holds no longer once it was ended, and never a test', () => {
    expect(why(incident(), { silences: [silence({ endedMs: minuteMs(1) })] }, 2)).toEqual([]);
    expect(why(incident({ isTest: true }), { silences: [silence()] }, 2)).toEqual([]);
  });

  it('of one transformer does not hide an incident of two', () => {
    expect(why(mixed, { silences: [silence({ match: { transformerIds: ['T1'] } })] }, 2)).toEqual([]);
  });
});

describe('a planned outage', () => {
  const feederWork = { outages: [outage({ feederIds: ['F1'] })] };
  const of = (over: Partial<IncidentMember>, whole: Partial<Incident> = {}): Incident =>
    incident({ members: [member('T1', { sinceMs: minuteMs(5), ...over })], ...whole });

  it.each<{ what: string; subject: Incident; minute: number; holds: boolean }>([
    { what: 'no supply', subject: of({ condition: 'outage' }), minute: 10, holds: true },
    { what: 'silence', subject: of({ condition: 'no-data' }), minute: 10, holds: true },
    { what: 'a lost phase', subject: of({ condition: 'phase-loss' }), minute: 10, holds: true },
    { what: 'low voltage', subject: of({}), minute: 10, holds: true },
    { what: 'over-voltage', subject: of({ condition: 'over-voltage' }), minute: 10, holds: false },
    { what: 'another feeder', subject: of({}, { feederId: 'F2' }), minute: 10, holds: false },
    {
      what: 'what was low an hour before',
      subject: of({ sinceMs: minuteMs(-60) }),
      minute: 10,
      holds: false,
    },
    { what: 'its end', subject: of({}), minute: 120, holds: true },
    { what: 'the end of the grace', subject: of({}), minute: 120 + OUTAGE_GRACE_MS / 60_000, holds: false },
    { what: 'what began after its end', subject: of({ sinceMs: minuteMs(121) }), minute: 122, holds: false },
  ])('$what at $minute: $holds', ({ subject, minute, holds }) => {
    expect(why(subject, feederWork, minute)).toEqual(holds ? ['planned-outage O1 line work'] : []);
  });

  it('suppresses only when every lasting member is inside', () => {
    const works = { outages: [outage({ transformerIds: ['T1'] })] };
    const two = incident({ feederId: null, members: [member('T1'), member('T2')] });
    expect(why(two, works, 10)).toEqual([]);
    const outsideCleared = { ...two, members: [member('T1'), member('T2', { clearedMs: minuteMs(9) })] };
    expect(why(outsideCleared, works, 10)).toEqual(['planned-outage O1 line work']);
  });

  it('knows the feeders of an incident that spans several', () => {
    const two = incident({ feederId: null, members: [member('T1'), member('T2')] });
    const works = { outages: [outage({ feederIds: ['F1', 'F2'] })] };
    expect(why(two, works, 10)).toEqual([]);
    expect(why(two, works, 10, [], (id) => (id === 'T1' ? 'F1' : 'F2'))).toEqual([
      'planned-outage O1 line work',
    ]);
  });

  it('does nothing once it is cancelled', () => {
    expect(why(of({}), { outages: [outage({ feederIds: ['F1'], cancelledMs: minuteMs(0) })] }, 10)).toEqual(
      [],
    );
  });
});

describe('inhibition', () => {
  const down = (count: number, over: Partial<Incident> = {}): Incident =>
    incident({
      id: 'I9',
      number: 9,
      members: Array.from({ length: count }, (_, i) => member(`T${i}`, { condition: 'outage' })),
      ...over,
    });
  const silent = incident({ members: [member('T7', { condition: 'no-data' })] });

  it.each([
    { what: 'three out', other: down(3), want: ['inhibition I9 #9'] },
    { what: 'two out, cause unknown', other: down(2), want: [] },
    {
      what: 'one out by what is upstream',
      other: down(1, { cause: { kind: 'upstream', confidence: 0.9, evidence: [] } }),
      want: ['inhibition I9 #9'],
    },
    { what: 'another feeder', other: down(3, { feederId: 'F2' }), want: [] },
    { what: 'resolved', other: down(3, { state: 'resolved' }), want: [] },
    { what: 'itself', other: { ...down(3), id: silent.id }, want: [] },
  ])('$what', ({ other, want }) => {
    expect(why(silent, {}, 1, [other])).toEqual(want);
  });

  it('mutes no low voltage', () => {
    expect(why(incident(), {}, 1, [down(5)])).toEqual([]);
  });
});

it('a snooze holds until its time', () => {
  const snoozed = incident({ snoozedUntilMs: minuteMs(30) });
  expect(why(snoozed, {}, 29)).toEqual(['snooze']);
  expect(why(snoozed, {}, 30)).toEqual([]);
});

describe('outages by the calendar', () => {
  it.each([
    { noticedMs: null, want: { ok: false, daysBefore: null } },
    { noticedMs: minuteMs(0) - NOTICE_DAYS * DAY_MS, want: { ok: true, daysBefore: 7 } },
    { noticedMs: minuteMs(0) - 6 * DAY_MS, want: { ok: false, daysBefore: 6 } },
  ])('notice: $want', ({ noticedMs, want }) => {
    expect(noticeCheck(outage({ noticedMs }))).toEqual(want);
  });

  /** Lines `@minute kind` of a timeline; each mark is stored before the next look. */
  function seen(
    outage: PlannedOutage,
    minutes: number[],
    activeAt: (minute: number) => Incident[] = () => [],
  ) {
    let stored = outage;
    const lines: string[] = [];
    for (const minute of minutes) {
      const context = { nowMs: minuteMs(minute), active: activeAt(minute) };
      for (const { kind, marked } of outageTransitions([stored], context)) {
        lines.push(`@${minute} ${kind}`);
        stored = marked;
      }
    }
    return { lines, stored };
  }

  it('announces each beginning and each end once, and looks ten minutes later what is back', () => {
    const { lines, stored } = seen(outage(), [-1, 0, 1, 60, 120, 121, 129, 130, 131, 500]);
    expect(lines).toEqual(['@0 begins', '@120 ends', '@130 checked']);
    expect(stored).toMatchObject({
      startedMs: minuteMs(0),
      endedMs: minuteMs(120),
      endCheck: { checkedMs: minuteMs(130), transformerIds: [], incidentIds: [], backMs: minuteMs(130) },
    });
  });

  it('keeps what was not back, and when it was', () => {
    const works = outage({ feederIds: ['F1'] });
    const dark = (id: string, clearedMs: number | null = null) =>
      member(id, { condition: 'outage', clearedMs });
    const activeAt = (minute: number): Incident[] =>
      minute < 150
        ? [incident({ members: [dark('T1'), dark('T2')] })]
        : minute < 180
          ? [incident({ members: [dark('T1', minuteMs(150)), dark('T2')] })]
          : [incident({ id: 'I7', members: [dark('T9')] })];
    const { lines, stored } = seen(works, [0, 120, 130, 140, 150, 179, 180, 181], activeAt);
    expect(lines).toEqual(['@0 begins', '@120 ends', '@130 checked', '@180 back']);
    expect(stored.endCheck).toEqual({
      checkedMs: minuteMs(130),
      transformerIds: ['T1', 'T2'],
      incidentIds: ['I1'],
      backMs: minuteMs(180),
    });
  });

  it('marks one that passed while nobody looked, and keeps still about a cancelled one', () => {
    expect(seen(outage(), [500, 510]).lines).toEqual(['@500 passed', '@510 checked']);
    expect(seen(outage({ cancelledMs: 1 }), [0, 120, 130]).lines).toEqual([]);
  });

  it('does not come back to what was over long ago', () => {
    const twoDays = 2 * 1_440;
    expect(seen(outage(), [twoDays, twoDays + 10, twoDays + 60]).lines).toEqual([`@${twoDays} passed`]);
    const ended = outage({ startedMs: minuteMs(0), endedMs: minuteMs(120) });
    expect(seen(ended, [twoDays]).lines).toEqual([]);
  });

  it('names what is still low after the end', () => {
    const works = outage({ feederIds: ['F1'] });
    const low = incident({
      members: [member('T1'), member('T2', { clearedMs: minuteMs(100) }), member('T3')],
    });
    const elsewhere = incident({ id: 'I2', feederId: 'F2' });
    expect(endCheck(works, [low, elsewhere], minuteMs(119))).toEqual({ transformerIds: [], incidentIds: [] });
    expect(endCheck(works, [low, elsewhere], minuteMs(120))).toEqual({
      transformerIds: ['T1', 'T3'],
      incidentIds: ['I1'],
    });
  });
});
