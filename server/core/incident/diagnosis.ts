import type { Transformer } from '../grid.ts';
import type { EvidenceCode, EvidenceValues } from './evidence.ts';
import type { EvidenceView } from './evidenceView.ts';
import { least, median, type Level } from './feederLevels.ts';
import type { EvidenceNow } from './gridEvidence.ts';
import type { Cause, CauseKind, Evidence } from './incident.ts';

/** Thresholds of telling one transformer's troubles apart; found on simulated grids (docs/rootCause.md). */
const UK_DEFAULT_PCT = 4;
/** Share of uk% that is lost as voltage at full load and a power factor of 0.93 (domain table: 2.2–2.8 % of uk 4 %). */
const DROP_OF_UK = 0.64;
/** A phase under this share of the highest, which has at least the next share of nominal: its 10 kV side is open. */
const DEAD_PU = 0.7;
const ALIVE_PU = 0.85;
/**
 * Displacement per ampere of unbalance, V/A of a 100 kVA transformer. The transformer's own impedance is 0.04, a Yyn0 core
 * 0.23; more is a bad neutral.
 */
const NEUTRAL_OHM_100KVA = 0.5;
const NEUTRAL_SPREAD_V = 12;
/** What the phases may differ in everyday life, V. */
const SPREAD_USUAL_V = 3;
/** So far under its neighbours at quiet hours is a tap too low: more than one step of 2.5 % (5.8 V), less than two. */
const TAP_V = 7;
const FULL_LOAD_PCT = 100;
const HEAVY_LOAD_PCT = 80;
/** An outlet that is fine by less than this is not fine. */
const SCARCE_PU = 0.02;

export function say<C extends EvidenceCode>(code: C, values: EvidenceValues[C]): Evidence {
  return { code, values: { ...values } as Record<string, number | string> };
}

export const cause = (kind: CauseKind, confidence: number, ...evidence: Evidence[]): Cause => ({
  kind,
  confidence: Math.round(100 * Math.max(0, Math.min(1, confidence))) / 100,
  evidence,
});

export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** What is measured of one transformer, taken apart into what each cause takes away, V. */
interface Parts {
  t: Transformer;
  now: EvidenceNow;
  own: Level;
  others: readonly Level[];
  lowV: number;
  meanV: number;
  spreadV: number;
  loadPct: number;
  /** Lost in the transformer itself at this load. */
  ownDropV: number;
  /** Under its neighbours at quiet hours. */
  tapV: number;
  /** How far neighbours are under their quiet hours now. */
  neighbourSagV: number;
}

/** Why one transformer is low, by itself or with its feeder. */
export function diagnose(transformerId: string, view: EvidenceView): Cause {
  const parts = partsOf(transformerId, view);
  if (parts === null) return cause('unknown', 0.1);
  return phaseFault(parts) ?? neutral(parts) ?? line(parts) ?? outletCause(parts);
}

function partsOf(transformerId: string, view: EvidenceView): Parts | null {
  const t = view.places.transformer(transformerId);
  const now = view.now(transformerId);
  if (t === null || now === null) return null;
  const voltages = [now.uaV, now.ubV, now.ucV].filter((v) => !Number.isNaN(v));
  if (voltages.length === 0) return null;
  const levels = view.levels(t.feederId);
  const own = levels.find((level) => level.id === t.id)!;
  const others = levels.filter((level) => level !== own);
  const loadPct = now.loadPct;
  const lowV = Math.min(...voltages);
  return {
    t,
    now,
    own,
    others,
    lowV,
    meanV: voltages.reduce((sum, v) => sum + v, 0) / voltages.length,
    spreadV: Math.max(...voltages) - lowV,
    loadPct,
    ownDropV: ((t.ukPct ?? UK_DEFAULT_PCT) * DROP_OF_UK * loadPct * t.nominalV) / 1e4,
    tapV: median(others.map((level) => level.quietV)) - own.quietV - tailShareV(now, lowV),
    neighbourSagV: median(others.map((level) => level.quietV - level.lowV)),
  };
}

/** The past knows the lowest of all meters: at quiet hours a line end is under its outlet by half of what it is now. */
function tailShareV({ lowestTailV }: EvidenceNow, outletV: number): number {
  return lowestTailV < outletV ? (outletV - lowestTailV) / 2 : 0;
}

function phaseFault({ t, now, lowV }: Parts): Cause | null {
  const phases = [now.uaV, now.ubV, now.ucV];
  const alive = phases.filter((v) => v >= ALIVE_PU * t.nominalV).length;
  // Beside the others: all phases of an unbalanced transformer sink when its feeder does.
  if (!(lowV < DEAD_PU * Math.max(...phases) && alive >= 1)) return null;
  // A neutral that is gone lifts another phase over what the source gives.
  if (Math.max(...phases) > 1.12 * t.nominalV) return null;
  const phase = 'ABC'[phases.indexOf(lowV)]!;
  return cause('phase-fault', 0.9, say('phase-dead', { phase }));
}

