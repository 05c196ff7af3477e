import type { Transformer } from './grid.ts';
import { READING_FLAG, type Reading } from './reading.ts';

/**
 * Supply voltage limits as a share of nominal, phase to neutral, steady state.
 *
 * - `gbt-12325`: GB/T 12325-2008, 220 V single-phase supply, +7 % / −10 % (198.0–235.4 V).
 * - `en-50160`: EN 50160, LV supply voltage variations: ±10 % for 95 % of the 10-minute means of a week, +10 %/−15 % for all of
 *   them. So −10 % to −15 % may yet be allowed (mild), and nothing above +10 % ever is (serious from there on).
 * - `ansi-c84.1`: ANSI C84.1, range A service voltage, 114–126 V on the 120 V base (±5 %).
 */
const LIMIT_PROFILES = Object.freeze({
  'gbt-12325': { lowPu: 0.9, highPu: 1.07 },
  'en-50160': { lowPu: 0.9, highPu: 1.1 },
  'ansi-c84.1': { lowPu: 0.95, highPu: 1.05 },
});
export type LimitProfile = keyof typeof LIMIT_PROFILES;

/** Interruption threshold: below 0.1 pu there is no supply (GB/T 30137-2013, IEEE 1159). */
const OUTAGE_PU = 0.1;

/** The voltages by which one point is judged, V. */
export interface Limits {
  nominalV: number;
  /** Supply limits, both still qualified. */
  lowV: number;
  highV: number;
  /** Below: serious, severe (configuration: the bands differ by province). */
  seriousV: number;
  severeV: number;
  /** Above: serious, severe. */
  highSeriousV: number;
  highSevereV: number;
  /** Below: no supply. */
  outageV: number;
}

/** Severity bands outside the limits, as a share of nominal. */
export interface SeverityBands {
  /** Default 0.85: 187 V of 220 V. */
  seriousBelowPu: number;
  /** Default 0.80: 176 V of 220 V. */
  severeBelowPu: number;
  /** Default 1.10: 242 V of 220 V. */
  seriousAbovePu: number;
  /** Default 1.15: 253 V of 220 V. */
  severeAbovePu: number;
}

export const SEVERITY_BANDS: Readonly<SeverityBands> = Object.freeze({
  seriousBelowPu: 0.85,
  severeBelowPu: 0.8,
  seriousAbovePu: 1.1,
  severeAbovePu: 1.15,
});

/** Limits that differ from the profile. What it names must all be so; what it does not name does not matter. */
export interface LimitOverride {
  transformerId?: string | undefined;
  point?: string | undefined;
  areaId?: string | undefined;
  /** As the registry has it: `rural`, `commercial` … */
  kind?: string | undefined;
  /** Transformers that supply an important customer. */
  important?: true | undefined;
  lowV?: number | undefined;
  highV?: number | undefined;
}

/** What an override is chosen by. */
export type LimitSubject = Pick<Transformer, 'id' | 'areaId' | 'kind' | 'importantCustomers'>;

/**
 * Limits for a nominal phase-to-neutral voltage, rounded to 0.1 mV so that 220 V gives 235.4 V and not its binary
 * neighbour. A band that is not outside the (overridden) limit moves to it: severities never cross.
 */
export function resolveLimits(
  profile: LimitProfile,
  nominalV: number,
  bands: Readonly<SeverityBands> = SEVERITY_BANDS,
  override: Pick<LimitOverride, 'lowV' | 'highV'> = {},
): Limits {
  const { lowPu, highPu } = LIMIT_PROFILES[profile];
  const lowV = override.lowV ?? round(nominalV * lowPu);
  const seriousV = Math.min(lowV, round(nominalV * bands.seriousBelowPu));
  const highV = override.highV ?? round(nominalV * highPu);
  const highSeriousV = Math.max(highV, round(nominalV * bands.seriousAbovePu));
  return {
    nominalV,
    lowV,
    highV,
    seriousV,
    severeV: Math.min(seriousV, round(nominalV * bands.severeBelowPu)),
    highSeriousV,
    highSevereV: Math.max(highSeriousV, round(nominalV * bands.severeAbovePu)),
    outageV: round(nominalV * OUTAGE_PU),
  };
}

/**
 * The override of a point: the most specific one alone, nothing is mixed. A named transformer beats everything that names
 * none, then a point, an important customer, an area, a kind; among equals the first. Without `point`: of the transformer.
 */
export function overrideOf(
  overrides: readonly LimitOverride[],
  subject: LimitSubject,
  point: string | undefined,
): Pick<LimitOverride, 'lowV' | 'highV'> {
  let best: LimitOverride = {};
  let bestRank = -1;
  for (const override of overrides) {
    const rank = rankOf(override, subject, point);
    if (rank <= bestRank) continue;
    best = override;
    bestRank = rank;
  }
  return best;
}

/** -1 where it does not apply; each thing named outweighs all that are less specific. */
function rankOf(o: LimitOverride, subject: LimitSubject, point: string | undefined): number {
  if (o.transformerId !== undefined && o.transformerId !== subject.id) return -1;
  if (o.point !== undefined && o.point !== point) return -1;
  if (o.important === true && subject.importantCustomers === 0) return -1;
  if (o.areaId !== undefined && o.areaId !== subject.areaId) return -1;
  if (o.kind !== undefined && o.kind !== subject.kind) return -1;
  return (
    16 * +(o.transformerId !== undefined) +
    8 * +(o.point !== undefined) +
    4 * +(o.important === true) +
    2 * +(o.areaId !== undefined) +
    +(o.kind !== undefined)
  );
}

/** Whether a reading shows no supply: a phase is measured, and every measured phase is under the threshold. */
export function isOutage(reading: Reading, outageV: number): boolean {
  const { uaV, ubV, ucV } = reading;
  // A comparison with NaN is false: a phase that is not measured neither proves nor disproves an outage.
  if (uaV >= outageV || ubV >= outageV || ucV >= outageV) return false;
  return uaV < outageV || ubV < outageV || ucV < outageV;
}

/** Sets the outage bit where it applies. Live readings get it in `Engine.step`; imported history calls this itself. */
export function flagOutage(reading: Reading, nominalV: number): void {
  if (isOutage(reading, nominalV * OUTAGE_PU)) reading.flags |= READING_FLAG.outage;
}

function round(voltageV: number): number {
  return Math.round(voltageV * 1e4) / 1e4;
}
