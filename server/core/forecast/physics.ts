import type { SeasonContext } from './context.ts';
import { LOAD, LOAD_FEATURES } from './features.ts';
import type { FittedPhysics } from './forecast.ts';
import { lineVPerA } from './nameplate.ts';
import { quantile } from './statistics.ts';
import type { TransformerModel } from './transformerFit.ts';
import { ownDrop, sourceV, TAIL, VOLT } from './voltageModel.ts';

/** The fitted model in numbers that an engineer knows: what causes are read from. */

/** Light load: this share of the days. */
const LIGHT_SHARE = 0.25;
/** Heaviest days: fewer than the two weeks that pumps, kilns or a festival last at least, of some ninety days. */
const HEAVY_SHARE = 0.05;

/** `peakA` and `feederLoad`: load at the median peak of the season; `lightOffsetV`: {@link lightLoadV} above that of the neighbours. */
export function fittedPhysics(
  model: TransformerModel,
  context: SeasonContext,
  peakA: number,
  feederLoad: number,
  lightOffsetV: number,
): FittedPhysics {
  const { load, share, zVPerA, channels, station, transformer } = model;
  const lastRow = (context.days - 1) * LOAD_FEATURES;
  const perPhase = (value: (index: number) => number): [number, number, number] => [
    value(0),
    value(1),
    value(2),
  ];
  // Volts per ampere of the phase as loaded as it is, what it moves the neutral included.
  const slopeOf = (c: number, phase: number): number => {
    const channel = channels[c] ?? null;
    return channel === null ? NaN : (ownDrop(channel.beta, share[phase]!) / share[phase]!) * zVPerA;
  };
  const slopes = perPhase((c) => slopeOf(c, c));
  const worst = share.indexOf(Math.max(...share));
  const slope = Number.isNaN(slopes[worst]!) ? zVPerA : slopes[worst]!;
  const phaseA = peakA * share[worst]!;
  const tail = channels[TAIL] ?? null;
  const lineDropV =
    tail === null ? lineVPerA(transformer) * phaseA : Math.max(0, slopeOf(TAIL, worst) - slope) * phaseA;
  const { beta } = load;
  const hasLoad = load.source !== 'none';
  return {
    sourceV: perPhase((c) => {
      const channel = channels[c] ?? null;
      return channel === null ? NaN : sourceV(channel, station.history, lastRow) + channel.levelCarry;
    }),
    slopeVPerA: slopes,
    nameplateVPerA: zVPerA,
    phaseShare: [...share],
    unbalancePct: (100 * (Math.max(...share) - Math.min(...share))) / Math.max(...share),
    ownDropV: slope * phaseA,
    feederDropV: (channels[worst]?.beta[VOLT.feeder] ?? NaN) * feederLoad,
    lineDropV,
    lineMeasured: tail !== null,
    lightLoadOffsetV: lightOffsetV,
    powerFactor: powerFactor(model, context),
    growthPctPerYear: hasLoad ? 100 * Math.expm1(beta[LOAD.trend]!) : NaN,
    sensitivityPctPerK: hasLoad ? 100 * Math.expm1(sensitivity(context, beta)) : NaN,
    seasonalLoadRatio: hasLoad ? seasonalLoadRatio(model, context) : NaN,
  };
}

/** As measured: pumps, kilns and visits home keep to no weather, so no model of the load knows them all. */
function seasonalLoadRatio({ load, history }: TransformerModel, context: SeasonContext): number {
  const { pMaxHourKw: p, iaMaxHourA: i } = history.columns;
  const measured = load.source === 'power' ? p : i;
  const shift = context.firstDay - history.firstDay;
  const loads = Float64Array.from(context.poolDays, (d) => measured[d + shift]!);
  return quantile(loads, 1 - HEAVY_SHARE) / quantile(loads, 0.5);
}

/** Change of log load with one kelvin at peak: hinges are told in steps of 5 K. */
function sensitivity(context: SeasonContext, beta: Float64Array): number {
  return (context.season.kind === 'summer' ? beta[LOAD.torrid]! : beta[LOAD.cold]!) / 5;
}

/** Mean lowest hour of the phases on days of light load, V. */
export function lightLoadV(model: TransformerModel, context: SeasonContext): number {
  const { uaMinHourV: a, ubMinHourV: b, ucMinHourV: c, pMaxHourKw: p, iaMaxHourA: i } = model.history.columns;
  const load = model.load.source === 'power' ? p : i;
  const shift = context.firstDay - model.history.firstDay;
  const loads = new Float64Array(context.days).fill(NaN);
  const means = new Float64Array(context.days);
  for (let d = 0; d < context.days; d++) {
    means[d] = (a[d + shift]! + b[d + shift]! + c[d + shift]!) / 3 + model.levelV[d]!;
    if (!Number.isNaN(means[d]!)) loads[d] = load[d + shift]!;
  }
  const limit = quantile(loads, LIGHT_SHARE);
  return quantile(
    means.filter((_, d) => loads[d]! <= limit),
    0.5,
  );
}

function powerFactor(model: TransformerModel, context: SeasonContext): number {
  const { pMeanKw: p, qMeanKvar: q } = model.history.columns;
  const shift = context.firstDay - model.history.firstDay;
  const factors: number[] = [];
  for (let d = 0; d < context.days; d++) {
    const kw = p[d + shift]!;
    if (kw > 0) factors.push(kw / Math.hypot(kw, q[d + shift]!));
  }
  return quantile(factors, 0.5);
}
