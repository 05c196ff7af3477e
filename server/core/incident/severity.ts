import type { Severity } from '../event.ts';

/** From least to most. */
export const SEVERITIES: readonly Severity[] = ['mild', 'serious', 'severe'];

/** A higher rank is worse. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
