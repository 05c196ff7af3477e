import { describe, expect, it } from 'vitest';
import { BookRig, cleared, event, feedersOf, out } from './bookRig.ts';

describe('grouping', () => {
  it('what falls together on a feeder is one incident; the other feeder has its own', () => {
    const rig = new BookRig(feedersOf(4, 4));
    rig.step(1, out('F1-1', 0), out('F2-3', 0), out('F2-4', 0), out('F1-2', 1), out('F1-4', 0));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-4', 'F2-3 F2-4']);
    const [group] = rig.book.active();
    expect(group).toMatchObject({ cause: { kind: 'upstream' }, feederId: 'F1', customers: 30 });
    expect(rig.timeline.find((e) => e.kind === 'opened')?.body).toMatchObject({
      count: 3,
      names: 'F1-1, F1-4, F1-2',
    });
  });

  it('who fell hours before stands alone', () => {
    const rig = new BookRig(feedersOf(4));
    rig.step(61, event('F1-1', 0));
    rig.step(241, event('F1-2', 240), event('F1-3', 240), event('F1-4', 241));
    expect(rig.groups).toEqual(['F1-1', 'F1-2 F1-3 F1-4']);
  });

  it('two are merged when a third shows that they are one', () => {
    const rig = new BookRig(feedersOf(4));
    rig.step(1, out('F1-1', 0));
    rig.step(31, out('F1-2', 30));
    expect(rig.groups).toEqual(['F1-1', 'F1-2']);
    const [first, second] = rig.book.active();
    rig.step(32, out('F1-3', 15));
    expect(rig.only.id).toBe(first!.id);
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3']);
    expect(rig.book.get(second!.id)).toMatchObject({ state: 'resolved', mergedInto: first!.id });
    expect(rig.kinds(second!.id)).toContain('merged');
  });

  it('silence behind a feeder that is out belongs to the outage; silence elsewhere is communication', () => {
    const rig = new BookRig(feedersOf(4, 4));
    rig.step(1, out('F1-1', 0), out('F1-2', 0), out('F1-3', 0));
    const silent = (id: string) => event(id, 30, { condition: 'no-data', phase: null, severity: null });
    rig.step(60, silent('F1-3'), silent('F1-4'), silent('F2-1'));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3 F1-4', 'F2-1']);
    expect(rig.book.active()[1]!.cause.kind).toBe('communication');
    rig.step(70, cleared(silent('F2-1'), 69));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3 F1-4']);
  });

  it('one that is registered on another feeder joins those with which it fell', () => {
    const rig = new BookRig(feedersOf(4, 4));
    rig.step(1, out('F1-1', 0), out('F1-2', 0), out('F1-3', 0), out('F2-1', 0));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3 F2-1']);
    expect(rig.only.feederId).toBe('F1');
    rig.step(200, out('F2-2', 199));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3 F2-1', 'F2-2']);
  });

  it('stays where it is when its own feeder is in trouble too', () => {
    const rig = new BookRig(feedersOf(4, 4));
    rig.values.set('F2-2', { uaV: 190, ubV: 190, ucV: 190 });
    rig.step(1, out('F1-1', 0), out('F1-2', 0), out('F1-3', 0), out('F2-1', 0));
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3', 'F2-1']);
  });

  it('a trouble that one of them had before goes into the new incident, which is told', () => {
    const rig = new BookRig(feedersOf(4));
    rig.step(1, event('F1-1', 0, { condition: 'overload', phase: null, valueV: null, limitV: null }));
    const { id } = rig.only;
    rig.act(2, id, null, { kind: 'acknowledge' });
    rig.step(200, out('F1-1', 199), out('F1-2', 199), out('F1-3', 199));
    expect(rig.only).toMatchObject({
      number: 2,
      state: 'open',
      severity: 'severe',
      cause: { kind: 'upstream' },
    });
    expect(rig.book.get(id)).toMatchObject({ mergedInto: rig.only.id });
    expect(rig.groups).toEqual(['F1-1 F1-2 F1-3']);
  });

  it('20,000 outages at once are one incident a feeder where substations differ', () => {
    const model = feedersOf(...Array.from({ length: 400 }, () => 50));
    model.feeders.forEach((feeder, f) => (feeder.substationId = `S${f}`));
    const rig = new BookRig(model);
    const events = rig.model.transformers.map((t) => out(t.id, 0));
    const change = rig.step(1, ...events);
    expect(change.incidents).toHaveLength(400);
    expect(change.incidents.reduce((sum, i) => sum + i.members.length, 0)).toBe(20_000);
    expect(change.timeline).toHaveLength(800);
    expect(rig.step(2, ...events).incidents).toEqual([]);
    rig.step(20, ...events.map((e) => cleared(e, 19)));
    expect(rig.book.active()).toEqual([]);
  });

  it('goes on after a restart as it would have without one', () => {
    const rig = new BookRig(feedersOf(4));
    rig.step(61, event('F1-1', 0, { condition: 'overload', phase: null, valueV: null, limitV: null }));
    rig.restart();
    rig.step(200, out('F1-1', 199), out('F1-2', 199), out('F1-3', 199));
    expect(rig.only).toMatchObject({ number: 2, cause: { kind: 'upstream' } });
  });
});
