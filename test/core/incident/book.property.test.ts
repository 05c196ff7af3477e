import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionEvent } from '../../../server/core/event.ts';
import { BookRig, cleared, event, feedersOf, out } from './bookRig.ts';

const FEEDERS = [4, 4, 4];
const IDS = feedersOf(...FEEDERS).transformers.map((t) => t.id);
const QUIET = { condition: 'no-data', phase: null, severity: null, valueV: null, limitV: null } as const;

/** Conditions that begin at some minute of four hours, some of which end. */
const history = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(...IDS),
    what: fc.constantFrom('low', 'out', 'quiet', 'heavy'),
    minute: fc.nat(240),
    lastsMin: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null }),
  }),
  { maxLength: 40, selector: ({ id, what }) => `${id} ${what}` },
);
type Told = typeof history extends fc.Arbitrary<infer T> ? T : never;

function raisedOf({ id, what, minute }: Told[number]): ConditionEvent {
  if (what === 'low') return event(id, minute);
  if (what === 'out') return out(id, minute);
  if (what === 'quiet') return event(id, minute, QUIET);
  return event(id, minute, { ...QUIET, condition: 'overload' });
}

const eventsOf = (told: Told): ConditionEvent[] =>
  told.flatMap((t) => {
    const raised = raisedOf(t);
    return t.lastsMin === null ? [raised] : [raised, cleared(raised, t.minute + t.lastsMin)];
  });

/** Open conditions of every active incident. */
function lasting(rig: BookRig): string[] {
  return rig.book
    .active()
    .flatMap((i) => i.members.filter((m) => m.clearedMs === null))
    .map((m) => `${m.transformerId} ${m.condition}`)
    .sort();
}

describe('any history', () => {
  it('every condition that lasts is in one active incident, and no transformer in two of one family', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 7 }), (told, size) => {
        const rig = new BookRig(feedersOf(...FEEDERS));
        const events = eventsOf(told).toSorted((a, b) => a.tsMs - b.tsMs);
        for (let i = 0; i < events.length; i += size) {
          const batch = events.slice(i, i + size);
          rig.step(Math.max(...batch.map((e) => e.tsMs)) / 60_000 - rigStartMin, ...batch);
        }
        const expected = told.filter((t) => t.lastsMin === null).map((t) => raisedOf(t));
        expect(lasting(rig)).toEqual(expected.map((e) => `${e.transformerId} ${e.condition}`).sort());
        for (const id of IDS) {
          const holding = rig.book
            .active()
            .filter((i) =>
              i.members.some((m) => m.transformerId === id && m.clearedMs === null && isSupply(m)),
            );
          expect(holding.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('order within a step and repetition change nothing', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(), { maxLength: 20 }), fc.nat(), (told, again, seed) => {
        const events = eventsOf(told);
        const straight = new BookRig(feedersOf(...FEEDERS));
        straight.step(400, ...events);
        const shuffled = events
          .concat(events.length === 0 ? [] : again.map((n) => events[n % events.length]!))
          .map((e, i) => ({ e, at: Math.imul(i + 1, (seed | 1) * 2_654_435_761) >>> 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ e }) => e);
        const rig = new BookRig(feedersOf(...FEEDERS));
        rig.step(400, ...shuffled);
        expect(rig.groups).toEqual(straight.groups);
        expect(rig.step(400, ...shuffled)).toEqual({ before: [], incidents: [], timeline: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('outages are grouped the same in whatever steps they come', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id: fc.constantFrom(...IDS), minute: fc.nat(120) }), {
          selector: ({ id }) => id,
        }),
        fc.nat(),
        (told, seed) => {
          const events = told.map(({ id, minute }) => out(id, minute));
          // All of them are dark from the start, so that only the order differs.
          const dark = new Map(events.map((e) => [e.transformerId, { uaV: 0, ubV: 0, ucV: 0 }]));
          const straight = new BookRig(feedersOf(...FEEDERS));
          straight.values = dark;
          straight.step(121, ...events);
          const rig = new BookRig(feedersOf(...FEEDERS));
          rig.values = dark;
          const order = events.toSorted((a, b) => mixed(a, seed) - mixed(b, seed));
          for (const one of order) rig.step(121, one);
          expect(rig.groups).toEqual(straight.groups);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const rigStartMin = Date.UTC(2026, 6, 1) / 60_000;

function mixed(e: ConditionEvent, seed: number): number {
  const text = e.transformerId;
  return Math.imul(text.charCodeAt(1) * 31 + text.charCodeAt(3), (seed | 1) * 2_654_435_761) >>> 0;
}

const isSupply = ({ condition }: { condition: string }): boolean => condition !== 'no-data';
