import { chanceOf, nameHash } from './chance.ts';
import type { SeasonContext } from './context.ts';
import { LOAD, LOAD_FEATURES, yearsAfter } from './features.ts';
import type { FeederModel } from './feederModel.ts';
import type { ModelChange } from './forecast.ts';
import { lineVPerA } from './nameplate.ts';
import type { PooledPriors } from './parts.ts';
import { dot } from './ridge.ts';
import type { TransformerModel } from './transformerFit.ts';
import { CHANNELS, sourceV, TAIL, VOLT, weatherDropV } from './voltageModel.ts';

/**
 * The season in every draw: a weather year through both models, growth and source level as uncertain as they are, and
 * the residuals of a past week for each week, of load and of all phases together. The same days are drawn for every
 * transformer, so what a feeder's transformers have in common stays common; and for every change of a model, so that a
 * difference is the measure's.
 */

/** Histogram of daily lowest hours: half volts from 40 V below the limit. */
export const BINS = 240;
export const BINS_PER_VOLT = 2;
export const BINS_BELOW_LIMIT_V = 40;
/** Calibration moves a season by no more than this, V: bins that may come to lie under the limit are kept by weather year. */
export const SHIFT_MAX_V = 15;
export const LOW_BINS = (BINS_BELOW_LIMIT_V + SHIFT_MAX_V) * BINS_PER_VOLT;
/** Growth comes in lumps besides (chargers, air conditioners): in so many of a hundred transformers a year, of such size. */
const LUMP_SHARE = 0.05;
const LUMP_LOG = 0.25;
/** The line factor of the LV radius is known to about half. */
const LINE_FACTOR_SD = 0.45;
/** Load may pass the highest that was measured: freely by the first share of it, ever less freely by the second. */
const ABOVE_MAX_FREE = 0.12;
const ABOVE_MAX_SOFT = 0.3;

/** What one transformer's season is in every draw; made once and used for all. */
export class Draws {
  readonly draws: number;
  /** Weeks of a season, days of the near term. */
  readonly buckets: number;
  readonly minimaV: Float32Array;
  readonly tailMinimaV: Float32Array;
  /** By scenario: the lowest hour without residuals and without uncertainty of growth and level. */
  readonly expectedMinimaV: Float32Array;
  readonly peakA: Float32Array;
  /** buckets × BINS counts of days. */
  readonly bins: Uint32Array;
  /** Weather years × LOW_BINS counts of days, and draws of each weather year. */
  readonly yearBins: Uint32Array;
  readonly yearDraws: Uint32Array;
  /** Lowest hour at the outlet on the worst day of the median: its drop by own load, feeder and line, V. */
  readonly loads: Float64Array;
  readonly bases: Float64Array;
  readonly loadResidual: Float64Array;
  readonly residualV: Float64Array;

  constructor(context: SeasonContext, scenarios: number) {
    this.draws = context.draws;
    this.buckets = Math.ceil(context.seasonDays / context.horizon.bucketDays);
    this.minimaV = new Float32Array(this.draws);
    this.tailMinimaV = new Float32Array(this.draws);
    this.expectedMinimaV = new Float32Array(scenarios);
    this.peakA = new Float32Array(this.draws);
    this.bins = new Uint32Array(this.buckets * BINS);
    const years = Math.max(1, ...[...context.stations.values()].map((station) => station.years.length));
    this.yearBins = new Uint32Array(years * LOW_BINS);
    this.yearDraws = new Uint32Array(years);
    this.loads = new Float64Array(scenarios * context.seasonDays);
    this.bases = new Float64Array(CHANNELS.length * scenarios * context.seasonDays);
    this.loadResidual = new Float64Array(context.poolDays.length);
    this.residualV = new Float64Array(CHANNELS.length * context.poolDays.length);
  }
}

/** Load of the feeder relative to its mean: scenarios × seasonDays. */
export function feederSeasonLoad(
  feeder: FeederModel,
  context: SeasonContext,
  scenarios: number,
): Float64Array {
  const cells = scenarios * context.seasonDays;
  const sum = new Float64Array(cells);
  const own = new Float64Array(cells);
  for (const model of feeder.models) {
    writeSeasonLoad(model, context, scenarios, own);
    for (let i = 0; i < cells; i++) sum[i]! += own[i]!;
  }
  for (let i = 0; i < cells; i++) sum[i]! /= feeder.meanLoadA;
  return sum;
}

