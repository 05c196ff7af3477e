import type { Kept } from './bookEdit.ts';
import { isFalling } from './conditionFamily.ts';
import { cause, diagnose, say, tenth } from './diagnosis.ts';
import type { EvidenceView } from './evidenceView.ts';
import { LOW_PU, rankCorrelation } from './feederLevels.ts';
import type { Cause, Evidence, Incident, IncidentMember } from './incident.ts';
import { silentCause } from './silence.ts';
import { OUTLET_POINT } from '../reading.ts';

/** Why an incident is, as it looks now. */
export function causeOf({ head, set }: Kept, view: EvidenceView): Cause {
  const lasting = set.members.filter((m) => m.clearedMs === null);
  const members = lasting.length > 0 ? lasting : set.members;
  const supply = members.filter((m) => m.condition !== 'no-data' && m.condition !== 'frozen');
  if (supply.length === 0) return silentCause(set.members, view);
  const together = fellTogether(set.members, view, set.feederId, head.station);
  if (together !== null) return together;
  const lost = supply.find((m) => m.condition === 'phase-loss');
  if (lost !== undefined) {
    return cause('phase-fault', 0.95, say('phase-dead', { phase: (lost.phase ?? '?').toUpperCase() }));
  }
  // The transformer that began it.
  const first = supply.reduce((a, b) => (b.sinceMs < a.sinceMs ? b : a));
  if (supply.some((m) => m.condition === 'outage')) return ownOutage(first.transformerId, view);
  // It was low, and is only heavily loaded or unbalanced now: what made it low was seen while it was.
  const isLow = supply.some((m) => m.condition === 'under-voltage');
  const wasLow = set.members.some((m) => m.condition === 'under-voltage');
  if (wasLow && !isLow && head.cause.kind !== 'unknown') return head.cause;
  const diagnosed = diagnose(first.transformerId, view);
  if (set.members.some((m) => m.condition === 'open-neutral') && diagnosed.kind !== 'phase-fault') {
    return cause('neutral', 0.9, ...diagnosed.evidence.filter((e) => e.code === 'phase-spread'));
  }
  return atLineEnd(supply, view) ?? ofCondition(supply, diagnosed) ?? diagnosed;
}

/** Only line-end meters are low, whatever they say at this moment. */
function atLineEnd(supply: readonly IncidentMember[], view: EvidenceView): Cause | null {
  const low = supply.filter((m) => m.condition === 'under-voltage' || m.condition === 'tail-low');
  const [first] = low;
  if (first === undefined || !low.every((m) => m.point !== OUTLET_POINT)) return null;
  const now = view.now(first.transformerId);
  const outletV = now === null ? NaN : Math.min(now.uaV, now.ubV, now.ucV);
  const { nominalV = 220 } = view.places.transformer(first.transformerId) ?? {};
  if (!(outletV >= LOW_PU * nominalV)) return null;
  const tailV = low.reduce((least, m) => Math.min(least, m.valueV ?? Infinity), Infinity);
  if (!Number.isFinite(tailV)) return null;
  return cause('line', 0.85, say('outlet-fine', { outletV: tenth(outletV), tailV: tenth(tailV) }));
}

/** Several transformers whose fall nothing of their own explains. */
function fellTogether(
  members: readonly IncidentMember[],
  view: EvidenceView,
  feederId: string | null,
  station: Incident['station'],
): Cause | null {
  const fallen = new Map<string, number>();
  let isDark = false;
  for (const m of members) {
    if (m.onset === 'own' || !(isFalling(m.condition) || m.condition === 'over-voltage')) continue;
    fallen.set(m.transformerId, Math.min(fallen.get(m.transformerId) ?? Infinity, m.sinceMs));
    isDark ||= m.condition === 'outage';
  }
  if (fallen.size < 2) return null;
  const onsets = [...fallen.values()];
  const windowS = Math.round((Math.max(...minMax(onsets)) - Math.min(...minMax(onsets))) / 1000);
  const feederIds = feederId === null ? (station?.feederIds ?? []) : [feederId];
  const behind = feederIds.reduce((sum, id) => sum + view.places.onFeeder(id).length, 0);
  const total = Math.max(fallen.size, behind);
  const share = Math.min(1, fallen.size / Math.max(1, total));
  const evidence: Evidence[] = [say('fell-together', { count: fallen.size, total, windowS })];
  if (station !== undefined) {
    const feeders = view.places.feedersOf(station.id).length;
    evidence.unshift(say('station-out', { out: station.feederIds.length, total: feeders }));
  }
  let confidence = 0.55 + 0.08 * Math.min(3, fallen.size - 1) + 0.15 * share;
  const rho = isDark || feederId === null ? NaN : depthByDistance(view, feederId);
  if (rho >= 0.3) {
    evidence.push(say('deeper-with-distance', { rho: Math.round(rho * 100) / 100 }));
    confidence += 0.05;
  }
  const lostPhases = members.every((m) => m.condition === 'phase-loss');
  return cause(lostPhases ? 'phase-fault' : 'upstream', Math.min(0.98, confidence), ...evidence);
}

/** Largest and smallest without spreading a list of thousands over the stack. */
function minMax(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Whether those sink deepest that sink deepest every evening: the far ones. */
function depthByDistance(view: EvidenceView, feederId: string): number {
  const pairs = view
    .levels(feederId)
    .map(({ quietV, worstV, lowV }) => [quietV - worstV, quietV - lowV] as const)
    .filter(([usualV, sagV]) => !Number.isNaN(usualV + sagV));
  return rankCorrelation(pairs);
}

/** One transformer without supply: its feeder, when others there are out too; else nobody can tell from here. */
function ownOutage(transformerId: string, view: EvidenceView): Cause {
  const feederId = view.places.feederOf(transformerId);
  const others = (feederId === null ? [] : view.levels(feederId)).filter((l) => l.id !== transformerId);
  const heard = others.filter((l) => !l.isSilent);
  const out = heard.filter((l) => l.isOut).length;
  if (out > 0 && 2 * out >= heard.length) {
    return cause('upstream', 0.6, say('neighbours-low', { low: out, total: heard.length }));
  }
  return cause('unknown', 0.5, say('neighbours-normal', { normal: heard.length - out, total: heard.length }));
}

/** What a detector has settled already. */
function ofCondition(supply: readonly IncidentMember[], diagnosed: Cause): Cause | null {
  const has = (condition: string): boolean => supply.some((m) => m.condition === condition);
  if (diagnosed.kind === 'phase-fault' || diagnosed.kind === 'neutral') return null;
  if (has('under-voltage')) return null;
  if (has('tail-low'))
    return cause('line', 0.85, ...diagnosed.evidence.filter((e) => e.code === 'outlet-fine'));
  if (has('overload')) return cause('overload', 0.9, ...diagnosed.evidence.filter((e) => e.code === 'load'));
  if (has('current-unbalance') || has('voltage-unbalance')) {
    return cause('unbalance', 0.8, ...diagnosed.evidence.filter((e) => e.code === 'current-unbalance'));
  }
  return null;
}
