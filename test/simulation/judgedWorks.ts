import {
  FORECAST_OPTIONS,
  type DailyHistory,
  type ForecastInput,
  type TransformerForecast,
} from '../../server/core/forecast/forecast.ts';
import { worstMinHourV } from '../../server/core/forecast/history.ts';
import { inputAt } from '../../server/core/forecast/past.ts';
import {
  feederIds,
  finishForecast,
  forecastAlternatives,
  forecastFeeder,
  prepareForecast,
} from '../../server/core/forecast/readiness.ts';
import type { Transformer } from '../../server/core/grid.ts';
import { DAY_MS, dayStart, HOUR_MS } from '../../server/core/localTime.ts';
import { measurePlan } from '../../server/core/measures/catalogue.ts';
import { chooseMeasure } from '../../server/core/measures/choose.ts';
import type { MeasureOutcome } from '../../server/core/measures/finding.ts';
import type { MeasureVerdict, RegisteredMeasure } from '../../server/core/measures/register.ts';
import { judgeMeasure, type JudgeDeps } from '../../server/pipeline/plan/judge.ts';
import { ORDINARY_FAULTS } from '../../simulator/seasons/deviceFaults.ts';
import { buildSeasonGrid } from '../../simulator/seasons/buildSeasonGrid.ts';
import { hourlyWeather } from '../../simulator/seasons/seasonAxis.ts';
import type { SeasonGrid } from '../../simulator/seasons/seasonGrid.ts';
import type { Work } from '../../simulator/seasons/works.ts';
import { dailyRows } from '../dailySummary.ts';
import { registeredMeasure } from '../fixtures/readiness.ts';
import { LARGEST_KVA, workOf } from './carriedOut.ts';
import { seasonInput } from './seasonInput.ts';

/**
 * Measures as a planner takes them from a run, done in a simulated grid (or only written down as done), and judged by the
 * register after the season. What is promised, what is measured and what is judged passes through the product's own code.
 */

/** Kinds that are proved. */
export const PROVED_KINDS = ['tap', 'capacity', 'rebalance'] as const;
export type ProvedKind = (typeof PROVED_KINDS)[number];

/** One measure of the register, with what only the simulator knows. */
export interface JudgedWork {
  seed: number;
  transformerId: string;
  kind: ProvedKind;
  /** False: the work order was closed, and nothing was done. */
  isReal: boolean;
  promisedV: number;
  /** Rise of the season's lowest hour that the work really made: the same season with and without it, V. */
  trueV: number;
  verdict: MeasureVerdict;
}

export interface WorksPlan {
  seed: number;
  transformers: number;
  season?: string;
  /** Measures of each kind, at most; every other one is useless. */
  perKind: number;
}

const ZONE_MS = 8 * HOUR_MS;
const offset = (): number => ZONE_MS;
const SEASON = 'summer-2026';
/** Work is done so many days before the season's origin. */
const LEAD_DAYS = 45;
/** A promise below this is not what crews are sent out for, V. */
const PROMISE_MIN_V = 1.5;
/** Two works at once are no proof of either: where the years brought one so close, none is ordered. */
const ALONE_DAYS = 21;
/** So many of a feeder at most, so that it has neighbours left. */
const PER_FEEDER_MAX = 6;

interface Planned {
  transformerId: string;
  feederId: string;
  kind: ProvedKind;
  detail: MeasureOutcome['detail'];
  promised: NonNullable<RegisteredMeasure['promised']>;
}

/** Orders the works, lets the years go by, and has the register judged. */
export async function judgedWorks(plan: WorksPlan): Promise<JudgedWork[]> {
  return judgeWorks(workedGrid(plan));
}

interface WorkedGrid {
  seed: number;
  planned: readonly Planned[];
  register: readonly RegisteredMeasure[];
  /** The same days without and with the work. */
  before: ForecastInput;
  after: ForecastInput;
  weather: ReadonlyMap<string, { fromMs: number; tempC: Float32Array }>;
}

