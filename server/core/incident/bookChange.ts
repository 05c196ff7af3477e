import type { Incident, TimelineEntry } from './incident.ts';

/** What a step of the book would change; nothing is changed until it is applied. */
export interface BookChange {
  /** The incidents as they were, in the same order; null: new. */
  before: readonly (Incident | null)[];
  /** Each with the next version, once. */
  incidents: readonly Incident[];
  timeline: readonly TimelineEntry[];
}