/** Expected load of the transformer in each scenario, A. */
function writeSeasonLoad(
  model: TransformerModel,
  context: SeasonContext,
  scenarios: number,
  out: Float64Array,
): void {
  const { seasonDays } = context;
  const { future, scenarios: own } = model.station;
  for (let s = 0; s < scenarios; s++) {
    for (let d = 0; d < seasonDays; d++) {
      const offset = ((s % own) * seasonDays + d) * LOAD_FEATURES;
      out[s * seasonDays + d] = Math.exp(dot(future, offset, model.load.beta) + model.load.levelCarry);
    }
  }
}

/** What a channel does with load in the changed model. */
interface Channel {
  index: number;
  /** Volts for each ampere of the transformer's load. */
  dropVPerA: number;
  feederV: number;
}

/** Runs all draws of one transformer with a change of its model into `out`. */
export function drawSeason(
  model: TransformerModel,
  feederLoad: Float64Array,
  context: SeasonContext,
  priors: PooledPriors,
  change: ModelChange,
  lowV: number,
  out: Draws,
): void {
  const { seasonDays, draws, source } = context;
  const { bucketDays, levelSdShare } = context.horizon;
  const scenarios = out.loads.length / seasonDays;
  const pool = context.poolDays.length;
  const cells = out.loads.length;
  writeSeasonLoad(model, context, scenarios, out.loads);
  writeResiduals(model, context, out);
  const channels = changedChannels(model, change);
  for (const { index } of channels) writeBases(model, context, index, change.sourceShiftV, out);
  writeExpectedMinima(channels, feederLoad, seasonDays, out);
  const line = lineVPerA(model.transformer) * Math.max(...model.share) * change.lineScale;
  const maxA = highestLoadA(model, context);
  const loadSd = priors.loadLevelSd * levelSdShare;
  const voltageSd = priors.voltageLevelSd * levelSdShare;
  out.bins.fill(0);
  out.yearBins.fill(0);
  out.yearDraws.fill(0);
  const chance = chanceOf(nameHash(model.transformer.id, context.options.seed));
  const binFloorV = lowV - BINS_BELOW_LIMIT_V;
  const yearCeilingV = lowV + SHIFT_MAX_V;
  for (let r = 0; r < draws; r++) {
    const year = ((r % scenarios) % model.station.scenarios) % model.station.years.length;
    out.yearDraws[year]!++;
    const lump = chance.unit() < LUMP_SHARE * levelSdShare ? Math.abs(chance.normal()) * LUMP_LOG : 0;
    const growth = Math.exp(chance.normal() * loadSd + lump) * change.loadScale;
    const capA = maxA * growth;
    const levelV = chance.normal() * voltageSd;
    const lineFactor = line * Math.exp(chance.normal() * LINE_FACTOR_SD);
    let min = Infinity;
    let tailMin = Infinity;
    let peak = 0;
    for (let d = 0; d < seasonDays; d++) {
      const from = source[r * seasonDays + d]!;
      const cell = (r % scenarios) * seasonDays + d;
      let loadA = out.loads[cell]! * out.loadResidual[from]! * growth;
      if (loadA > capA)
        loadA = capA * (1 + ABOVE_MAX_SOFT * (1 - Math.exp((1 - loadA / capA) / ABOVE_MAX_SOFT)));
      let dayV = Infinity;
      for (const { index, dropVPerA, feederV } of channels) {
        const v =
          out.bases[index * cells + cell]! -
          dropVPerA * loadA -
          feederV * feederLoad[cell]! +
          out.residualV[index * pool + from]!;
        if (v < dayV) dayV = v;
      }
      dayV += levelV;
      if (dayV < min) min = dayV;
      if (loadA > peak) peak = loadA;
      const tailV = dayV - lineFactor * loadA;
      if (tailV < tailMin) tailMin = tailV;
      const bin = ((dayV - binFloorV) * BINS_PER_VOLT) | 0;
      const bucket = (d / bucketDays) | 0;
      out.bins[bucket * BINS + (bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin)]!++;
      if (dayV < yearCeilingV) out.yearBins[year * LOW_BINS + (bin < 0 ? 0 : bin)]!++;
    }
    out.minimaV[r] = min;
    out.tailMinimaV[r] = tailMin;
    out.peakA[r] = peak;
  }
}

