import type { BookEdit, Kept } from './bookEdit.ts';
import type { EvidenceView } from './evidenceView.ts';

/**
 * A dead substation: most of its feeders went out at the same time, so that they are one incident. A feeder that follows
 * within the window joins it.
 */
export function joinStations(edit: BookEdit, view: EvidenceView, substationIds: Iterable<string>): void {
  for (const substationId of substationIds) joinStation(edit, view, substationId);
}

/** The outage of one feeder, or already that of several. */
interface Dark {
  kept: Kept;
  feederIds: ReadonlySet<string>;
  fromMs: number;
  toMs: number;
  /** How far another may have begun before or after it. */
  windowMs: number;
}

/** No less makes a substation of it: one feeder is a feeder. */
const FEEDERS_MIN = 2;

function joinStation(edit: BookEdit, view: EvidenceView, substationId: string): void {
  const { places, settings } = view;
  const feederIds = places.feedersOf(substationId);
  const need = Math.max(FEEDERS_MIN, (settings.substationSharePct / 100) * feederIds.length);
  if (feederIds.length < FEEDERS_MIN) return;
  for (const together of inTime(darkOn(edit, view, feederIds))) {
    const out = new Set(together.flatMap((dark) => [...dark.feederIds]));
    const here = feederIds.filter((id) => out.has(id));
    if (here.length < need) continue;
    const home = together.map(({ kept }) => kept).reduce((a, b) => (edit.isOlder(b, a) ? b : a));
    for (const { kept } of together) {
      if (kept.head.id !== home.head.id) edit.merge(kept.head.id, home.head.id, { reason: 'station-out' });
    }
    nameStation(edit, home.head.id, substationId, here);
  }
}

/** Which feeders it took along, also of those that have supply again. */
function nameStation(edit: BookEdit, id: string, stationId: string, feederIds: readonly string[]): void {
  const known = edit.peek(id)!.head.station;
  const before = known?.id === stationId ? known.feederIds : [];
  const all = [...new Set([...before, ...feederIds])].sort();
  if (all.length === before.length) return;
  const draft = edit.change(id);
  draft.isChanged = true;
  draft.isNews = true;
  draft.head.station = { id: stationId, feederIds: all };
}

function darkOn(edit: BookEdit, view: EvidenceView, feederIds: readonly string[]): Dark[] {
  const found = new Map<string, Dark>();
  for (const feederId of feederIds) {
    for (const kept of edit.activeOnFeeder(feederId)) {
      const { id, isTest, apart } = kept.head;
      const begun = kept.set.begun('sudden');
      if (isTest || apart === true || begun === null || found.has(id)) continue;
      const out = view.feedersOut(kept);
      if (out.size === 0) continue;
      const [first] = kept.set.transformers;
      found.set(id, { kept, feederIds: out, ...begun, windowMs: view.windowMs(first!, 'sudden') });
    }
  }
  return [...found.values()];
}

/** Groups of those that began within each other's window. */
function inTime(dark: readonly Dark[]): Dark[][] {
  const groups: Dark[][] = [];
  let untilMs = -Infinity;
  for (const one of dark.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (one.fromMs > untilMs) groups.push([]);
    groups.at(-1)!.push(one);
    untilMs = Math.max(untilMs, one.toMs + one.windowMs);
  }
  return groups;
}
