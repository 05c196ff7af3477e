import { describe, expect, it } from 'vitest';
import { MINUTE_MS, START_MS } from '../timeline.ts';
import { BookRig, cleared, event, feedersOf, out } from './bookRig.ts';

describe('the life of an incident', () => {
  it('opens, worsens, recovers', () => {
    const rig = new BookRig(feedersOf(3));
    rig.step(60, event('F1-1', 0));
    expect(rig.only).toMatchObject({
      number: 1,
      version: 1,
      state: 'open',
      severity: 'mild',
      condition: 'under-voltage',
      feederId: 'F1',
      areaIds: ['A1'],
      org: 'org',
      customers: 10,
      worstV: 190,
      limitV: 198,
      startedMs: START_MS,
      openedMs: START_MS + 60 * MINUTE_MS,
    });
    const { id } = rig.only;
    rig.step(75, event('F1-1', 70, { kind: 'changed', severity: 'severe', valueV: 170, limitV: 176 }));
    expect(rig.only).toMatchObject({ version: 2, severity: 'severe', worstV: 170, limitV: 176 });
    rig.step(90, event('F1-1', 80, { kind: 'changed', severity: 'mild', valueV: 192 }));
    expect(rig.only).toMatchObject({ severity: 'mild', peakSeverity: 'severe', worstV: 170 });
    rig.step(120, cleared(event('F1-1', 0), 100));
    expect(rig.book.active()).toEqual([]);
    expect(rig.book.get(id)).toMatchObject({ state: 'resolved', resolvedBy: 'recovery', version: 4 });
    expect(rig.kinds(id)).toEqual(['opened', 'cause', 'severity', 'severity', 'member-cleared', 'resolved']);
  });

  it('low voltage that becomes an outage is the same incident', () => {
    const rig = new BookRig(feedersOf(3));
    rig.step(60, event('F1-1', 0));
    const { id } = rig.only;
    rig.step(80, { ...cleared(event('F1-1', 0), 75), endedBy: 'outage' }, out('F1-1', 75));
    expect(rig.only).toMatchObject({ id, condition: 'outage', severity: 'severe', worstV: 0 });
    rig.step(95, event('F1-1', 80, { condition: 'overload', phase: null, valueV: null, limitV: null }));
    expect(rig.only.id).toBe(id);
  });

  it('changes nothing before it is applied, nor when the same comes twice', () => {
    const rig = new BookRig(feedersOf(3));
    rig.book.step([event('F1-1', 0)], rig.evidence, START_MS, rig.newId);
    expect(rig.book.active()).toEqual([]);
    rig.step(60, event('F1-1', 0), event('F1-1', 0));
    expect(rig.step(61, event('F1-1', 0)).incidents).toEqual([]);
    expect(rig.only).toMatchObject({ version: 1, members: [{ clearedMs: null }] });
    const worse = event('F1-1', 30, { kind: 'changed', severity: 'severe' });
    const end = cleared(event('F1-1', 0), 90);
    rig.step(95, worse, end);
    expect(rig.step(96, event('F1-1', 0), worse, end)).toEqual({ before: [], incidents: [], timeline: [] });
  });

  it('reopens within the window instead of flapping, unacknowledged; later it is another', () => {
    const rig = new BookRig(feedersOf(3));
    rig.step(60, event('F1-1', 0));
    const { id } = rig.only;
    rig.act(61, id, 1, { kind: 'acknowledge' });
    rig.step(100, cleared(event('F1-1', 0), 85));
    rig.step(110, event('F1-1', 105, { severity: 'serious' }));
    expect(rig.only).toMatchObject({
      id,
      state: 'open',
      acknowledgedBy: null,
      reopened: 1,
      resolvedMs: null,
    });
    rig.step(130, cleared(event('F1-1', 105), 125));
    rig.tick(146);
    rig.step(150, event('F1-1', 147));
    expect(rig.only.id).not.toBe(id);
    expect(rig.only.number).toBe(2);
  });

  it('closed by hand while it lasts, opens again only for what is worse or new', () => {
    const rig = new BookRig(feedersOf(3));
    rig.step(60, event('F1-1', 0));
    const { id } = rig.only;
    expect(rig.act(61, id, 1, { kind: 'resolve', text: 'known' })).toBe('done');
    rig.step(65, event('F1-1', 62, { kind: 'changed', severity: 'mild' }));
    rig.tick(600);
    rig.step(601, event('F1-1', 600, { kind: 'changed', severity: 'mild' }));
    expect(rig.book.active()).toEqual([]);
    rig.step(610, event('F1-1', 605, { kind: 'changed', severity: 'serious' }));
    expect(rig.only).toMatchObject({ id, severity: 'serious', reopened: 1 });
    rig.act(611, id, null, { kind: 'resolve', text: null });
    rig.step(700, cleared(event('F1-1', 0), 690));
    rig.step(800, event('F1-1', 790));
    expect(rig.only.id).not.toBe(id);
  });
});

