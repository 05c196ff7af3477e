import { describe, expect, it } from 'vitest';
import type { GridModel } from '../../../server/core/grid.ts';
import { suppressionsOf } from '../../../server/core/incident/suppress.ts';
import { matches } from '../../../server/core/incident/match.ts';
import { placeNames } from '../../../server/core/gridNames.ts';
import { BookRig, cleared, event, feedersOf, out } from './bookRig.ts';
import { incident, member, settingsOf } from './incidents.ts';

/** Feeders of four transformers each; `stations` names the substation of each. */
function stationsOf(stations: string): GridModel {
  const model = feedersOf(...Array.from(stations, () => 4));
  model.feeders.forEach((feeder, f) => {
    feeder.substationId = stations[f]!;
    feeder.substationName = `Station ${stations[f]!}`;
  });
  return model;
}

const feederOut = (feeder: number, minute: number, count = 4) =>
  Array.from({ length: count }, (_, i) => out(`F${feeder}-${i + 1}`, minute));

/** Feeders of each active incident. */
const feedersOfEach = (rig: BookRig): string[] =>
  rig.book
    .active()
    .map(({ members }) => [...new Set(members.map((m) => m.transformerId.split('-')[0]))].sort().join(' '))
    .sort();

describe('a dead substation', () => {
  it.each<{ what: string; stations: string; outs: [feeder: number, minute: number][]; want: string[] }>([
    {
      what: 'all of two feeders',
      stations: 'SS',
      outs: [
        [1, 0],
        [2, 0],
      ],
      want: ['F1 F2'],
    },
    {
      what: 'two of three',
      stations: 'SSS',
      outs: [
        [1, 0],
        [3, 1],
      ],
      want: ['F1 F3'],
    },
    { what: 'one of two', stations: 'SS', outs: [[1, 0]], want: ['F1'] },
    {
      what: 'two of four',
      stations: 'SSSS',
      outs: [
        [1, 0],
        [2, 0],
      ],
      want: ['F1', 'F2'],
    },
    {
      what: 'the only feeder',
      stations: 'SR',
      outs: [
        [1, 0],
        [2, 0],
      ],
      want: ['F1', 'F2'],
    },
    {
      what: 'two substations',
      stations: 'SSRR',
      outs: [
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 0],
      ],
      want: ['F1 F2', 'F3 F4'],
    },
    {
      what: 'one after the other',
      stations: 'SS',
      outs: [
        [1, 0],
        [2, 18],
      ],
      want: ['F1', 'F2'],
    },
    {
      what: 'within the window',
      stations: 'SS',
      outs: [
        [1, 0],
        [2, 16],
      ],
      want: ['F1 F2'],
    },
  ])('$what', ({ stations, outs, want }) => {
    const rig = new BookRig(stationsOf(stations));
    rig.step(20, ...outs.flatMap(([feeder, minute]) => feederOut(feeder, minute)));
    expect(feedersOfEach(rig)).toEqual(want);
  });

  it('does not take a feeder along of which only some are out', () => {
    const rig = new BookRig(stationsOf('SS'));
    rig.step(1, ...feederOut(1, 0), ...feederOut(2, 0, 2));
    expect(feedersOfEach(rig)).toEqual(['F1', 'F2']);
  });

  it('says so: place, cause with its numbers, why they were merged', () => {
    const rig = new BookRig(stationsOf('SSS'));
    rig.step(1, ...feederOut(1, 0));
    const [first] = rig.book.active();
    rig.act(2, first!.id, null, { kind: 'comment', text: 'looking' });
    rig.step(3, ...feederOut(2, 1));
    const dead = rig.only;
    expect(dead).toMatchObject({
      id: first!.id,
      feederId: null,
      station: { id: 'S', feederIds: ['F1', 'F2'] },
      cause: { kind: 'upstream' },
      customers: 80,
    });
    expect(dead.cause.evidence.slice(0, 2)).toMatchObject([
      { code: 'station-out', values: { out: 2, total: 3 } },
      { code: 'fell-together', values: { count: 8, total: 8 } },
    ]);
    expect(placeNames(rig.model, dead)).toEqual({ zh: 'Station S', en: 'Station S' });
    rig.step(4, ...feederOut(3, 2));
    expect(rig.only.station?.feederIds).toEqual(['F1', 'F2', 'F3']);
    expect(rig.only.id).toBe(first!.id);
    rig.step(60, ...[1, 2, 3].flatMap((f) => feederOut(f, f - 1)).map((raised) => cleared(raised, 50)));
    expect(rig.book.active()).toEqual([]);
  });

  it('tells of two incidents that were open why they are one', () => {
    const rig = new BookRig(stationsOf('SSSS'));
    rig.step(1, ...feederOut(1, 0));
    rig.step(2, ...feederOut(2, 1));
    expect(rig.book.active()).toHaveLength(2);
    rig.step(3, ...feederOut(3, 1));
    expect(feedersOfEach(rig)).toEqual(['F1 F2 F3']);
    const merged = rig.timeline.filter(({ kind }) => kind === 'merged').map(({ body }) => body['reason']);
    expect(merged).toEqual(['station-out', 'station-out']);
  });

  it('leaves alone what a person set apart', () => {
    const rig = new BookRig(stationsOf('SS'));
    rig.step(1, ...feederOut(1, 0), ...feederOut(2, 0));
    const transformerIds = ['F2-1', 'F2-2', 'F2-3', 'F2-4'];
    expect(rig.act(2, rig.only.id, null, { kind: 'split', transformerIds })).toBe('done');
    rig.tick(10);
    rig.step(11, out('F1-1', 0), out('F2-1', 0));
    expect(feedersOfEach(rig)).toEqual(['F1', 'F2']);
  });

  it('is matched by the routes of its feeders, and mutes the silence behind each of them', () => {
    const members = ['F1-1', 'F1-2', 'F2-1'].map((id) => member(id, { condition: 'outage' }));
    const dead = incident({
      id: 'I9',
      number: 9,
      feederId: null,
      station: { id: 'S', feederIds: ['F1', 'F2'] },
      cause: { kind: 'upstream', confidence: 0.9, evidence: [] },
      members,
    });
    expect(matches({ feederIds: ['F2'] }, dead)).toBe(true);
    expect(matches({ feederIds: ['F3'] }, dead)).toBe(false);
    const silent = (id: string) =>
      incident({ feederId: id.slice(0, 2), members: [member(id, { condition: 'no-data' })] });
    const why = (id: string) =>
      suppressionsOf(silent(id), {
        settings: settingsOf(),
        active: [dead],
        nowMs: 0,
        feederOf: (transformerId) => transformerId.slice(0, 2),
      }).map(({ kind }) => kind);
    expect(why('F2-4')).toEqual(['inhibition']);
    expect(why('F3-1')).toEqual([]);
  });
});

