import type { FittedPhysics, TransformerForecast } from '../forecast/forecast.ts';
import { nameplateVPerA, tapV } from '../forecast/nameplate.ts';
import type { Transformer } from '../grid.ts';
import type { CauseFinding, CauseKind, Finding } from './finding.ts';
import { finding } from './findingWords.ts';

/**
 * Why a transformer goes low in the season to come: the diagnosis table of domain.md §3, each signature as a score that is
 * 1 where it is as strong as it typically is where it is the cause.
 */

/** Drop of a feeder that is no longer usual, share of nominal (budget of a 10 kV line: 2–4 %). */
const FEEDER_DROP_PU = 0.05;
/** Drop between outlet and line end (budget 4–6 %). */
const LINE_DROP_PU = 0.08;
/** What one phase may lose to unbalance before it is a cause. */
const UNBALANCE_DROP_PU = 0.025;
/** Load rate that counts as heavy, and full, %. */
const HEAVY_LOAD_PCT = 80;
const FULL_LOAD_PCT = 100;
/** A slope beyond this multiple of the nameplate is not the transformer's: its own load is not what pulls it down. */
const SLOPE_MULTIPLE_MAX = 2.5;
const POWER_FACTOR_MIN = 0.9;
const POWER_FACTOR_SPAN = 0.08;
/** Hours of a season that are "a few": a mobile unit for a festival is cheaper than a new one. */
const FEW_HOURS = 12;
const SEASONAL_SCORE = 0.65;
/** An outlet that is fine by less than this is not fine, share of nominal. */
const SCARCE_PU = 0.02;
/** Weaker signatures are not a cause. */
const SCORE_MIN = 0.5;
const SEVERAL_SHARE = 0.5;
/** Neighbours that lose as much of this share along the feeder are peers. */
const PEER_SHARE = 0.8;
const PEERS_MIN = 3;

export interface CauseInput {
  transformer: Transformer;
  forecast: TransformerForecast;
  /** Forecasts of the other transformers of the feeder. */
  neighbours: readonly TransformerForecast[];
  /** Lower limit, pu of nominal. */
  lowPu: number;
}

interface Scored {
  kind: CauseKind;
  score: number;
  evidence: Finding[];
}

/** The most likely cause; null where nothing was fitted, or no signature is strong enough to be named. */
export function findCause(input: CauseInput): CauseFinding | null {
  const { physics } = input.forecast;
  if (physics === null) return null;
  const scored = [
    upstream(input, physics),
    overload(input, physics),
    tap(input, physics),
    unbalance(input, physics),
    line(input, physics),
    reactive(physics),
    seasonal(input, physics),
  ].map((one) => ({ ...one, score: Number.isFinite(one.score) ? one.score : 0 }));
  const [best, second] = scored.toSorted((a, b) => b.score - a.score) as [Scored, Scored];
  if (best.score < SCORE_MIN) return null;
  const confidence =
    0.45 + 0.25 * Math.min(1, best.score - SCORE_MIN) + 0.3 * Math.min(1, best.score - second.score);
  const evidence = best.evidence.filter(({ values }) =>
    Object.values(values).every((value) => typeof value === 'string' || Number.isFinite(value)),
  );
  return { kind: best.kind, confidence: Math.round(100 * Math.min(0.95, confidence)) / 100, evidence };
}

/** Volts that the worst phase loses because the load is not shared evenly, in transformer and line. */
export function unbalanceDropV({ phaseShare, ownDropV, lineDropV }: FittedPhysics): number {
  const most = Math.max(...phaseShare);
  const share = 1 - 1 / 3 / most;
  return share * (ownDropV + (Number.isNaN(lineDropV) ? 0 : lineDropV));
}

function upstream({ transformer: { nominalV }, neighbours }: CauseInput, physics: FittedPhysics): Scored {
  const known = neighbours.filter(({ status }) => status !== 'unknown');
  const atRisk = known.filter(({ status }) => status === 'at_risk').length;
  const drop = physics.feederDropV / (FEEDER_DROP_PU * nominalV);
  // What pulls down one alone is not its feeder; where nobody else is known the drop alone must say it.
  const alike = atRiskShare(known, physics.feederDropV);
  const score = Number.isNaN(alike) ? 0.7 * drop : drop * (0.5 + 0.5 * Math.min(1, alike / SEVERAL_SHARE));
  const own = physics.ownDropV + Math.max(0, -physics.lightLoadOffsetV);
  return {
    kind: 'upstream',
    score: physics.feederDropV > own ? score : 0.6 * score,
    evidence: [
      finding('feeder-drop', { volts: physics.feederDropV }),
      finding('neighbours-at-risk', { atRisk, total: known.length }),
      finding('own-drop', { volts: physics.ownDropV }),
    ],
  };
}

