/** What the grid says at the moment of judging: read-only, at hand without waiting. */

/** Latest values of one transformer; NaN is unknown. */
export interface EvidenceNow {
  /** Outlet, V and A. */
  uaV: number;
  ubV: number;
  ucV: number;
  iaA: number;
  ibA: number;
  icA: number;
  loadPct: number;
  /** Start of its latest reading, UTC ms. */
  tsMs: number;
  /** Heard within its grace. */
  hasData: boolean;
  /** Lowest phase of its line-end meters, V. */
  lowestTailV: number;
  /** Length of its interval, s. */
  intervalS: number;
}

export interface GridEvidence {
  /** Null: not registered, or never heard. */
  now(transformerId: string): EvidenceNow | null;
  /** Lowest phase about then, V, of the past 24 h in steps of 15 minutes; NaN unknown. */
  beforeV(transformerId: string, atMs: number): number;
}
