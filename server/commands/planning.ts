import { defineCommand } from 'citty';
import { loadConfig, type Config } from '../config.ts';
import type { ReadinessRun, RunKind } from '../core/forecast/run.ts';
import type { Season } from '../core/forecast/season.ts';
import { DAY_MS } from '../core/localTime.ts';
import { DEMO_SETTING } from '../demo.ts';
import { itemView } from '../http/readinessView.ts';
import { openPlanning } from '../planSide.ts';
import { readinessCsv } from '../pipeline/plan/readinessTable.ts';
import { UsageError } from '../usageError.ts';
import { openKeptParts } from './openParts.ts';
import { FOLDER_ARGS, terminal, type Parts, type Terminal } from './parts.ts';
import { progressLine } from './progressLine.ts';
import { requireSeason } from './requireSeason.ts';
import { runningService } from './service.ts';
import { planThroughService } from './servicePlanning.ts';

const PROGRESS_MS = 500;
/** All rows of a run. */
const ROWS_MAX = 20_000;

export interface PlanRequest {
  kind: Extract<RunKind, 'forecast' | 'backtest'>;
  seasonId: string;
  originDay: number | undefined;
}

/** A run that is done, its ranking as lines of CSV and as the API shows it. */
export interface PlanResult {
  run: ReadinessRun;
  csv: string;
  items: readonly unknown[];
}

const SEASON_ARG = {
  season: { type: 'string', required: true, description: 'summer-2027 | winter-2026 …' },
} as const;

/** `peakvolt forecast`. */
export const forecastCommand = defineCommand({
  meta: { name: 'forecast', description: 'One readiness run for a season: ranked, printed and kept' },
  args: {
    ...SEASON_ARG,
    origin: { type: 'string', description: 'Last day of history that it may know; default yesterday' },
    format: { type: 'string', default: 'csv', description: 'csv | json' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    const format = formatOf(args.format, ['csv', 'json']);
    const request = { kind: 'forecast', seasonId: args.season, originDay: dayOf(args.origin) } as const;
    const { run, csv, items } = await plan(request, args);
    terminal.out(format === 'csv' ? csv : `${JSON.stringify({ run, items }, null, 2)}\n`);
    const { atRisk = 0, watch = 0, unknown = 0 } = run.summary ?? {};
    terminal.err(
      `${run.seasonId}: ${atRisk} at risk, ${watch} to watch, ${unknown} unknown (too little data).\n`,
    );
  },
});

/** `peakvolt backtest`. */
export const backtestCommand = defineCommand({
  meta: {
    name: 'backtest',
    description: 'The run as it would have been before a season that is over, scored beside every baseline',
  },
  args: {
    ...SEASON_ARG,
    format: { type: 'string', default: 'json', description: 'json' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    formatOf(args.format, ['json']);
    const request = { kind: 'backtest', seasonId: args.season, originDay: undefined } as const;
    const { run } = await plan(request, args);
    terminal.out(`${JSON.stringify(run.report, null, 2)}\n`);
  },
});

function plan(
  request: PlanRequest,
  args: { config?: string | undefined; 'data-dir'?: string | undefined },
): Promise<PlanResult> {
  const config = loadConfig({
    file: args.config,
    env: process.env,
    overrides: { dataDir: args['data-dir'] },
  });
  return runPlan(request, { config, open: () => openKeptParts(config), terminal });
}

/**
 * Runs in the service when one serves the folder, else here; the run is kept either way.
 *
 * @throws UsageError when there is no such season; Error with the reason when the run fails.
 */
export async function runPlan(
  request: PlanRequest,
  deps: { config: Config; open: () => Promise<Parts>; terminal: Terminal },
): Promise<PlanResult> {
  const season = requireSeason(request.seasonId, deps.config);
  const progress = progressLine(deps.terminal);
  const onProgress = (share: number): void => progress.show({ stage: request.kind, share });
  const service = await runningService(deps.config.dataDir);
  try {
    return service === null
      ? await planHere(request, season, deps, onProgress)
      : await planThroughService(service, request, onProgress);
  } finally {
    progress.clear();
  }
}

async function planHere(
  { kind, originDay }: PlanRequest,
  season: Season,
  { config, open }: { config: Config; open: () => Promise<Parts> },
  onProgress: (share: number) => void,
): Promise<PlanResult> {
  const parts = await open();
  const planning = openPlanning(config, { ...parts, simulated: await isDemo(parts) });
  try {
    const asked = await planning.desk.request({ kind, season, originDay });
    const run = await watched(planning, asked.id, onProgress);
    if (run === null || run.state !== 'done') throw new Error(run?.error ?? 'the run was broken off');
    const rows = await parts.database.readiness.rows({ runId: run.id, areaIds: null, limit: ROWS_MAX });
    return { run, csv: readinessCsv(rows), items: rows.map(itemView) };
  } finally {
    await planning.stop();
    await parts.stop();
  }
}

/** The run when it has ended; its progress is told twice a second until then. */
async function watched(
  { desk, planner }: ReturnType<typeof openPlanning>,
  runId: string,
  onProgress: (share: number) => void,
): Promise<ReadinessRun | null> {
  const timer = setInterval(() => onProgress(desk.progress(runId) ?? 1), PROGRESS_MS);
  try {
    return await planner.ended(runId);
  } finally {
    clearInterval(timer);
  }
}

async function isDemo({ database }: Parts): Promise<boolean> {
  return (await database.settings.get(DEMO_SETTING)) !== null;
}

function formatOf<F extends string>(format: string, known: readonly F[]): F {
  const found = known.find((one) => one === format);
  if (found === undefined) throw new UsageError(`There is no format "${format}": ${known.join(' or ')}.`);
  return found;
}

function dayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // 31 February is parsed as a day of March, a year alone as its first day.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) {
    throw new UsageError(`"${text}" is not a date: write 2027-05-31.`);
  }
  return ms / DAY_MS;
}
