import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../server/core/engine.ts';
import { gridOf, line, MINUTE_MS, readingAt, START_MS, transformer } from './timeline.ts';

const NORMAL = 12;
const LOW = 24;
const READINGS = NORMAL + LOW + NORMAL;

/** Two hours of low voltage between two normal hours, in steps of five minutes, as they would arrive in order. */
function voltageV(index: number): number {
  return index >= NORMAL && index < NORMAL + LOW ? 190 : 220;
}

describe('disorder (R3)', () => {
  it('raises one alarm for one low voltage, however its readings are delayed, repeated or sent again', () => {
    fc.assert(
      fc.property(
        // Each reading arrives up to a quarter of an hour after its turn, some of them twice.
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: READINGS, maxLength: READINGS }),
        fc.array(fc.nat(READINGS - 1), { maxLength: 20 }),
        (delays, repeated) => {
          const inOrder = delays.map((_, index) => index);
          const arrivals = [...inOrder, ...repeated].toSorted((a, b) => a + delays[a]! - (b + delays[b]!));
          const engine = new Engine();
          engine.setGrid(gridOf(transformer('T1')), START_MS);
          const send = (index: number): void => {
            const reading = readingAt(index * 5, { uaV: voltageV(index), intervalS: 300 });
            engine.step(reading, START_MS + READINGS * 5 * MINUTE_MS);
          };
          arrivals.forEach(send);
          const kinds = engine.takeEvents().map((event) => `${event.condition}/${event.phase} ${event.kind}`);
          expect(kinds).toEqual(['under-voltage/a raised', 'under-voltage/a cleared']);
          // The broker sends everything once more.
          inOrder.forEach(send);
          expect(engine.takeEvents().map(line)).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