describe('commands', () => {
  const opened = () => {
    const rig = new BookRig(feedersOf(4));
    rig.step(60, event('F1-1', 0));
    return { rig, id: rig.only.id };
  };

  it('two engineers press at once: one wins, the other is told', () => {
    const { rig, id } = opened();
    expect(rig.act(61, id, 1, { kind: 'acknowledge' }, 'li')).toBe('done');
    expect(rig.act(61, id, 1, { kind: 'acknowledge' }, 'wang')).toBe('conflict');
    expect(rig.only).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'li', version: 2 });
    expect(rig.act(62, id, 1, { kind: 'comment', text: 'on my way' }, 'wang')).toBe('done');
    expect(rig.act(62, 'nobody', 1, { kind: 'acknowledge' })).toBe('not-found');
    expect(rig.act(63, id, null, { kind: 'acknowledge' })).toBe('acknowledged');
  });

  it('what the program noted meanwhile does not stand in the way of an acknowledgement, but of all else', () => {
    const { rig, id } = opened();
    rig.step(62, event('F1-1', 61, { kind: 'changed', severity: 'severe' }));
    expect(rig.only.version).toBe(2);
    expect(rig.act(63, id, 1, { kind: 'resolve', text: null })).toBe('conflict');
    expect(rig.act(63, id, 1, { kind: 'acknowledge' }, 'li')).toBe('done');
    expect(rig.act(63, id, 2, { kind: 'acknowledge' }, 'wang')).toBe('conflict');
    expect(rig.only).toMatchObject({ severity: 'severe', acknowledgedBy: 'li', version: 3 });
  });

  it('snooze ends by time, by hand, and when it gets worse', () => {
    const { rig, id } = opened();
    const untilMs = START_MS + 100 * MINUTE_MS;
    expect(rig.act(61, id, 1, { kind: 'unsnooze' })).toBe('not-snoozed');
    expect(rig.act(61, id, 1, { kind: 'snooze', untilMs: START_MS })).toBe('past');
    rig.act(61, id, 1, { kind: 'snooze', untilMs });
    rig.tick(99);
    expect(rig.only.snoozedUntilMs).toBe(untilMs);
    rig.tick(100);
    expect(rig.only.snoozedUntilMs).toBeNull();
    rig.act(101, id, null, { kind: 'snooze', untilMs: START_MS + 300 * MINUTE_MS });
    rig.step(102, event('F1-1', 101, { kind: 'changed', severity: 'severe' }));
    expect(rig.only.snoozedUntilMs).toBeNull();
    expect(rig.timeline.filter((e) => e.kind === 'unsnoozed').map((e) => e.body['reason'])).toEqual([
      'over',
      'worse',
    ]);
  });

  it('assigns, comments after the end, and refuses the rest then', () => {
    const { rig, id } = opened();
    expect(rig.act(61, id, 1, { kind: 'assign', userId: 'wang' })).toBe('done');
    expect(rig.only.assignee).toBe('wang');
    expect(rig.act(61, id, null, { kind: 'comment', text: '  ' })).toBe('empty');
    rig.step(90, cleared(event('F1-1', 0), 80));
    expect(rig.act(91, id, null, { kind: 'comment', text: 'fuse replaced' })).toBe('done');
    expect(rig.act(91, id, null, { kind: 'acknowledge' })).toBe('resolved');
  });

  it('merges and splits by hand', () => {
    const rig = new BookRig(feedersOf(2, 2));
    rig.step(1, out('F1-1', 0));
    rig.step(61, out('F2-1', 60));
    const [first, second] = rig.book.active();
    expect(rig.act(62, second!.id, 1, { kind: 'merge', intoId: first!.id })).toBe('done');
    expect(rig.only).toMatchObject({ id: first!.id, customers: 20, version: 2 });
    expect(rig.book.get(second!.id)).toMatchObject({
      state: 'resolved',
      resolvedBy: 'merge',
      mergedInto: first!.id,
    });
    expect(rig.act(63, first!.id, 2, { kind: 'split', transformerIds: ['F1-1', 'F2-1'] })).toBe('everything');
    expect(rig.act(63, first!.id, 2, { kind: 'split', transformerIds: ['F2-1'] })).toBe('done');
    expect(rig.groups).toEqual(['F1-1', 'F2-1']);
    rig.tick(64);
    rig.step(65, out('F2-1', 60), out('F1-1', 0));
    expect(rig.groups).toEqual(['F1-1', 'F2-1']);
    rig.step(70, cleared(out('F2-1', 60), 69));
    expect(rig.groups).toEqual(['F1-1']);
  });
});