function writeExpectedMinima(
  channels: readonly Channel[],
  feederLoad: Float64Array,
  seasonDays: number,
  out: Draws,
): void {
  const cells = out.loads.length;
  out.expectedMinimaV.fill(Infinity);
  for (const { index, dropVPerA, feederV } of channels) {
    for (let cell = 0; cell < cells; cell++) {
      const v = out.bases[index * cells + cell]! - dropVPerA * out.loads[cell]! - feederV * feederLoad[cell]!;
      const s = (cell / seasonDays) | 0;
      if (v < out.expectedMinimaV[s]!) out.expectedMinimaV[s] = v;
    }
  }
}

/** The highest load that was ever measured, grown to the season: more than that no draw has without resistance, A. */
function highestLoadA({ load }: TransformerModel, { season }: SeasonContext): number {
  const years = yearsAfter(season.originDay, (season.firstDay + season.lastDay) / 2);
  return Math.exp(load.maxLog + load.beta[LOAD.trend]! * years) * (1 + ABOVE_MAX_FREE);
}

function changedChannels(model: TransformerModel, change: ModelChange): Channel[] {
  const { balanceShare: balance, transformerScale, lineScale } = change;
  const phases = model.channels.slice(0, TAIL).flatMap((channel) => (channel === null ? [] : [channel]));
  const meanBeta = (k: number): number =>
    phases.reduce((sum, { beta }) => sum + beta[k]!, 0) / Math.max(1, phases.length);
  const [meanRatio, meanNeutral] = [meanBeta(VOLT.own), meanBeta(VOLT.neutral)];
  return model.channels.flatMap((channel, index) => {
    if (channel === null) return [];
    const tail = index === TAIL;
    const share = tail ? Math.max(...model.share) : model.share[index]!;
    const balancedShare = share + balance * (1 / 3 - share);
    const ratio = channel.beta[VOLT.own]!;
    const ownRatio = tail && phases.length > 0 ? Math.min(ratio, meanRatio) : ratio;
    // A balanced load moves no neutral, so the phases drop alike.
    const balancedRatio = tail ? ownRatio : ownRatio + balance * (meanRatio - ownRatio);
    const lineRatio = ratio - ownRatio;
    const neutral = channel.beta[VOLT.neutral]!;
    const ownNeutral = tail && phases.length > 0 ? Math.min(neutral, meanNeutral) : neutral;
    const perShare = balancedRatio * transformerScale + lineRatio * lineScale;
    const perExcess = ownNeutral * transformerScale + (neutral - ownNeutral) * lineScale;
    return {
      index,
      dropVPerA: model.zVPerA * (perShare * balancedShare + perExcess * (balancedShare - 1 / 3)),
      feederV: channel.beta[VOLT.feeder]! * change.feederScale,
    };
  });
}

/** Voltage of a channel without load, by scenario and day, its level of the last weeks carried on. */
function writeBases(
  model: TransformerModel,
  context: SeasonContext,
  index: number,
  shiftV: number,
  out: Draws,
): void {
  const channel = model.channels[index]!;
  const { future, scenarios: own } = model.station;
  const cells = out.loads.length;
  const { seasonDays } = context;
  for (let d = 0; d < seasonDays; d++) {
    const baseV = sourceV(channel, future, d * LOAD_FEATURES) + channel.levelCarry + shiftV;
    for (let s = 0; s * seasonDays < cells; s++) {
      const offset = ((s % own) * seasonDays + d) * LOAD_FEATURES;
      out.bases[index * cells + s * seasonDays + d] = baseV - weatherDropV(channel, future, offset);
    }
  }
}

/** Residuals of the days of the pool; a day that was not measured takes those of another. */
function writeResiduals(model: TransformerModel, { poolDays }: SeasonContext, out: Draws): void {
  const pool = poolDays.length;
  for (let i = 0; i < pool; i++) {
    const residual = model.loadResidual[poolDays[i]!]!;
    out.loadResidual[i] = Number.isNaN(residual) ? 1 : Math.exp(residual);
  }
  model.channels.forEach((channel, c) => {
    if (channel === null) return;
    const residual = model.residualV[c]!;
    let last = 0;
    // Twice, so that gaps at the beginning take from the end.
    for (let i = 0; i < 2 * pool; i++) {
      const value = residual[poolDays[i % pool]!]!;
      if (!Number.isNaN(value)) last = value;
      out.residualV[c * pool + (i % pool)] = last;
    }
  });
}