function neutral(parts: Parts): Cause | null {
  const { t, now, spreadV, loadPct } = parts;
  const perAmpere = displacement(now) * ((t.capacityKva ?? 100) / 100);
  if (!(spreadV >= NEUTRAL_SPREAD_V && perAmpere >= NEUTRAL_OHM_100KVA)) return null;
  const evidence = say('phase-spread', { spreadV: tenth(spreadV), loadPct: Math.round(known(loadPct)) });
  return cause('neutral', Math.min(0.95, 0.6 + 0.2 * (perAmpere / NEUTRAL_OHM_100KVA - 0.5)), evidence);
}

/** How much a phase loses for each ampere that it carries above the mean, Ω; least squares over the phases. */
function displacement({ uaV, ubV, ucV, iaA, ibA, icA }: EvidenceNow): number {
  const u = (uaV + ubV + ucV) / 3;
  const i = (iaA + ibA + icA) / 3;
  const product = (uaV - u) * (iaA - i) + (ubV - u) * (ibA - i) + (ucV - u) * (icA - i);
  const square = (iaA - i) ** 2 + (ibA - i) ** 2 + (icA - i) ** 2;
  return square > 0 ? -product / square : NaN;
}

/** Low-voltage line: the outlet is in order, an end is not. */
function line({ t, now, lowV, loadPct }: Parts): Cause | null {
  const limitV = 0.9 * t.nominalV;
  if (loadPct > HEAVY_LOAD_PCT && lowV < limitV + SCARCE_PU * t.nominalV) return null;
  if (!(lowV >= limitV && now.lowestTailV < limitV)) return null;
  return cause('line', 0.9, say('outlet-fine', { outletV: tenth(lowV), tailV: tenth(now.lowestTailV) }));
}

function currentUnbalancePct({ iaA, ibA, icA }: EvidenceNow): number {
  const most = Math.max(iaA, ibA, icA);
  return most > 0 ? (100 * (most - Math.min(iaA, ibA, icA))) / most : NaN;
}

/** The outlet itself is low: what takes most, measured by what is usual, is the cause. */
function outletCause(parts: Parts): Cause {
  const { t, now, others, lowV, meanV, spreadV, loadPct, ownDropV, tapV, neighbourSagV } = parts;
  const limitV = 0.9 * t.nominalV;
  const low = others.filter((level) => level.isLow).length;
  const heard = others.filter((level) => !Number.isNaN(level.lowV)).length;
  const neighbours =
    low * 3 >= heard && low > 0
      ? say('neighbours-low', { low, total: heard })
      : say('neighbours-normal', { normal: heard - low, total: heard });
  // Without it, the transformer would be within the limits or close to them.
  const unbalancePct = currentUnbalancePct(now);
  const scores: { kind: CauseKind; score: number; evidence: Evidence[] }[] = [
    {
      kind: 'unbalance',
      score: (meanV - lowV) / (2 * SPREAD_USUAL_V) + (meanV >= limitV ? 0.4 : 0) - 0.2,
      evidence: [
        say('phase-spread', { spreadV: tenth(spreadV), loadPct: Math.round(known(loadPct)) }),
        say('current-unbalance', { pct: Math.round(known(unbalancePct)) }),
      ],
    },
    {
      kind: 'tap',
      // A heavy load, by day and by night, looks like a low tap.
      score: (tapV / TAP_V) * (loadPct > HEAVY_LOAD_PCT ? 0.6 : 1),
      evidence: [say('low-at-all-loads', { loadPct: Math.round(known(loadPct)) }), neighbours],
    },
    {
      kind: 'overload',
      score: loadPct / FULL_LOAD_PCT,
      evidence: [
        say('load', { pct: Math.round(known(loadPct)) }),
        say('own-load-explains', { pct: explainedPct(parts, ownDropV) }),
        neighbours,
      ],
    },
    {
      kind: 'upstream',
      score: heard === 0 ? 0 : Math.max((2 * low) / heard, known(neighbourSagV) / (0.055 * t.nominalV)),
      evidence: [neighbours],
    },
  ];
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  const second = scores.reduce((a, b) => (b !== best && b.score > a ? b.score : a), 0);
  if (!(best.score >= 0.6)) return cause('unknown', 0.3, neighbours);
  return cause(
    best.kind,
    0.5 + 0.2 * Math.min(1, best.score - 0.6) + 0.3 * Math.min(1, best.score - second),
    ...best.evidence,
  );
}

/** Share of the drop since quiet hours that the transformer's own impedance makes, %. */
function explainedPct({ own }: Parts, ownDropV: number): number {
  const sagV = least(own.quietV - own.lowV);
  return sagV > 0 ? Math.min(100, Math.round((100 * known(ownDropV)) / sagV)) : 0;
}

const known = (value: number): number => (Number.isFinite(value) ? value : 0);