function workedGrid({ seed, transformers, season = SEASON, perKind }: WorksPlan): WorkedGrid {
  const options = { seed, transformers, season, faults: ORDINARY_FAULTS };
  const unworked = buildSeasonGrid(options);
  const before = seasonInput(unworked);
  const doneDay = before.season.originDay - LEAD_DAYS;
  const planned = plannedMeasures(unworked, before, doneDay, perKind);
  const doneMs = dayStart(doneDay, offset);
  const works = planned.map((one, index): Work => ({
    ...workOf(one),
    transformerId: one.transformerId,
    tsMs: doneMs,
    done: isReal(index),
  }));
  const grid = buildSeasonGrid({ ...options, works });
  const ordered = planned.map(({ transformerId, kind, detail, promised }) =>
    registeredMeasure(transformerId, { transformerId, kind, detail, promised, state: 'done', doneMs }),
  );
  const weather = new Map(grid.stations.map((id, station) => [id, hourlyWeather(grid, station)] as const));
  const register = [...ordered, ...otherWorks(grid, works)];
  return { seed, planned, register, before, after: seasonInput(grid), weather };
}

function isReal(index: number): boolean {
  return index % 2 === 0;
}

async function judgeWorks(worked: WorkedGrid): Promise<JudgedWork[]> {
  const { seed, planned, register, before, after } = worked;
  const deps = judgeDeps(worked);
  const judged: JudgedWork[] = [];
  for (const [index, { transformerId, kind, promised }] of planned.entries()) {
    const { verdict } = await judgeMeasure(register[index]!, deps);
    judged.push({
      seed,
      transformerId,
      kind,
      isReal: isReal(index),
      promisedV: promised.minAfterV - promised.minV,
      trueV: lowestV(after, transformerId) - lowestV(before, transformerId),
      verdict: verdict!,
    });
  }
  return judged;
}

function lowestV({ histories, season }: ForecastInput, transformerId: string): number {
  const history = histories.get(transformerId)!;
  let lowest = Infinity;
  for (let day = season.firstDay; day <= season.lastDay; day++) {
    lowest = Math.min(lowest, worstMinHourV(history, day - history.firstDay) || Infinity);
  }
  return lowest;
}

/** What a planner orders from a run of that day, worst risk first: of each measure the first variant that suffices, else the one that gains most. */
function plannedMeasures(
  grid: SeasonGrid,
  input: ForecastInput,
  doneDay: number,
  perKind: number,
): Planned[] {
  const busy = new Set(
    [...grid.events, ...grid.hiddenEvents]
      .filter(({ tsMs }) => Math.abs(tsMs - dayStart(doneDay, offset)) <= ALONE_DAYS * DAY_MS)
      .map(({ transformerId }) => transformerId),
  );
  const at = inputAt(input, { ...input.season, originDay: doneDay - 1 });
  const offered = offeredMeasures(at).filter(({ transformerId }) => !busy.has(transformerId));
  const taken = new Map<string, Planned>();
  const onFeeder = (id: string) => [...taken.values()].filter(({ feederId }) => feederId === id).length;
  // Rebalancing suits the fewest: it chooses first.
  for (const kind of PROVED_KINDS.toReversed()) {
    let count = 0;
    for (const one of offered.filter((offer) => offer.kind === kind)) {
      if (count >= perKind) break;
      if (taken.has(one.transformerId) || onFeeder(one.feederId) >= PER_FEEDER_MAX) continue;
      taken.set(one.transformerId, one);
      count += 1;
    }
  }
  return [...taken.values()];
}

/** Worst risk first. */
function offeredMeasures(input: ForecastInput): Planned[] {
  const { lowPu, highPu } = input.options;
  const priors = prepareForecast(input);
  const feeders = feederIds(input).map((id) => forecastFeeder(input, priors, id));
  const run = finishForecast(input, priors, feeders);
  const rows = input.transformers.flatMap((transformer, index) => {
    const forecast = run.forecasts[index]!;
    const isTreated = forecast.status === 'at_risk' || forecast.status === 'watch';
    return isTreated ? [{ transformer, forecast, plan: measurePlan(transformer, forecast) }] : [];
  });
  const asked = new Map(
    rows
      .filter(({ plan }) => plan.candidates.length > 0)
      .map(({ transformer, plan }) => [transformer.id, plan.candidates.map(({ change }) => change)]),
  );
  const answers = new Map(
    feederIds(input).flatMap((id) => [...forecastAlternatives(input, priors, run.calibration, id, asked)]),
  );
  return rows
    .toSorted((a, b) => b.forecast.pLow - a.forecast.pLow)
    .flatMap(({ transformer, forecast, plan }) => {
      const after = answers.get(transformer.id);
      if (after === undefined) return [];
      const { measures } = chooseMeasure({ transformer, forecast, lowPu, highPu }, plan, after);
      return PROVED_KINDS.flatMap((kind) => planned(transformer, forecast, measures, kind) ?? []);
    });
}

