import type { ConditionEvent } from '../event.ts';
import type { BookSettings } from './bookSettings.ts';
import { linkOf } from './conditionFamily.ts';
import { diagnose } from './diagnosis.ts';
import type { EvidenceView } from './evidenceView.ts';
import type { Onset } from './incident.ts';
import { OUTLET_POINT } from '../reading.ts';

const STEP_MS = 900_000;

/** How a condition began: with others at once, slowly, or of the transformer's own doing. */
export function onsetOf(event: ConditionEvent, view: EvidenceView, settings: BookSettings): Onset {
  if (linkOf(event.condition, 'sudden') === null) return 'own';
  if (event.condition !== 'under-voltage') return 'sudden';
  if (event.point !== OUTLET_POINT) return 'own';
  const { kind, confidence } = diagnose(event.transformerId, view);
  const isOwn = confidence >= settings.ownConfidence && kind !== 'upstream' && kind !== 'unknown';
  const fallV = fallOf(event, view);
  if (Number.isNaN(fallV)) return isOwn ? 'own' : 'sudden';
  const nominalV = view.places.transformer(event.transformerId)?.nominalV ?? 220;
  if (fallV >= settings.suddenPu * nominalV) {
    return isOwn && (kind === 'neutral' || kind === 'phase-fault') ? 'own' : 'sudden';
  }
  return isOwn ? 'own' : 'slow';
}

/** How far the voltage fell from the last sound quarter of an hour to the first low one, V; NaN unknown. */
function fallOf({ transformerId, tsMs, valueV }: ConditionEvent, view: EvidenceView): number {
  const intervalMs = view.intervalMs(transformerId);
  // A reading shows in the quarter in which it arrives, so at its end.
  let soundV = NaN;
  for (let back = 0; back <= 2; back++) {
    const voltageV = view.beforeV(transformerId, tsMs - back * STEP_MS);
    if (!(voltageV <= soundV)) soundV = Number.isNaN(voltageV) ? soundV : voltageV;
  }
  let lowV = valueV ?? NaN;
  const thenV = view.beforeV(transformerId, tsMs + intervalMs);
  if (tsMs + intervalMs <= view.nowMs && !Number.isNaN(thenV)) lowV = thenV;
  return soundV - lowV;
}
