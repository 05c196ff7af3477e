import type { CauseFinding, CauseKind, Finding } from './finding.ts';
import { fewWeeks, isStepBelow, signaturesOf, type CauseInput, type Signature } from './signatures.ts';

/** Why a transformer goes low in the season to come: the strongest signature, and the one that stands beside it. */

/** Weaker signatures are not a cause. */
const SCORE_MIN = 0.5;
/** As strong as where it is the cause. */
const CLEAR = 0.95;
/** What the load of one that stands a step below its neighbours is worth: raised, it carries more. */
const LOAD_BELOW_STEP = 0.6;

/** A feeder that pulls down its end pulls it down on any tap and with any power factor. */
const WEAK_FEEDER = 0.6;
const ON_WEAK_FEEDER = 0.7;

export type { CauseInput } from './signatures.ts';

/**
 * The most likely cause and, where a second contributes, that one; null where nothing was fitted, or no signature is strong
 * enough to be named.
 */
export function findCause(input: CauseInput): CauseFinding | null {
  const { physics } = input.forecast;
  if (physics === null) return null;
  const signatures = weighed(
    signaturesOf(input, physics).map((one) => ({
      ...one,
      score: Number.isFinite(one.score) ? one.score : 0,
    })),
  );
  const lowV = input.lowPu * input.transformer.nominalV;
  const missingV = lowV - input.forecast.minHourV.p50;
  // Of those that are clear, and whose cure is enough, the one that costs least to cure is named first: the list is so ordered.
  const clear = signatures.find(({ score, curesV = Infinity }) => score >= CLEAR && !(curesV < missingV));
  const ranked = signatures.toSorted((a, b) => b.score - a.score);
  const best = clear ?? ranked[0]!;
  if (best.score < SCORE_MIN) return null;
  const second = ranked.find(({ kind }) => kind !== best.kind)!;
  const weeks = best.kind === 'seasonal' ? [] : fewWeeks(input.forecast.fan, lowV);
  return {
    kind: best.kind,
    confidence: confidenceOf(best, second),
    evidence: known([...best.evidence, ...weeks]),
    ...(second.score >= SCORE_MIN ? { second: { kind: second.kind, evidence: known(second.evidence) } } : {}),
  };
}

function weighed(signatures: readonly Signature[]): Signature[] {
  const below = signatures.some((one) => one.kind === 'tap' && isStepBelow(one));
  const weak = signatures.some(({ kind, score }) => kind === 'upstream' && score >= WEAK_FEEDER);
  const scale = (kind: CauseKind): number => {
    if (kind === 'overload' && below) return LOAD_BELOW_STEP;
    return (kind === 'tap' || kind === 'reactive') && weak ? ON_WEAK_FEEDER : 1;
  };
  return signatures.map((one) => ({ ...one, score: scale(one.kind) * one.score }));
}

function confidenceOf(best: Signature, second: Signature): number {
  const lead = Math.max(0, best.score - second.score);
  const confidence = 0.45 + 0.25 * Math.min(1, best.score - SCORE_MIN) + 0.3 * Math.min(1, lead);
  return Math.round(100 * Math.min(0.95, confidence)) / 100;
}

/** Without numbers that nobody knows. */
function known(evidence: readonly Finding[]): Finding[] {
  return evidence.filter(({ values }) =>
    Object.values(values).every((value) => typeof value === 'string' || Number.isFinite(value)),
  );
}
