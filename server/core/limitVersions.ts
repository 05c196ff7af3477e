import { SEVERITY_BANDS, type LimitOverride, type LimitProfile, type SeverityBands } from './limits.ts';

/** Everything that limits follow from. */
export interface LimitSet {
  profile: LimitProfile;
  overrides: readonly LimitOverride[];
  bands: SeverityBands;
}

/** A set of limits that was in force from a moment on; numbered, so that one can say by which something was judged. */
export interface LimitVersion extends LimitSet {
  /** 1, 2, … */
  version: number;
  sinceMs: number;
}

/** What an incident keeps of the limits that it was judged by; each member keeps its own limit in volts besides. */
export type JudgedBy = Pick<LimitVersion, 'version' | 'sinceMs' | 'profile'>;

/** The version in force: the last one while nothing differs, else the next. */
export function limitVersion(last: LimitVersion | null, set: LimitSet, nowMs: number): LimitVersion {
  if (last !== null && fingerprint(last) === fingerprint(set)) return last;
  const { profile, overrides, bands } = normal(set);
  return { version: (last?.version ?? 0) + 1, sinceMs: nowMs, profile, overrides, bands };
}

/** The same for the same limits, however the configuration spells them; the order of overrides counts, among equals the first applies. */
function fingerprint(set: LimitSet): string {
  return JSON.stringify(normal(set));
}

function normal({ profile, overrides, bands }: LimitSet): LimitSet {
  const { seriousBelowPu, severeBelowPu, seriousAbovePu, severeAbovePu } = { ...SEVERITY_BANDS, ...bands };
  return {
    profile,
    overrides: overrides.map(({ transformerId, point, areaId, kind, important, lowV, highV }) => ({
      transformerId,
      point,
      areaId,
      kind,
      important,
      lowV,
      highV,
    })),
    bands: { seriousBelowPu, severeBelowPu, seriousAbovePu, severeAbovePu },
  };
}