describe('incidents that turn out to be one', () => {
  /** Sags that each looked like an overload of its own. */
  function ownSags(rig: BookRig, minute: number, ...ids: string[]): void {
    for (const id of ids) rig.values.set(id, { uaV: 190, ubV: 191, ucV: 190, loadPct: 110 });
    rig.step(minute, ...ids.map((id) => event(id, minute - 60)));
  }

  it('a sag whose transformer is silent behind a feeder that went out is part of the outage', () => {
    const rig = new BookRig(stationsOf('S'));
    ownSags(rig, 60, 'F1-4');
    const sag = rig.only;
    rig.values.set('F1-4', { uaV: NaN, ubV: NaN, ucV: NaN, hasData: false });
    for (const i of [1, 2, 3]) rig.values.set(`F1-${i}`, { uaV: 0, ubV: 0, ucV: 0 });
    rig.step(70, ...feederOut(1, 69, 3));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3', 'F1-4']);
    rig.tick(72);
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3 F1-4']);
    expect(rig.book.get(sag.id)).toMatchObject({
      state: 'resolved',
      resolvedBy: 'merge',
      mergedInto: rig.only.id,
    });
    const bodies = rig.timeline.filter(({ kind }) => kind === 'merged').map(({ body }) => body);
    expect(bodies).toContainEqual(expect.objectContaining({ fromNumber: sag.number, reason: 'feeder-out' }));
    expect(bodies).toContainEqual(
      expect.objectContaining({ intoNumber: rig.only.number, reason: 'feeder-out' }),
    );
    expect(rig.tick(75).incidents).toEqual([]);
  });

  it('a sag that goes on while the feeder is out stays a trouble of its own', () => {
    const rig = new BookRig(stationsOf('S'));
    ownSags(rig, 60, 'F1-4');
    for (const i of [1, 2, 3]) rig.values.set(`F1-${i}`, { uaV: 0, ubV: 0, ucV: 0 });
    rig.step(70, ...feederOut(1, 69, 3));
    rig.tick(72);
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3', 'F1-4']);
  });

  it('sags that were held for overloads are one once so many are low that it is the feeder', () => {
    const rig = new BookRig(stationsOf('S'));
    rig.pastV = () => 225;
    ownSags(rig, 60, 'F1-1');
    ownSags(rig, 70, 'F1-2');
    ownSags(rig, 80, 'F1-3');
    expect(rig.groups).toEqual(['F1-1', 'F1-2', 'F1-3']);
    expect(rig.book.active().map(({ cause }) => cause.kind)).toEqual(['overload', 'overload', 'upstream']);
    for (let minute = 81; minute < 90; minute++) rig.tick(minute);
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3']);
    expect(rig.only).toMatchObject({ number: 1, cause: { kind: 'upstream' } });
    expect(rig.timeline.filter(({ body }) => body['reason'] === 'same-cause')).toHaveLength(4);
    expect(rig.only.cause.evidence[0]).toMatchObject({
      code: 'fell-together',
      values: { count: 3, total: 4 },
    });
  });
});
