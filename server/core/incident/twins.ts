import type { BookEdit, Kept } from './bookEdit.ts';
import { isFalling } from './conditionFamily.ts';
import type { EvidenceView } from './evidenceView.ts';
import type { IncidentMember } from './incident.ts';
import { OUTLET_POINT } from '../reading.ts';

/**
 * Incidents that turn out to be one. They were opened apart because each looked like a trouble of its own; what came
 * after shows that it was not. What a person set apart stays apart.
 */
export function joinTwins(edit: BookEdit, view: EvidenceView, feederIds: Iterable<string>): void {
  for (const feederId of feederIds) {
    const here = [...edit.activeOnFeeder(feederId)].filter(
      ({ head, set }) => !head.isTest && head.apart !== true && set.isOn(feederId),
    );
    if (here.length < 2) continue;
    const out = here.find((kept) => view.isFeederOut(kept, feederId));
    if (out !== undefined) takeIn(edit, view, feederId, out, here);
    else joinSags(edit, view, here);
  }
}

/** Low voltage of transformers whose feeder is out now: it was the beginning of that, and they cannot say that it ended. */
function takeIn(
  edit: BookEdit,
  view: EvidenceView,
  feederId: string,
  out: Kept,
  here: readonly Kept[],
): void {
  const dark = new Set(
    view
      .levels(feederId)
      .filter((level) => level.isOut || level.isSilent)
      .map((level) => level.id),
  );
  for (const kept of here) {
    if (kept.head.id === out.head.id) continue;
    const lasting = kept.set.members.filter((m) => m.clearedMs === null);
    const isTaken = lasting.every((m) => isFalling(m.condition) && dark.has(m.transformerId));
    if (isTaken) edit.merge(kept.head.id, out.head.id, { reason: 'feeder-out' });
  }
}

/** Low voltage of single transformers, each called upstream by now: their feeder is what they share. */
function joinSags(edit: BookEdit, view: EvidenceView, here: readonly Kept[]): void {
  const { slowTogetherS, ownConfidence } = view.settings;
  const sags = here
    .filter(({ head, set }) => {
      const { kind, confidence } = head.cause;
      return kind === 'upstream' && confidence >= ownConfidence && set.members.some(lastsLow);
    })
    .toSorted((a, b) => a.head.startedMs - b.head.startedMs);
  const [first] = sags;
  if (first === undefined) return;
  const near = sags.filter(({ head }) => head.startedMs - first.head.startedMs <= slowTogetherS * 1000);
  if (near.length < 2) return;
  const home = near.reduce((a, b) => (edit.isOlder(b, a) ? b : a));
  for (const kept of near) {
    share(edit, kept);
    if (kept.head.id !== home.head.id) edit.merge(kept.head.id, home.head.id, { reason: 'same-cause' });
  }
}

function lastsLow({ clearedMs, condition, point }: IncidentMember): boolean {
  return clearedMs === null && condition === 'under-voltage' && point === OUTLET_POINT;
}

/** What was held for a trouble of its own was not. */
function share(edit: BookEdit, { head, set }: Kept): void {
  const own = set.members.filter((m) => lastsLow(m) && m.onset === 'own');
  if (own.length === 0) return;
  const draft = edit.change(head.id);
  for (const member of own) draft.amend({ ...member, onset: 'slow' });
}
