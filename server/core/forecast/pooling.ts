import type { Transformer } from '../grid.ts';
import { nameHash } from './chance.ts';
import type { SeasonContext } from './context.ts';
import { LOAD, LOAD_FEATURES } from './features.ts';
import { fitFeeder } from './feederModel.ts';
import type { ForecastInput } from './forecast.ts';
import { LOAD_PRIOR } from './loadModel.ts';
import { gridLaw, LOW_HOURS_LAW } from './lowHours.ts';
import { areaKey, type PooledPriors, type Prior } from './parts.ts';
import { median, quantile } from './statistics.ts';
import { lowLimitV } from './supplyLimits.ts';
import type { TransformerModel } from './transformerFit.ts';
import { isRatio, TAIL, VOLT, VOLT_FEATURES, VOLTAGE_PRIOR } from './voltageModel.ts';

/**
 * What the transformers of a kind have in common, from a sample of whole feeders: the prior of each of them. Where an area
 * has some of a kind, its load prior lies between the kind's and what they say: district heating, work and customs of a town
 * are its own; volts per ampere are not.
 */

/** Enough for a mean; a larger sample costs time and says the same. */
const SAMPLE_TRANSFORMERS = 400;
/** Below this a kind is what all kinds are. */
const KIND_MIN = 12;
/** Below this an area has no say; with as many more as the second it has half (M). */
const AREA_MIN = 6;
const AREA_HALF = 12;
/** Level of load and of source between the same seasons of two years, before anything was learned (M). */
const LOAD_LEVEL_SD = 0.08;
const VOLTAGE_LEVEL_SD = 1.2;
/** Between transformers a coefficient varies at least by this share of what was believed before. */
const SD_MIN_SHARE = 0.3;
/** The fits are shrunk already, and their distribution has tails. */
const SPREAD_FACTOR = 2;

export function poolPriors(input: ForecastInput, context: SeasonContext): PooledPriors {
  const base: PooledPriors = {
    load: new Map(),
    voltage: new Map(),
    loadLevelSd: LOAD_LEVEL_SD,
    voltageLevelSd: VOLTAGE_LEVEL_SD,
    lowHours: LOW_HOURS_LAW,
  };
  const models = sampleFeeders(input).flatMap((members) => fitFeeder(input, context, members, base).models);
  const load = new Map<string, Prior>();
  const voltage = new Map<string, Prior>();
  for (const [kind, group] of byKind(models)) {
    if (group.length < KIND_MIN) continue;
    const ofKind = pooledLoad(group);
    load.set(kind, ofKind);
    for (const [areaId, members] of Map.groupBy(group, ({ transformer }) => transformer.areaId)) {
      const ofArea = areaLoad(members, ofKind);
      if (ofArea !== null) load.set(areaKey(kind, areaId), ofArea);
    }
    const pooled = pooledVoltage(group);
    if (pooled !== null) voltage.set(kind, pooled);
  }
  const sample = models.map(({ transformer, history }) => ({ history, lowV: lowLimitV(transformer, input) }));
  return { ...base, load, voltage, lowHours: gridLaw(sample, context) };
}

/** Whole feeders, in an order that hangs on their names, until there are enough transformers. */
function sampleFeeders(input: ForecastInput): Transformer[][] {
  const feeders = new Map<string, Transformer[]>();
  for (const transformer of input.transformers) {
    const members = feeders.get(transformer.feederId);
    if (members === undefined) feeders.set(transformer.feederId, [transformer]);
    else members.push(transformer);
  }
  const ordered = [...feeders]
    .map(([id, members]) => ({ order: nameHash(id, input.options.seed), members }))
    .toSorted((a, b) => a.order - b.order);
  const sample: Transformer[][] = [];
  let count = 0;
  for (const { members } of ordered) {
    if (count >= SAMPLE_TRANSFORMERS) break;
    sample.push(members);
    count += members.length;
  }
  return sample;
}

function byKind(models: readonly TransformerModel[]): Map<string, TransformerModel[]> {
  const groups = new Map<string, TransformerModel[]>([['', [...models]]]);
  for (const model of models) {
    const { kind } = model.transformer;
    if (kind === '') continue;
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [model]);
    else group.push(model);
  }
  return groups;
}

function pooledLoad(models: readonly TransformerModel[]): Prior {
  const measured = models.filter((model) => model.load.source !== 'none');
  if (measured.length < KIND_MIN) return LOAD_PRIOR;
  const pooled = pool(
    measured.map((model) => model.load.beta),
    LOAD_FEATURES,
    LOAD_PRIOR,
  );
  // The size of a transformer says nothing of another's.
  pooled.sd[LOAD.one] = LOAD_PRIOR.sd[LOAD.one]!;
  return pooled;
}

/** The kind's prior moved towards the median of an area; null where too few were measured. */
function areaLoad(models: readonly TransformerModel[], { mean, sd }: Prior): Prior | null {
  const betas = models.filter((model) => model.load.source !== 'none').map((model) => model.load.beta);
  if (betas.length < AREA_MIN) return null;
  const weight = betas.length / (betas.length + AREA_HALF);
  const medianOf = (k: number): number => median(betas.map((beta) => beta[k]!));
  return { mean: mean.map((value, k) => value + weight * (medianOf(k) - value)), sd };
}

function pooledVoltage(models: readonly TransformerModel[]): Prior | null {
  const betas = models.flatMap(({ channels, transformer }) =>
    channels.flatMap((channel, c) => {
      if (channel === null || c === TAIL) return [];
      const scale = transformer.nominalV / 220;
      return [channel.beta.map((value, k) => (isRatio(k) ? value : value / scale))];
    }),
  );
  if (betas.length < KIND_MIN) return null;
  const pooled = pool(betas, VOLT_FEATURES, VOLTAGE_PRIOR);
  pooled.sd[VOLT.one] = VOLTAGE_PRIOR.sd[VOLT.one]!;
  return pooled;
}

/** Median and robust spread of each coefficient. */
function pool(betas: readonly Float64Array[], size: number, before: Prior): Prior {
  const mean = new Float64Array(size);
  const sd = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const values = betas.map((beta) => beta[k]!);
    mean[k] = median(values);
    // 16 % to 84 % are two standard deviations of a normal distribution.
    const spread = (quantile(values, 0.84) - quantile(values, 0.16)) / 2;
    sd[k] = Math.max(SPREAD_FACTOR * spread, SD_MIN_SHARE * before.sd[k]!);
  }
  return { mean, sd };
}