/** Share at risk among those that lie as far along the feeder, which their drop tells; among all where few do. */
function atRiskShare(known: readonly TransformerForecast[], dropV: number): number {
  const far = known.filter(({ physics }) => physics !== null && physics.feederDropV >= PEER_SHARE * dropV);
  const peers = far.length >= PEERS_MIN ? far : known;
  return peers.filter(({ status }) => status === 'at_risk').length / peers.length;
}

function overload({ transformer, forecast }: CauseInput, physics: FittedPhysics): Scored {
  const { p50, p90 } = forecast.peakLoadPct;
  const slope = Math.max(...physics.slopeVPerA.filter((value) => !Number.isNaN(value)));
  const nameplate = nameplateVPerA(transformer);
  const isOwnSlope = !(slope > SLOPE_MULTIPLE_MAX * nameplate);
  const score = p50 > HEAVY_LOAD_PCT ? p50 / FULL_LOAD_PCT : (0.5 * p50) / HEAVY_LOAD_PCT;
  return {
    kind: 'overload',
    score: isOwnSlope ? score : 0.7 * score,
    evidence: [
      finding('peak-load', { p50, p90 }),
      finding('own-drop', { volts: physics.ownDropV }),
      finding('slope-beside-nameplate', { measured: slope, nameplate }),
      ...(physics.growthPctPerYear >= 5 ? [finding('growth', { pct: physics.growthPctPerYear })] : []),
    ],
  };
}

function tap({ transformer, forecast }: CauseInput, physics: FittedPhysics): Scored {
  const belowV = -physics.lightLoadOffsetV;
  // A heavy load, by night too, looks like a low tap.
  const doubt = forecast.peakLoadPct.p50 > HEAVY_LOAD_PCT ? 0.7 : 1;
  return {
    kind: 'tap',
    score: (doubt * belowV) / tapV(transformer, 1),
    evidence: [
      finding('below-neighbours', { volts: belowV }),
      finding('own-drop', { volts: physics.ownDropV }),
    ],
  };
}

function unbalance({ transformer: { nominalV } }: CauseInput, physics: FittedPhysics): Scored {
  const volts = unbalanceDropV(physics);
  return {
    kind: 'unbalance',
    score: volts / (UNBALANCE_DROP_PU * nominalV),
    evidence: [finding('unbalance', { pct: physics.unbalancePct, volts })],
  };
}

function line({ transformer, forecast, lowPu }: CauseInput, physics: FittedPhysics): Scored {
  const { nominalV, lvRadiusM } = transformer;
  const volts = physics.lineDropV;
  if (!physics.lineMeasured) {
    // Measured low at the outlet already: what an estimate adds beyond it is not why.
    const evidence = [finding('line-estimated', { volts, radiusM: lvRadiusM ?? NaN })];
    return { kind: 'lv-line', score: (0.4 * volts) / (LINE_DROP_PU * nominalV), evidence };
  }
  const tailV = forecast.minHourV.p50;
  const outletV = tailV + volts;
  const isOutletFine = outletV >= (lowPu + SCARCE_PU) * nominalV;
  return {
    kind: 'lv-line',
    score: volts / (LINE_DROP_PU * nominalV) + (isOutletFine ? 0.6 : 0),
    evidence: [
      finding('line-drop', { volts }),
      ...(isOutletFine ? [finding('outlet-fine', { outletV, tailV })] : []),
    ],
  };
}

function reactive(physics: FittedPhysics): Scored {
  const pf = physics.powerFactor;
  return {
    kind: 'reactive',
    score: pf < POWER_FACTOR_MIN ? 0.4 + (POWER_FACTOR_MIN - pf) / POWER_FACTOR_SPAN / 2 : 0,
    evidence: [finding('power-factor', { pf })],
  };
}

function seasonal({ forecast: { expectedLowHours, pLow } }: CauseInput, physics: FittedPhysics): Scored {
  const hours = expectedLowHours / Math.max(pLow, 0.05);
  return {
    kind: 'seasonal',
    score: hours <= FEW_HOURS ? SEASONAL_SCORE : 0,
    evidence: [
      finding('few-hours', { hours }),
      ...(physics.sensitivityPctPerK >= 2
        ? [finding('weather-load', { pct: physics.sensitivityPctPerK })]
        : []),
    ],
  };
}
