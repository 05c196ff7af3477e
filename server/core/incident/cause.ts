import type { Kept } from './bookEdit.ts';
import { isFalling } from './conditionFamily.ts';
import { diagnose } from './diagnosis.ts';
import type { EvidenceView } from './evidenceView.ts';
import type { Cause, IncidentMember } from './incident.ts';

/** Why an incident is, as it looks now. */
export function causeOf({ set }: Kept, view: EvidenceView): Cause {
  const falling = new Set<string>();
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const m of set.members) {
    if (!isFalling(m.condition) || m.onset === 'own') continue;
    falling.add(m.transformerId);
    fromMs = Math.min(fromMs, m.sinceMs);
    toMs = Math.max(toMs, m.sinceMs);
  }
  if (falling.size >= 2) return fellTogether(falling.size, total(set.feederId, view), (toMs - fromMs) / 1000);
  const [first] = set.members;
  if (set.members.every((m) => m.condition === 'frozen')) return sensor();
  if (set.members.every((m) => m.condition === 'no-data' || m.condition === 'frozen'))
    return silent(set.members);
  return diagnose(first!.transformerId, view);
}

function total(feederId: string | null, view: EvidenceView): number {
  return feederId === null ? 0 : view.places.onFeeder(feederId).length;
}

function fellTogether(count: number, of: number, windowS: number): Cause {
  const share = of > 0 ? Math.min(1, count / of) : 0;
  const confidence = Math.min(0.98, 0.5 + 0.08 * Math.min(4, count - 1) + 0.2 * share);
  return {
    kind: 'upstream',
    confidence: Math.round(confidence * 100) / 100,
    evidence: [{ code: 'fell-together', values: { count, total: of, windowS } }],
  };
}

function sensor(): Cause {
  return { kind: 'sensor', confidence: 0.8, evidence: [] };
}

function silent(members: readonly IncidentMember[]): Cause {
  const count = new Set(members.map((m) => m.transformerId)).size;
  return {
    kind: 'communication',
    confidence: 0.7,
    evidence: [{ code: 'silent-together', values: { count, total: count } }],
  };
}
