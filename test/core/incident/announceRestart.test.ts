import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertTimeline, threeSteps } from './alertTimeline.ts';
import { minuteMs, route, silence } from './incidents.ts';

const severities = fc.constantFrom('mild' as const, 'serious' as const, 'severe' as const);
const deed = fc.oneof(
  fc.record({ do: fc.constant('severity' as const), severity: severities }),
  fc.record({ do: fc.constantFrom('acknowledge' as const, 'resolve' as const, 'reopen' as const) }),
  fc.record({ do: fc.constant('snooze' as const), minutes: fc.integer({ min: 1, max: 20 }) }),
);
const life = fc.record({
  first: severities,
  digest: fc.boolean(),
  silenced: fc.boolean(),
  deeds: fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), deed), { maxLength: 7 }),
  restarts: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
});

function live(
  { first, digest, silenced, deeds }: typeof life extends fc.Arbitrary<infer T> ? T : never,
  restartsAt?: (tick: number) => boolean,
): AlertTimeline {
  const settings = threeSteps({
    routes: [route({ mildToDigest: digest })],
    silences: silenced ? [silence({ fromMs: minuteMs(10), toMs: minuteMs(25) })] : [],
  });
  const t = new AlertTimeline(restartsAt === undefined ? { settings } : { settings, restartsAt }).raise(
    0,
    first,
  );
  let minute = 0;
  for (const [wait, what] of deeds) {
    minute += wait;
    t.run(minute);
    const isResolved = t.now!.state === 'resolved';
    if (what.do === 'reopen' && isResolved) t.reopen(minute);
    if (isResolved) continue;
    if (what.do === 'severity') t.severity(minute, what.severity);
    if (what.do === 'acknowledge') t.acknowledge(minute, 'sun');
    if (what.do === 'resolve') t.resolve(minute);
    if (what.do === 'snooze') t.snooze(minute, minute + what.minutes);
  }
  return t.run(minute + 30);
}

describe('any life of an incident', () => {
  it('restarts change nothing of who is told, and nobody hears the end of what they were not told', () => {
    fc.assert(
      fc.property(life, (drawn) => {
        const straight = live(drawn);
        const restarted = live(drawn, (tick) => drawn.restarts[tick % 7]!);
        expect(restarted.lines).toEqual(straight.lines);
        expect(restarted.now).toEqual(straight.now);
        const knows = new Set<string>();
        for (const line of straight.lines) {
          const [, userId, kind] = line.split(' ') as [string, string, string];
          if (kind === 'resolved' && !knows.delete(userId)) throw new Error(`was not told before: ${line}`);
          if (kind !== 'resolved' && kind !== '(digest)') knows.add(userId);
        }
      }),
      { seed: 20260702, numRuns: 60 },
    );
  });
});
