import {
  feederIds,
  finishForecast,
  forecastAlternatives,
  forecastFeeder,
  prepareForecast,
} from '../../server/core/forecast/readiness.ts';
import type { ForecastInput } from '../../server/core/forecast/forecast.ts';
import type { SeasonForecast } from '../../server/core/forecast/parts.ts';
import { MEASURE_SETTINGS } from '../../server/core/measures/catalogue.ts';
import type { CauseKind } from '../../server/core/measures/finding.ts';
import { diagnose } from '../../server/pipeline/plan/diagnose.ts';
import type { Diagnosis } from '../../server/pipeline/plan/rows.ts';
import type { ForecastSession } from '../../server/ports.ts';
import { buildSeasonGrid } from '../../simulator/seasons/buildSeasonGrid.ts';
import { ORDINARY_FAULTS } from '../../simulator/seasons/deviceFaults.ts';
import type { SeasonCause, SeasonGrid } from '../../simulator/seasons/seasonGrid.ts';
import { counterfactual, seasonTruth } from '../../simulator/seasons/seasonTruth.ts';
import { carriedOut } from '../simulation/carriedOut.ts';
import { seasonInput } from '../simulation/seasonInput.ts';

/** What was said of the transformers of one simulated grid that went low and were at risk or watched, beside the truth. */

const TRANSFORMERS = 400;
const HISTORY_YEARS = 3;

export interface CauseGrid {
  seed: number;
  season: string;
}

/** One transformer that went low. */
export interface CauseCase {
  truth: CauseKind;
  said: CauseKind | null;
  second: CauseKind | null;
  confidence: number;
  /** `none` was tried enough, or nothing could be tried. */
  measures: 'one' | 'pair' | 'none';
  lowHours: number;
  /** Of the season with what was recommended carried out; null where nothing was. */
  after: { lowHours: number; overV: boolean } | null;
}

export interface CauseProof {
  grid: CauseGrid;
  cases: readonly CauseCase[];
  /** Went low and were neither at risk nor watched: nothing is said of them. */
  missed: number;
  /** Seconds of processor time for measures and pairs of them. */
  cpuSeconds: number;
}

/** Odd seeds are summers, even ones winters. */
export function gridsOf(seeds: readonly number[]): CauseGrid[] {
  return seeds.map((seed) => ({ seed, season: seed % 2 === 1 ? 'summer-2026' : 'winter-2025' }));
}

export async function causeProof(grid: CauseGrid): Promise<CauseProof> {
  const simulated = buildSeasonGrid({
    ...grid,
    transformers: TRANSFORMERS,
    historyYears: HISTORY_YEARS,
    faults: ORDINARY_FAULTS,
  });
  const input = seasonInput(simulated);
  const priors = prepareForecast(input);
  const feeders = feederIds(input).map((id) => forecastFeeder(input, priors, id));
  const forecast = finishForecast(input, priors, feeders);
  const startCpu = process.cpuUsage();
  const diagnoses = await diagnosed(input, forecast, priors);
  const { user, system } = process.cpuUsage(startCpu);
  const low = seasonTruth(simulated, simulated.season).flatMap((truth, i) =>
    truth.low ? [{ truth, i }] : [],
  );
  const cases = low.flatMap(({ truth, i }) => {
    const diagnosis = diagnoses.get(truth.transformerId);
    return diagnosis === undefined ? [] : [caseOf(simulated, i, truth, diagnosis, input.options.highPu)];
  });
  return { grid, cases, missed: low.length - cases.length, cpuSeconds: (user + system) / 1e6 };
}

/** As a run does it, in this thread. */
function diagnosed(
  input: ForecastInput,
  forecast: SeasonForecast,
  priors: ReturnType<typeof prepareForecast>,
): Promise<Map<string, Diagnosis>> {
  const feederOf = new Map(input.transformers.map(({ id, feederId }) => [id, feederId]));
  const session: ForecastSession = {
    run: () => Promise.resolve(forecast),
    alternatives: (calibration, asked) => {
      const byFeeder = Map.groupBy(asked, ([id]) => feederOf.get(id)!);
      const answers = [...byFeeder].flatMap(([feederId, part]) => [
        ...forecastAlternatives(input, priors, calibration, feederId, new Map(part)),
      ]);
      return Promise.resolve(new Map(answers));
    },
    close: () => Promise.resolve(),
  };
  const watch = { signal: new AbortController().signal, onProgress: () => {} };
  return diagnose(input, forecast, session, MEASURE_SETTINGS, watch);
}

function caseOf(
  grid: SeasonGrid,
  i: number,
  { cause, lowHours, maxHourV }: ReturnType<typeof seasonTruth>[number],
  { cause: said, measures, recommended }: Diagnosis,
  highPu: number,
): CauseCase {
  const chosen = recommended === null ? null : measures[recommended]!;
  const parts = chosen === null ? [] : chosen.second === undefined ? [chosen] : [chosen, chosen.second];
  const after = counterfactual(grid, grid.season, i, ...parts.map(carriedOut));
  const highV = highPu * 220;
  return {
    truth: causeKind(cause),
    said: said?.kind ?? null,
    second: said?.second?.kind ?? null,
    confidence: said?.confidence ?? NaN,
    measures: parts.length === 0 ? 'none' : parts.length === 1 ? 'one' : 'pair',
    lowHours,
    after:
      parts.length === 0
        ? null
        : { lowHours: after.lowHours, overV: after.maxHourV > Math.max(highV, maxHourV + 0.2) },
  };
}

function causeKind(cause: SeasonCause): CauseKind {
  if (cause === 'none') throw new Error('a transformer that went low has a cause');
  return cause === 'feeder' ? 'upstream' : cause;
}