function planned(
  { id: transformerId, feederId }: Transformer,
  { pLow, minHourV }: TransformerForecast,
  measures: readonly MeasureOutcome[],
  kind: ProvedKind,
): Planned | null {
  const variants = measures.filter(
    (one) => one.kind === kind && !(Number(one.detail['toKva']) > LARGEST_KVA),
  );
  const best = variants.find(({ suffices }) => suffices) ?? variants.at(-1);
  if (best === undefined || !(best.after.minHourV.p50 - minHourV.p50 >= PROMISE_MIN_V)) return null;
  const { detail, after } = best;
  const [minV, minAfterV] = [minHourV.p50, after.minHourV.p50];
  const promised = { runId: 'run', pLowBefore: pLow, pLowAfter: after.pLow, minV, minAfterV };
  return { transformerId, feederId, kind, detail, promised };
}

/** Work that the years brought, in the register too: much of it no nameplate shows. */
function otherWorks({ events }: SeasonGrid, works: readonly Work[]): RegisteredMeasure[] {
  const ordered = new Set(works.map(({ transformerId, tsMs }) => `${transformerId}/${tsMs}`));
  return events
    .filter(({ transformerId, tsMs }) => !ordered.has(`${transformerId}/${tsMs}`))
    .map(({ transformerId, tsMs }, index) =>
      registeredMeasure(`other-${index}`, { transformerId, state: 'done', doneMs: tsMs }),
    );
}

/** Store and database in memory, at the end of the season. */
function judgeDeps({ after, register, weather }: WorkedGrid): JudgeDeps {
  const { transformers, histories, versions, season } = after;
  const rows = new Map<string, ReturnType<typeof dailyRows>>();
  const rowsOf = (history: DailyHistory) => {
    const found = rows.get(history.transformerId) ?? dailyRows(history, offset);
    rows.set(history.transformerId, found);
    return found;
  };
  return {
    clock: { nowMs: () => dayStart(season.lastDay + 1, offset) },
    offset,
    limitsOf: ({ nominalV }: Transformer) => ({
      lowV: FORECAST_OPTIONS.lowPu * nominalV,
      highV: FORECAST_OPTIONS.highPu * nominalV,
    }),
    store: {
      dailies: async ({ transformerId, fromMs, toMs }: Parameters<JudgeDeps['store']['dailies']>[0]) =>
        rowsOf(histories.get(transformerId!)!).filter((row) => row.dayMs >= fromMs && row.dayMs < toMs),
    },
    database: {
      registry: {
        load: async () => ({ version: 1, areas: [], feeders: [], transformers: [...transformers] }),
        versions: async (id: string) => [...(versions.get(id) ?? [])],
      },
      weather: {
        range: async (stationId: string, fromMs: number, toMs: number) =>
          weatherSamples(weather.get(stationId)!, stationId).filter(
            ({ tsMs }) => tsMs >= fromMs && tsMs < toMs,
          ),
      },
      measures: {
        list: async ({ transformerId }: { transformerId?: string }) =>
          register.filter((one) => transformerId === undefined || one.transformerId === transformerId),
      },
    },
  };
}

function weatherSamples({ fromMs, tempC }: { fromMs: number; tempC: Float32Array }, stationId: string) {
  return Array.from(tempC, (degrees, hour) => ({
    stationId,
    tsMs: fromMs + hour * HOUR_MS,
    tempC: degrees,
    humidityPct: NaN,
  }));
}
