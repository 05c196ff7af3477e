import type { FittedPhysics, SeasonFan, TransformerForecast } from '../forecast/forecast.ts';
import { nameplateVPerA, tapV } from '../forecast/nameplate.ts';
import { meanOf, median } from '../forecast/statistics.ts';
import type { Transformer } from '../grid.ts';
import type { CauseKind, Finding } from './finding.ts';
import { finding } from './findingWords.ts';

/**
 * The diagnosis table of domain.md §3, each signature as a score that is 1 where it is as strong as it typically is where it
 * is the cause, with the numbers that speak for it. Strengths were tuned on simulated grids (docs/causeResults.md).
 */

/** Drop of a feeder that is weak, share of nominal (budget of a 10 kV line: 2–4 %). */
const FEEDER_DROP_PU = 0.075;
/** Drop between outlet and line end (budget 4–6 %). */
const LINE_DROP_PU = 0.05;
/** What the worst phase loses beyond an even load. */
const UNBALANCE_DROP_PU = 0.0175;
/** Unbalance that customers of three phases have by chance, % (Q/GDW 1519 allows 15 %, a quarter is usual). */
const UNBALANCE_USUAL_PCT = 25;
/** What reactive power loses in the transformer at full load and a power factor of 0.8, share of nominal. */
const REACTIVE_DROP_PU = 0.014;
const USUAL_TANGENT = Math.tan(Math.acos(0.95));
/** Of 10/0.4 kV oil transformers (domain.md §3, table). */
const RESISTANCE_BY_REACTANCE = 0.33;
/** Phases of one source that differ so much without load have a poor neutral, share of nominal. */
const NEUTRAL_SPREAD_PU = 0.015;
/** Load rate that counts as heavy, and as too much whatever the feeder does, %. */
const HEAVY_LOAD_PCT = 80;
const OVERLOAD_PCT = 107;
/** Load beyond it that makes the signature one stronger. */
const OVERLOAD_SPAN_PCT = 150;
/** A slope beyond this multiple of the nameplate is not the transformer's: its own load is not what pulls it down. */
const SLOPE_MULTIPLE_MAX = 2.5;
/** Share of a tap step from which a level counts as one. */
const STEP_SHARE = 0.75;
const POWER_FACTOR_MIN = 0.9;
/** Hours of a season that are "a few": a mobile unit for a festival is cheaper than a new one. */
const FEW_HOURS = 12;
/** Where nothing else is why: few hours make no cause of their own. */
const SEASONAL_SCORE = 0.5;
/** A load of few weeks is twice that of a middle day (Spring Festival: ×1.5–3, domain.md §3) … */
const SEASONAL_LOAD_RATIO = 2;
/** … and half as much again as that of its neighbours, whose festival it shares. */
const SEASONAL_BY_NEIGHBOURS = 1.5;
/** Share of the weeks that are "a few". */
const FEW_WEEKS_SHARE = 0.3;
/** An outlet that is fine by less than this is not fine, share of nominal. */
const SCARCE_PU = 0.02;
/** What a line is worth behind an outlet that is low itself. */
const LINE_BEHIND_LOW = 0.6;
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

export interface Signature {
  kind: CauseKind;
  score: number;
  evidence: Finding[];
  /** Volts that its cure gives back; left out where nothing bounds them. */
  curesV?: number;
}

/** Every signature of a fitted transformer, by what it costs to cure; a score is NaN where what it takes is not known. */
export function signaturesOf(input: CauseInput, physics: FittedPhysics): Signature[] {
  return [
    tap(input, physics),
    unbalance(input, physics),
    reactive(input, physics),
    line(input, physics),
    overload(input, physics),
    seasonal(input, physics),
    upstream(input, physics),
  ];
}

/** Volts that the worst phase falls more than it would with the load shared evenly, own slopes of the phases included. */
export function unbalanceDropV({ phaseShare, slopeVPerA, nameplateVPerA, ownDropV }: FittedPhysics): number {
  const slopes = slopeVPerA.map((slope) => (Number.isNaN(slope) ? nameplateVPerA : slope));
  const worst = phaseShare.indexOf(Math.max(...phaseShare));
  // The current of the three phases together, from the drop of the most loaded one.
  const totalA = ownDropV / slopes[worst]! / phaseShare[worst]!;
  const drops = slopes.map((slope, phase) => slope * phaseShare[phase]! * totalA);
  return Math.max(...drops) - (meanOf(slopes) * totalA) / 3;
}

/** Volts without load below the median of the neighbours; NaN where too few are known. */
function belowNeighboursV(physics: FittedPhysics, neighbours: readonly TransformerForecast[]): number {
  const levels = neighbours.flatMap((other) => (other.physics === null ? [] : [levelV(other.physics)]));
  const known = levels.filter((level) => !Number.isNaN(level));
  return known.length < PEERS_MIN ? NaN : median(known) - levelV(physics);
}

