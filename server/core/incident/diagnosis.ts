import type { Cause } from './incident.ts';
import type { EvidenceView } from './evidenceView.ts';

/** Why one transformer alone is low. */
export function diagnose(_transformerId: string, _view: EvidenceView): Cause {
  return { kind: 'unknown', confidence: 0.2, evidence: [] };
}
