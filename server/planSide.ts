import { join } from 'node:path';
import { createForecastThreads } from './adapters/forecastThreads/forecastThreads.ts';
import { createPartsFiles } from './adapters/partsFile.ts';
import { newUuid7 } from './adapters/uuid7.ts';
import { workbookOf } from './adapters/workbook.ts';
import type { Config } from './config.ts';
import { FORECAST_OPTIONS, type ForecastOptions } from './core/forecast/forecast.ts';
import type { TonightReport } from './core/forecast/tonight.ts';
import { nextSeason, parseSeason, SEASON_WINDOWS, type SeasonWindows } from './core/forecast/season.ts';
import type { Transformer } from './core/grid.ts';
import { resolveLimits } from './core/limits.ts';
import { DAY_MS, zoneOffset } from './core/localTime.ts';
import { backtestWork } from './pipeline/plan/backtestRun.ts';
import { diagnose } from './pipeline/plan/diagnose.ts';
import { watchForFirstRun } from './pipeline/plan/firstRun.ts';
import { forecastWork, sensitivityWork } from './pipeline/plan/forecastRun.ts';
import { judgeMeasure, judgeRegister, type JudgeDeps } from './pipeline/plan/judge.ts';
import { tellMissed, tellOf } from './pipeline/plan/morningDigest.ts';
import { startSchedule } from './pipeline/plan/schedule.ts';
import { tonightWork } from './pipeline/plan/tonightRun.ts';
import { Planner, type RunWish } from './pipeline/plan/planner.ts';
import { readinessSheets } from './pipeline/plan/readinessTable.ts';
import { OUTLET_POINT } from './core/reading.ts';
import type { Clock, Database, Logger, PlanDesk, ReadingStore } from './ports.ts';
import { limitsFor } from './storage.ts';
import { VERSION } from './version.ts';

/** Parts of runs that are not whole yet. */
const PARTS_FOLDER = 'plan';

export interface PlanSideParts {
  clock: Clock;
  log: Logger;
  database: Database;
  store: ReadingStore;
  simulated: boolean;
  /** Tells people of the next three days; without it nobody is told (a command). */
  tell?(report: TonightReport): Promise<void>;
}

/** Planning as configured. Nothing runs before `start`; the database and the store are started. */
export function openPlanning(
  config: Config,
  parts: PlanSideParts,
): { desk: PlanDesk; planner: Planner; start(): Promise<void>; stop(): Promise<void> } {
  const offset = zoneOffset(config.timeZone);
  const windows = seasonWindowsOf(config);
  const { readiness } = config;
  const shared = {
    ...parts,
    offset,
    windows,
    program: VERSION,
    threads: createForecastThreads(readiness.threads),
    parts: createPartsFiles(join(config.dataDir, PARTS_FOLDER)),
    options: forecastOptions(config),
    limitsOf: (transformer: Transformer) => limitsFor(config, transformer, OUTLET_POINT),
    historyYears: readiness.historyYears,
    weatherYears: readiness.weatherYears,
  };
  const morning = { ...shared, tell: parts.tell ?? (async () => undefined) };
  const forecast = forecastWork({
    ...shared,
    diagnose: (input, made, session, watch) => diagnose(input, made, session, readiness.measures, watch),
  });
  const backtest = backtestWork({ ...shared, crewCapacity: readiness.crewCapacity });
  const planner = new Planner({
    ...parts,
    newId: newUuid7,
    windows,
    offset,
    runsKept: readiness.runsKept,
    work: { forecast, backtest, tonight: tonightWork(shared), sensitivity: sensitivityWork(shared) },
    onDone: (run) => tellOf(run, morning),
  });
  const request = (wish: RunWish) => planner.request(wish);
  const first = watchForFirstRun({ ...shared, ...readiness, request });
  let endSchedule = (): void => undefined;
  return {
    planner,
    desk: {
      ...deskOf(planner, shared, readiness.measures.costs.currency),
      dataArrived() {
        if (readiness.enabled) first.dataArrived();
      },
    },
    async start() {
      await tellMissed(morning).catch((error: unknown) =>
        parts.log.warn({ err: error }, 'the forecast of the next three days was not told'),
      );
      await planner.start();
      if (readiness.enabled) {
        endSchedule = startSchedule({
          ...shared,
          ...readiness,
          request,
          judge: () => judgeRegister(shared),
        });
        // The demo says by itself when its history is in.
        if (!parts.simulated) first.dataArrived();
      }
    },
    async stop() {
      endSchedule();
      await first.stop();
      await planner.stop();
    },
  };
}

function deskOf(
  planner: Planner,
  judging: JudgeDeps & { windows: SeasonWindows },
  currency: string,
): Omit<PlanDesk, 'dataArrived'> {
  const { clock, offset, windows } = judging;
  return {
    season(id) {
      if (id !== undefined) return parseSeason(id, windows);
      const nowMs = clock.nowMs();
      return nextSeason(Math.floor((nowMs + offset(nowMs)) / DAY_MS), windows);
    },
    request: (wish) => planner.request(wish),
    progress: (runId) => planner.progress(runId),
    currency,
    judged: (measure) => judgeMeasure(measure, judging),
    worksheet: (rows, sums, seen) => workbookOf(readinessSheets(rows, sums, seen)),
  };
}

function forecastOptions({ readiness, limits, detection }: Config): ForecastOptions {
  const { lowV, highV, nominalV } = resolveLimits(limits.profile, 220, detection);
  const { warmingK, replicates, seed, coverageMinPct, atRiskP, watchP } = readiness;
  return {
    ...FORECAST_OPTIONS,
    lowPu: lowV / nominalV,
    highPu: highV / nominalV,
    warmingK,
    replicates,
    seed,
    coverageMinPct,
    atRiskP,
    watchP,
  };
}

/** When the seasons begin and end, as it is configured. */
export function seasonWindowsOf({ seasons }: Pick<Config, 'seasons'>): SeasonWindows {
  const windowOf = (kind: 'summer' | 'winter') => ({
    first: seasons[kind].from,
    last: seasons[kind].to,
    origin: SEASON_WINDOWS[kind].origin,
  });
  return { summer: windowOf('summer'), winter: windowOf('winter') };
}
