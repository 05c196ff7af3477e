import { describe, expect, it } from 'vitest';
import {
  DIGEST_TIMES_MIN,
  digestDue,
  digestItems,
  nextDigestMs,
} from '../../../server/core/incident/digest.ts';
import { rateDecision, tellAfterMs } from '../../../server/core/incident/rate.ts';
import { incident } from './incidents.ts';

describe('a digest', () => {
  it.each([
    { zone: 'Asia/Shanghai', at: '2026-07-01T00:00Z', next: '2026-07-01T12:00Z' },
    { zone: 'Asia/Shanghai', at: '2026-06-30T23:59Z', next: '2026-07-01T00:00Z' },
    { zone: 'Asia/Shanghai', at: '2026-07-01T12:30Z', next: '2026-07-02T00:00Z' },
    { zone: 'Europe/Berlin', at: '2026-03-28T20:00Z', next: '2026-03-29T06:00Z' },
  ])('after $at in $zone is at $next', ({ zone, at, next }) => {
    const nextMs = nextDigestMs(Date.parse(at), zone);
    expect(nextMs).toBe(Date.parse(next));
    expect(digestDue(Date.parse(at), nextMs - 1, zone)).toBe(false);
    expect(digestDue(Date.parse(at), nextMs, zone)).toBe(true);
    expect(nextDigestMs(Date.parse(at), zone, DIGEST_TIMES_MIN.toReversed())).toBe(nextMs);
  });

  it('names each incident once, as it was last, worst first', () => {
    const held = (number: number | null, severity: 'mild' | 'serious', worstV: number) => ({
      number,
      severity,
      worstV,
      place: { zh: '台', en: 'T' },
    });
    const items = digestItems([
      held(3, 'mild', 190),
      held(5, 'serious', 180),
      held(3, 'mild', 188),
      held(null, 'mild', 1),
    ]);
    expect(items.map(({ number, worstV }) => [number, worstV])).toEqual([
      [5, 180],
      [3, 188],
    ]);
    expect(digestItems(Array.from({ length: 80 }, (_, i) => held(i, 'mild', 190)))).toHaveLength(50);
  });
});

describe('pace', () => {
  it.each([
    { severity: 'mild', condition: 'under-voltage', want: 60_000 },
    { severity: 'mild', condition: 'outage', want: 2_000 },
    { severity: 'serious', condition: 'under-voltage', want: 2_000 },
    { severity: 'severe', condition: 'no-data', want: 2_000 },
  ] as const)('$severity $condition waits $want ms for its siblings', ({ severity, condition, want }) => {
    expect(tellAfterMs(incident({ severity, condition }))).toBe(want);
  });

  it.each([
    { sent: 29, severity: 'serious', want: 'send' },
    { sent: 30, severity: 'serious', want: 'hold-to-digest' },
    { sent: 500, severity: 'severe', want: 'send' },
  ] as const)('after $sent in an hour $severity: $want', ({ sent, severity, want }) => {
    expect(rateDecision(sent, 30, severity)).toBe(want);
  });
});
