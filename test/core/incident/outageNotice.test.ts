import { describe, expect, it } from 'vitest';
import type { GridModel } from '../../../server/core/grid.ts';
import type { Incident } from '../../../server/core/incident/incident.ts';
import { outageNotice } from '../../../server/core/incident/outageNotice.ts';
import type { OutageTransition } from '../../../server/core/incident/outages.ts';
import type { AlertSettings, PlannedOutage } from '../../../server/core/incident/settings.ts';
import { transformer } from '../timeline.ts';
import { incident, minuteMs, outage, person, policy, route, settingsOf } from './incidents.ts';

const PEOPLE = ['li', 'wang', 'zhao'];

/** East is fed by F1, west by F2. */
const grid: GridModel = {
  version: 1,
  areas: [],
  feeders: [],
  transformers: [
    transformer('T1', { areaId: 'east', feederId: 'F1' }),
    transformer('T2', { areaId: 'east', feederId: 'F1' }),
    transformer('T3', { areaId: 'west', feederId: 'F2' }),
  ],
};

/** Li answers for the east, Wang for the west; both policies go on to Zhao. */
const byArea: Partial<AlertSettings> = {
  routes: [
    route({ id: 'R1', order: 1, match: { areaIds: ['east'], severityMin: 'serious' }, policyId: 'PE' }),
    route({ id: 'R2', order: 2, match: { areaIds: ['west'] }, policyId: 'PW', mildToDigest: true }),
  ],
  policies: [
    policy(
      [
        ['li', 60],
        ['zhao', 60],
      ],
      { id: 'PE' },
    ),
    policy(
      [
        ['wang', 60],
        ['zhao', 60],
      ],
      { id: 'PW' },
    ),
  ],
};

function told(
  transition: Omit<OutageTransition, 'outage'>,
  settings: Partial<AlertSettings> = byArea,
  reachable: readonly string[] = PEOPLE,
  active: readonly Incident[] = [],
) {
  const notice = outageNotice(
    { outage: transition.marked, ...transition },
    {
      settings: settingsOf(settings, reachable),
      people: PEOPLE.map((id) => person(id)),
      nowMs: minuteMs(0),
      timeZone: 'UTC',
      active,
      grid,
    },
  );
  return notice && { kind: notice.kind, now: notice.userIds, digest: notice.digest };
}

const checked = (transformerIds: string[], over: Partial<PlannedOutage> = {}) => ({
  kind: 'checked' as const,
  marked: outage({
    feederIds: ['F1'],
    endCheck: { checkedMs: minuteMs(0), transformerIds, incidentIds: ['I1'], backMs: null },
    ...over,
  }),
});

describe('who is told of a planned outage', () => {
  it.each<{ what: string; where: Partial<PlannedOutage>; now: string[] }>([
    { what: 'a feeder of the east', where: { feederIds: ['F1'] }, now: ['li'] },
    { what: 'a transformer of the west', where: { transformerIds: ['T3'] }, now: ['wang'] },
    { what: 'both', where: { feederIds: ['F2'], transformerIds: ['T2'] }, now: ['li', 'wang'] },
    { what: 'what no route is about', where: { feederIds: ['F9'] }, now: [] },
  ])('$what: the first step of its policy', ({ where, now }) => {
    const marked = outage(where);
    expect(told({ kind: 'begins', marked })).toEqual({ kind: 'outage-begins', now, digest: [] });
  });

  it('passes over a step with nobody to tell', () => {
    const begins = { kind: 'begins' as const, marked: outage({ feederIds: ['F1'] }) };
    expect(told(begins, byArea, ['zhao'])?.now).toEqual(['zhao']);
    expect(told(begins, byArea, [])?.now).toEqual([]);
    expect(told(begins, {})?.now).toEqual([]);
  });

  it('tells nobody of marks alone', () => {
    const marked = outage({ feederIds: ['F1'] });
    for (const kind of ['ends', 'passed', 'back'] as const) expect(told({ kind, marked })).toBeNull();
  });

  it('wakes nobody, except for what is not back', () => {
    const asleep = {
      ...byArea,
      people: [
        { id: 'li', version: 1, timeZone: 'UTC', quietHours: { fromMin: 0, toMin: 1_440, weekdays: [] } },
      ],
    };
    const begins = { kind: 'begins' as const, marked: outage({ feederIds: ['F1'] }) };
    expect(told(begins, asleep)).toEqual({ kind: 'outage-begins', now: [], digest: ['li'] });
    expect(told(checked([]), asleep)).toEqual({ kind: 'outage-ended', now: [], digest: ['li'] });
    expect(told(checked(['T1']), asleep)).toEqual({ kind: 'outage-left', now: ['li'], digest: [] });
  });

  it('is as severe as what it left behind', () => {
    const severityOf = (active: readonly Incident[]) =>
      outageNotice(
        { outage: outage(), ...checked(['T1']) },
        { settings: settingsOf(), people: [], nowMs: minuteMs(0), timeZone: 'UTC', active, grid },
      )?.severity;
    expect(severityOf([])).toBe('mild');
    expect(severityOf([incident({ severity: 'serious' }), incident({ id: 'I2' })])).toBe('serious');
  });
});
