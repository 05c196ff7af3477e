import type { ModelChange, TransformerForecast } from '../forecast/forecast.ts';
import type { Candidate } from './catalogue.ts';
import { isRefused, type MeasureKind, type MeasureOutcome } from './finding.ts';

/** Pairs of measures, for a transformer that no single one is enough for. */

/** Pairs that are tried on one transformer, the cheapest first. */
const PAIRS_MAX = 8;
/** Rises of two measures do not quite add up: a pair is tried from this share of the rise that it takes. */
const RISE_SHARE = 0.75;

/** A measure that was tried by itself. */
interface Tried {
  candidate: Candidate;
  outcome: MeasureOutcome;
  /** What it lifts the season's lowest hour by, V. */
  riseV: number;
}

/**
 * The pairs worth trying, ascending in cost: those whose rises together may do, and in any case the one that rises most, so
 * that what can be reached is known. A tap goes as high as the nights allow; what is over the limit by itself is left out.
 *
 * @param tried measures of one plan, and what the season became with each
 * @param lowV lower limit, V
 */
export function pairsToTry(
  tried: readonly { candidate: Candidate; outcome: MeasureOutcome }[],
  forecast: TransformerForecast,
  lowV: number,
): Candidate[] {
  const wantedV = RISE_SHARE * (lowV - forecast.minHourV.p10);
  const parts = partsOf(tried, forecast);
  const pairs = parts.flatMap((a, i) =>
    parts
      .slice(i + 1)
      .filter((b) => b.candidate.kind !== a.candidate.kind)
      .map((b) => ({ pair: pairOf(a.candidate, b.candidate), riseV: a.riseV + b.riseV })),
  );
  if (pairs.length === 0) return [];
  const hopeful = pairs
    .filter(({ riseV }) => riseV >= wantedV)
    .toSorted((a, b) => a.pair.cost - b.pair.cost)
    .slice(0, PAIRS_MAX);
  const most = pairs.reduce((best, one) => (one.riseV > best.riseV ? one : best));
  return (hopeful.includes(most) ? hopeful : [...hopeful, most])
    .map(({ pair }) => pair)
    .toSorted((a, b) => a.cost - b.cost);
}

function partsOf(
  tried: readonly { candidate: Candidate; outcome: MeasureOutcome }[],
  forecast: TransformerForecast,
): Tried[] {
  const parts = tried
    .filter(({ outcome }) => !isRefused(outcome))
    .map((one) => ({ ...one, riseV: one.outcome.after.minHourV.p50 - forecast.minHourV.p50 }))
    .filter(({ riseV }) => riseV > 0);
  const highestTap = parts.findLast(({ candidate }) => candidate.kind === 'tap');
  return parts.filter((one) => one.candidate.kind !== 'tap' || one === highestTap);
}

/** The cheaper part comes first: it is what the pair is listed under. */
function pairOf(a: Candidate, b: Candidate): Candidate {
  const [first, { kind, detail, cost, change, switchedV }] = a.cost <= b.cost ? [a, b] : [b, a];
  return {
    kind: first.kind,
    detail: first.detail,
    cost: first.cost + cost,
    switchedV: first.switchedV + switchedV,
    change: together(first.change, change),
    second: { kind, detail, cost },
  };
}

function together(a: ModelChange, b: ModelChange): ModelChange {
  return {
    sourceShiftV: a.sourceShiftV + b.sourceShiftV,
    transformerScale: a.transformerScale * b.transformerScale,
    lineScale: a.lineScale * b.lineScale,
    loadScale: a.loadScale * b.loadScale,
    balanceShare: 1 - (1 - a.balanceShare) * (1 - b.balanceShare),
    feederScale: a.feederScale * b.feederScale,
  };
}

/** A measure, or both of a pair. */
export function kindsOf({
  kind,
  second,
}: {
  kind: MeasureKind;
  second?: { kind: MeasureKind } | undefined;
}): MeasureKind[] {
  return second === undefined ? [kind] : [kind, second.kind];
}