function levelV({ sourceV }: FittedPhysics): number {
  return meanOf(sourceV.filter((volts) => !Number.isNaN(volts)));
}

function tap({ transformer, neighbours }: CauseInput, physics: FittedPhysics): Signature {
  const stepV = tapV(transformer, 1);
  const lightV = -physics.lightLoadOffsetV;
  const sourceBelowV = belowNeighboursV(physics, neighbours);
  // At light load there is some load, and a heavy one looks like a low tap: the level without load must say it too.
  const belowV = Number.isNaN(sourceBelowV) ? 0.7 * lightV : Math.min(lightV, sourceBelowV);
  return {
    kind: 'tap',
    score: belowV / stepV,
    curesV: belowV,
    evidence: [
      finding('level-below', { volts: sourceBelowV, stepV }),
      finding('below-neighbours', { volts: lightV }),
      finding('own-drop', { volts: physics.ownDropV }),
    ],
  };
}

function unbalance({ transformer: { nominalV } }: CauseInput, physics: FittedPhysics): Signature {
  const volts = unbalanceDropV(physics);
  const strength = volts / (UNBALANCE_DROP_PU * nominalV);
  const sources = physics.sourceV.filter((value) => !Number.isNaN(value));
  const spreadV = Math.max(...sources) - Math.min(...sources);
  return {
    kind: 'unbalance',
    score: strength * Math.min(1, physics.unbalancePct / UNBALANCE_USUAL_PCT),
    evidence: [
      finding('unbalance', { pct: physics.unbalancePct, volts }),
      ...(spreadV >= NEUTRAL_SPREAD_PU * nominalV ? [finding('spread-unloaded', { volts: spreadV })] : []),
    ],
  };
}

function reactive({ transformer: { nominalV } }: CauseInput, physics: FittedPhysics): Signature {
  const { powerFactor: pf, ownDropV } = physics;
  const volts = reactiveShare(pf) * ownDropV;
  return {
    kind: 'reactive',
    score: pf < POWER_FACTOR_MIN ? volts / (REACTIVE_DROP_PU * nominalV) : 0,
    evidence: [finding('power-factor', { pf }), finding('reactive-drop', { volts })],
  };
}

/** Share of the drop in a transformer that a power factor of 0.95 would spare. */
function reactiveShare(pf: number): number {
  const tangent = Math.tan(Math.acos(pf));
  return (tangent - USUAL_TANGENT) / (RESISTANCE_BY_REACTANCE + tangent);
}

function line({ transformer, forecast, lowPu }: CauseInput, physics: FittedPhysics): Signature {
  const { nominalV, lvRadiusM } = transformer;
  const volts = physics.lineDropV;
  // What it loses beyond that at full load is the overload's.
  const rated = 100 / Math.max(100, forecast.peakLoadPct.p50 || 0);
  const strength = (rated * volts) / (LINE_DROP_PU * nominalV);
  if (!physics.lineMeasured) {
    // Measured low at the outlet already: what an estimate adds beyond it is not why.
    const evidence = [finding('line-estimated', { volts, radiusM: lvRadiusM ?? NaN })];
    return { kind: 'lv-line', score: 0.25 * strength, evidence };
  }
  const tailV = forecast.minHourV.p50;
  const outletV = tailV + volts;
  const isOutletFine = outletV >= (lowPu + SCARCE_PU) * nominalV;
  return {
    kind: 'lv-line',
    score: isOutletFine ? 0.6 * rated + strength : LINE_BEHIND_LOW * strength,
    evidence: [
      finding('line-drop', { volts }),
      ...(isOutletFine ? [finding('outlet-fine', { outletV, tailV })] : []),
    ],
  };
}

function overload(input: CauseInput, physics: FittedPhysics): Signature {
  const { p50, p90 } = input.forecast.peakLoadPct;
  const { measured, nameplate } = slopes(input, physics);
  // A load of few weeks is the season's: what is left to the transformer is what a middle day makes of it.
  const usual = isOfFewWeeks(input, physics) ? p50 / physics.seasonalLoadRatio : p50;
  return {
    kind: 'overload',
    score: loadScore(input, physics, usual),
    evidence: [
      finding('peak-load', { p50, p90 }),
      finding('own-drop', { volts: physics.ownDropV }),
      finding('slope-beside-nameplate', { measured, nameplate }),
      ...(physics.growthPctPerYear >= 5 ? [finding('growth', { pct: physics.growthPctPerYear })] : []),
    ],
  };
}

/** Whether it is the load of few weeks that is heavy, and its own: its neighbours' does not grow as much in them. */
function isOfFewWeeks({ neighbours }: CauseInput, { seasonalLoadRatio: ratio }: FittedPhysics): boolean {
  return ratio >= SEASONAL_LOAD_RATIO && ratio >= SEASONAL_BY_NEIGHBOURS * ratioOf(neighbours);
}

