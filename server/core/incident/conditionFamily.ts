import type { ConditionEvent, DetectedCondition, Severity } from '../event.ts';
import type { Onset } from './incident.ts';

/** What the supply does, and what the measuring does: a transformer has at most one active incident of each. */
export type Family = 'electrical' | 'telemetry';

export function familyOf(condition: DetectedCondition): Family {
  return condition === 'no-data' || condition === 'frozen' ? 'telemetry' : 'electrical';
}

/** Ways in which transformers go together; only the same way is one cause. */
export type Link = 'sudden' | 'slow' | 'rise' | 'phase' | 'swing' | 'silent';

/** How an onset may be joined with others; null: it stands alone. */
export function linkOf(condition: DetectedCondition, onset: Onset): Link | null {
  if (onset === 'own') return null;
  switch (condition) {
    case 'under-voltage':
      return onset;
    // Near the break the voltage sags, behind it there is none: one cause.
    case 'outage':
      return 'sudden';
    case 'phase-loss':
      return 'phase';
    case 'over-voltage':
      return 'rise';
    case 'unstable-voltage':
      return 'swing';
    case 'no-data':
      return 'silent';
    default:
      return null;
  }
}

export const SEVERITY_RANK: Readonly<Record<Severity, number>> = Object.freeze({
  mild: 1,
  serious: 2,
  severe: 3,
});

export function worseOf(a: Severity, b: Severity): Severity {
  return SEVERITY_RANK[a] >= SEVERITY_RANK[b] ? a : b;
}

/** Conditions that carry no severity of their own: homes without light are severe, a broken neutral burns their devices. */
const SEVERE: ReadonlySet<DetectedCondition> = new Set(['outage', 'phase-loss', 'open-neutral']);

export function severityOf({
  severity,
  condition,
}: Pick<ConditionEvent, 'severity' | 'condition'>): Severity {
  return severity ?? (SEVERE.has(condition) ? 'severe' : 'mild');
}

/** Conditions whose deciding value is a voltage that went down. */
const FALLING: ReadonlySet<DetectedCondition> = new Set([
  'under-voltage',
  'tail-low',
  'outage',
  'phase-loss',
  'open-neutral',
]);

export function isFalling(condition: DetectedCondition): boolean {
  return FALLING.has(condition);
}
