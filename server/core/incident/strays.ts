import type { BookEdit, Kept } from './bookEdit.ts';
import { linkOf } from './conditionFamily.ts';
import type { EvidenceView } from './evidenceView.ts';
import type { IncidentMember } from './incident.ts';

/**
 * Transformers that fell alone on a sound feeder in the same seconds as many of another: they hang there, whatever the
 * registry says. When more than one feeder could be theirs, they stay alone.
 */
export function joinStrays(edit: BookEdit, view: EvidenceView): void {
  const active = [...edit.active()].filter(({ head }) => !head.isTest);
  const groups = active.filter((kept) => isGroup(kept, view));
  if (groups.length === 0) return;
  for (const kept of active) {
    const member = stray(kept, view);
    if (member === null) continue;
    const group = groupOf(member, kept, groups, view);
    if (group !== null) edit.merge(kept.head.id, group.head.id, { reason: 'stray' });
  }
}

function isGroup({ set }: Kept, view: EvidenceView): boolean {
  const { feederCount, feederSharePct } = view.settings;
  const { feederId } = set;
  if (feederId === null || set.transformerCount < feederCount) return false;
  return 100 * set.transformerCount >= feederSharePct * view.places.onFeeder(feederId).length;
}

/** The sudden onset of an incident of one transformer; null when there is none, or neighbours explain it. */
function stray({ set }: Kept, view: EvidenceView): IncidentMember | null {
  if (set.transformerCount !== 1 || set.members.some((m) => m.onset === 'own')) return null;
  const member = set.members.find(
    (m) => m.clearedMs === null && linkOf(m.condition, m.onset ?? 'sudden') === 'sudden',
  );
  if (member === undefined) return null;
  const feederId = view.places.feederOf(member.transformerId);
  if (feederId === null) return null;
  const others = view.levels(feederId).filter((level) => level.id !== member.transformerId);
  const sound = others.filter((level) => !level.isOut && !level.isLow && !level.isSilent);
  return others.length >= 2 && sound.length === others.length ? member : null;
}

function groupOf(
  member: IncidentMember,
  { head }: Kept,
  groups: readonly Kept[],
  view: EvidenceView,
): Kept | null {
  const own = view.places.feederOf(member.transformerId)!;
  const windowMs = view.windowMs(member.transformerId, 'sudden');
  const near = groups.filter(
    (group) =>
      group.head.org === head.org &&
      group.set.feederId !== own &&
      group.set.isNear('sudden', member.sinceMs, windowMs),
  );
  const station = view.places.substationOf(own);
  const here = near.filter((group) => view.places.substationOf(group.set.feederId!) === station);
  if (here.length === 1) return here[0]!;
  return near.length === 1 ? near[0]! : null;
}
