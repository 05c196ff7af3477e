import { cause, say, tenth } from './diagnosis.ts';
import type { EvidenceView } from './evidenceView.ts';
import { median } from './feederLevels.ts';
import type { Cause, IncidentMember } from './incident.ts';

/** Last readings under this share of nominal: supply was going. */
const DYING_PU = 0.85;
/** Of an organisation this much silent is a matter of communication, whatever the feeders. */
const ORG_SHARE = 0.5;
/** Silence that is on whole feeders to this share has the shape of the grid. */
const SHAPE_SHARE = 0.8;

/** Why nothing is heard: device, communication, or no supply; told apart by who else is silent and what was last heard. */
export function silentCause(members: readonly IncidentMember[], view: EvidenceView): Cause {
  const ids = [...new Set(members.filter((m) => m.condition === 'no-data').map((m) => m.transformerId))];
  const [first] = ids;
  if (first === undefined) return frozen(members, view);
  const lastV = median(ids.map((id) => lastHeardV(id, view)));
  const heard = Number.isNaN(lastV) ? [] : [say('heard-before', { volts: tenth(lastV) })];
  if (ids.length === 1) return alone(first, view, heard);
  const total = view.places.sizeOf(view.places.orgOf(first));
  const evidence = [say('silent-together', { count: ids.length, total }), ...heard];
  if (!hasGridShape(ids, view) || ids.length > ORG_SHARE * total) {
    return cause('communication', ids.length >= 3 ? 0.85 : 0.7, ...evidence);
  }
  const nominalV = view.places.transformer(first)?.nominalV ?? 220;
  return cause('upstream', lastV < DYING_PU * nominalV ? 0.85 : 0.6, ...evidence);
}

function alone(id: string, view: EvidenceView, heard: Cause['evidence']): Cause {
  const feederId = view.places.feederOf(id);
  const others = (feederId === null ? [] : view.places.onFeeder(feederId)).filter((t) => t.id !== id);
  const normal = others.filter((t) => view.now(t.id)?.hasData === true).length;
  return cause('communication', 0.75, say('neighbours-normal', { normal, total: others.length }), ...heard);
}

function frozen(members: readonly IncidentMember[], view: EvidenceView): Cause {
  const sinceMs = members.reduce((least, m) => Math.min(least, m.sinceMs), Infinity);
  return cause(
    'sensor',
    0.85,
    say('frozen-for', { minutes: Math.max(0, Math.round((view.nowMs - sinceMs) / 60_000)) }),
  );
}

function lastHeardV(id: string, view: EvidenceView): number {
  const now = view.now(id);
  return now === null ? NaN : Math.min(now.uaV, now.ubV, now.ucV);
}

/** Whether the silence is on whole feeders while others speak: devices do not choose their gateway by feeder. */
function hasGridShape(ids: readonly string[], view: EvidenceView): boolean {
  const byFeeder = Map.groupBy(ids, (id) => view.places.feederOf(id));
  let shaped = 0;
  for (const [feederId, silent] of byFeeder) {
    const total = feederId === null ? Infinity : view.places.onFeeder(feederId).length;
    if (silent.length >= 2 && silent.length * 100 >= view.settings.silentSharePct * total) {
      shaped += silent.length;
    }
  }
  return shaped >= SHAPE_SHARE * ids.length;
}
