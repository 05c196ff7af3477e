import { describe, expect, it } from 'vitest';
import type { EvidenceNow } from '../../../server/core/incident/gridEvidence.ts';
import { BookRig, event, feedersOf } from './bookRig.ts';

/** A quarter of an hour of yesterday: quiet hours at 226 V. */
const QUIET_V = 226;

function causeFor(values: Partial<EvidenceNow>, over: { quietV?: number; point?: string } = {}) {
  const rig = new BookRig(feedersOf(10));
  rig.values.set('F1-1', values);
  rig.pastV = (id) => (id === 'F1-1' ? (over.quietV ?? QUIET_V) : QUIET_V);
  rig.step(1500, event('F1-1', 1440, { point: over.point ?? 'outlet' }));
  const { kind, evidence } = rig.only.cause;
  return [kind, ...evidence.map((e) => e.code)];
}

describe('causes of one transformer', () => {
  it.each([
    [
      'overload',
      { uaV: 195, ubV: 196, ucV: 196, loadPct: 125, iaA: 180, ibA: 180, icA: 180 },
      {},
      'own-load-explains',
    ],
    ['tap', { uaV: 196, ubV: 197, ucV: 197, loadPct: 40 }, { quietV: 208 }, 'low-at-all-loads'],
    [
      'unbalance',
      { uaV: 192, ubV: 212, ucV: 214, loadPct: 60, iaA: 170, ibA: 40, icA: 30 },
      {},
      'current-unbalance',
    ],
    ['neutral', { uaV: 170, ubV: 235, ucV: 240, loadPct: 25, iaA: 60, ibA: 30, icA: 25 }, {}, 'phase-spread'],
    ['phase-fault', { uaV: 110, ubV: 225, ucV: 226 }, {}, 'phase-dead'],
    ['line', { uaV: 222, ubV: 222, ucV: 222, lowestTailV: 190 }, { point: 'tail-1' }, 'outlet-fine'],
  ])('%s', (kind, values, over, code) => {
    const [said, ...codes] = causeFor(values, over);
    expect(said).toBe(kind);
    expect(codes).toContain(code);
  });
});