function ratioOf(neighbours: readonly TransformerForecast[]): number {
  const ratios = neighbours.map(({ physics }) => physics?.seasonalLoadRatio ?? NaN);
  return ratios.filter((ratio) => !Number.isNaN(ratio)).length < PEERS_MIN ? NaN : median(ratios);
}

/** Steepest volts per ampere of a phase, and those of the nameplate. */
function slopes({ transformer }: CauseInput, { slopeVPerA }: FittedPhysics) {
  const measured = Math.max(...slopeVPerA.filter((value) => !Number.isNaN(value)));
  return { measured, nameplate: nameplateVPerA(transformer) };
}

/** Of a load in % of capacity; less where the slope is not the transformer's. */
function loadScore(input: CauseInput, physics: FittedPhysics, pct: number): number {
  const { measured, nameplate } = slopes(input, physics);
  return (measured > SLOPE_MULTIPLE_MAX * nameplate ? 0.7 : 1) * overloadScore(pct);
}

/** One at too much; from heavy on it is one reason, below that none. */
function overloadScore(pct: number): number {
  if (pct >= OVERLOAD_PCT) return 1 + (pct - OVERLOAD_PCT) / OVERLOAD_SPAN_PCT;
  if (pct < HEAVY_LOAD_PCT) return (0.4 * pct) / HEAVY_LOAD_PCT;
  return 0.5 + (0.3 * (pct - HEAVY_LOAD_PCT)) / (OVERLOAD_PCT - HEAVY_LOAD_PCT);
}

function upstream({ transformer: { nominalV }, neighbours }: CauseInput, physics: FittedPhysics): Signature {
  const known = neighbours.filter(({ status }) => status !== 'unknown');
  const atRisk = known.filter(({ status }) => status === 'at_risk');
  const drop = Math.min(1, physics.feederDropV / (FEEDER_DROP_PU * nominalV));
  // What pulls down one alone is not its feeder; where nobody else is known the drop alone must say it.
  const alike = atRiskShare(known, physics.feederDropV);
  const score = drop * (Number.isNaN(alike) ? 0.7 : 0.6 + 0.4 * Math.min(1, alike / SEVERAL_SHARE));
  const isOwnLess = physics.feederDropV > physics.ownDropV + Math.max(0, -physics.lightLoadOffsetV);
  return {
    kind: 'upstream',
    score: isOwnLess ? score : 0.6 * score,
    evidence: [
      finding('feeder-drop', { volts: physics.feederDropV }),
      finding('neighbours-at-risk', { atRisk: atRisk.length, total: known.length }),
      ...fartherAtRisk(known),
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

/** That it gets worse with distance, which the drop along the feeder stands for. */
function fartherAtRisk(known: readonly TransformerForecast[]): Finding[] {
  const dropOf = (isAtRisk: boolean): number[] =>
    known.flatMap(({ status, physics }) =>
      physics !== null && (status === 'at_risk') === isAtRisk ? [physics.feederDropV] : [],
    );
  const [atRisk, others] = [dropOf(true), dropOf(false)];
  if (atRisk.length < PEERS_MIN || others.length < PEERS_MIN) return [];
  const [riskV, othersV] = [median(atRisk), median(others)];
  return riskV > othersV ? [finding('worse-with-distance', { riskV, othersV })] : [];
}

function seasonal(input: CauseInput, physics: FittedPhysics): Signature {
  const { transformer, forecast, neighbours, lowPu } = input;
  const hours = forecast.expectedLowHours / Math.max(forecast.pLow, 0.05);
  const isFewHours = hours <= FEW_HOURS;
  const isLoad = isOfFewWeeks(input, physics);
  const { p50 } = forecast.peakLoadPct;
  const { seasonalLoadRatio: ratio, sensitivityPctPerK: pct } = physics;
  return {
    kind: 'seasonal',
    score: Math.max(isFewHours ? SEASONAL_SCORE : 0, isLoad ? loadScore(input, physics, p50) : 0),
    evidence: [
      ...(isLoad ? [finding('seasonal-load', { ratio, others: ratioOf(neighbours), p50 })] : []),
      ...(isFewHours ? [finding('few-hours', { hours })] : []),
      ...fewWeeks(forecast.fan, lowPu * transformer.nominalV),
      ...(pct >= 2 ? [finding('weather-load', { pct })] : []),
    ],
  };
}

/** That few weeks of the season are low, and what the middle one keeps: a visit home, pumps, a heat wave. */
export function fewWeeks(fan: SeasonFan | null, lowV: number): Finding[] {
  if (fan === null || fan.p10V.length === 0) return [];
  const total = fan.p10V.length;
  const weeks = fan.p10V.filter((volts) => volts < lowV).length;
  const otherV = median(Array.from(fan.p10V));
  if (weeks === 0 || weeks > FEW_WEEKS_SHARE * total || !(otherV >= lowV)) return [];
  return [finding('few-weeks', { weeks, total, otherV })];
}

/** Whether it lies a tap step below its neighbours. */
export function isStepBelow({ score }: Signature): boolean {
  return score >= STEP_SHARE;
}
