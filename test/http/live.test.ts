import { describe, expect, it } from 'vitest';
import type { MapDelta } from '../../server/core/liveView.ts';
import { LiveHub } from '../../server/http/live.ts';
import { incidentOf } from '../fixtures/incidents.ts';
import { fakeDesk } from './fakeDesk.ts';
import { gridModel, handClock, mapDelta, mapSnapshot, transformer } from './deps.ts';

const model = gridModel([transformer('T1')]);

function hubWithSource() {
  let push: (delta: MapDelta) => void = () => undefined;
  let snapshots = 0;
  const { clock, advance } = handClock();
  const hub = new LiveHub(
    {
      snapshot: () => {
        snapshots++;
        return mapSnapshot(model, [0]);
      },
      onDelta: (listener) => {
        push = listener;
        return () => (push = () => undefined);
      },
    },
    clock,
    'run1',
  );
  hub.start();
  return { hub, advance, push: (tsMs: number) => push(mapDelta(tsMs)), snapshots: () => snapshots };
}

/** Reads until `count` events have come; comments and `retry:` lines are passed over. */
async function events(
  stream: ReadableStream<Uint8Array>,
  count: number,
): Promise<{ id: string; event: string }[]> {
  const reader = stream.getReader();
  const seen: { id: string; event: string }[] = [];
  let text = '';
  while (seen.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      if (field('event') !== '') seen.push({ id: field('id'), event: field('event') });
    }
  }
  reader.releaseLock();
  return seen;
}

describe('LiveHub', () => {
  it('sends a snapshot, then deltas in sequence', async () => {
    const { hub, push } = hubWithSource();
    const stream = hub.open(null)!;
    push(1);
    push(2);
    expect(await events(stream, 3)).toEqual([
      { id: 'run1.0', event: 'snapshot' },
      { id: 'run1.1', event: 'delta' },
      { id: 'run1.2', event: 'delta' },
    ]);
  });

  it('resumes after Last-Event-ID with only what was missed', async () => {
    const { hub, push } = hubWithSource();
    push(1);
    push(2);
    push(3);
    expect(await events(hub.open('run1.1')!, 2)).toEqual([
      { id: 'run1.2', event: 'delta' },
      { id: 'run1.3', event: 'delta' },
    ]);
  });

  it.each(['run0.1', 'run1.99', 'garbage', 'run1.-1'])('starts over from a snapshot for %s', async (id) => {
    const { hub, push } = hubWithSource();
    push(1);
    expect((await events(hub.open(id)!, 1))[0]!.event).toBe('snapshot');
  });

  it('starts over when the missed deltas are no longer kept', async () => {
    const { hub, push } = hubWithSource();
    for (let i = 0; i < 100; i++) push(i);
    expect((await events(hub.open('run1.3')!, 1))[0]!.event).toBe('snapshot');
  });

  it('resyncs a slow browser once instead of buffering for it', async () => {
    const { hub, push } = hubWithSource();
    const stream = hub.open(null)!;
    for (let i = 0; i < 500; i++) push(i);
    const seen = await events(stream, 16);
    const kinds = seen.map((e) => e.event);
    expect(kinds.filter((k) => k === 'resync')).toHaveLength(1);
    expect(kinds.length).toBeLessThan(20);
  });

  it('encodes one snapshot for a wall of browsers', () => {
    const { hub, snapshots } = hubWithSource();
    for (let i = 0; i < 50; i++) hub.open(null);
    expect(snapshots()).toBe(1);
    expect(hub.clients).toBe(50);
  });

  it('forgets a browser that left, and ends all streams on stop', async () => {
    const { hub } = hubWithSource();
    const stays = hub.open(null)!;
    const leaves = hub.open(null)!;
    await leaves.cancel();
    expect(hub.clients).toBe(1);
    hub.stop();
    expect(hub.clients).toBe(0);
    expect((await events(stays, 99)).map((e) => e.event)).toEqual(['snapshot']);
  });
});

describe('incidents', () => {
  const told = async (stream: ReadableStream<Uint8Array>, count: number): Promise<unknown[]> => {
    const reader = stream.getReader();
    let text = '';
    const found: unknown[] = [];
    while (found.length < count) {
      text += new TextDecoder().decode((await reader.read()).value);
      found.length = 0;
      for (const [, data] of text.matchAll(/event: incidents\ndata: (.*)\n\n/g)) {
        found.push(JSON.parse(data!));
      }
    }
    return found;
  };

  it('are told twice a second at most, to each what is in sight', async () => {
    const desk = fakeDesk([incidentOf('i1'), incidentOf('far', { areaIds: ['A9'], state: 'acknowledged' })]);
    const { clock, advance } = handClock();
    const live = { snapshot: () => mapSnapshot(model, [0]), onDelta: () => () => undefined };
    const hub = new LiveHub(live, clock, 'run1', desk);
    hub.start();
    const all = hub.open(null)!;
    const some = hub.open(null, ['A1'])!;
    desk.change(incidentOf('i1', { version: 2 }));
    desk.change(incidentOf('i1', { version: 3, state: 'acknowledged' }), incidentOf('t', { isTest: true }));
    advance(499);
    advance(1);
    desk.change(incidentOf('far', { version: 2, areaIds: ['A9'] }));
    advance(500);
    expect(await told(all, 3)).toEqual([
      { open: 2, unacknowledged: 1, changed: [], more: false },
      { open: 2, unacknowledged: 0, changed: [{ id: 'i1', version: 3 }], more: false },
      { open: 2, unacknowledged: 1, changed: [{ id: 'far', version: 2 }], more: false },
    ]);
    expect(await told(some, 3)).toEqual([
      { open: 1, unacknowledged: 1, changed: [], more: false },
      { open: 1, unacknowledged: 0, changed: [{ id: 'i1', version: 3 }], more: false },
      { open: 1, unacknowledged: 0, changed: [], more: false },
    ]);
    hub.stop();
  });
});
