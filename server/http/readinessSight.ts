import type { z } from '@hono/zod-openapi';
import { seesArea, type Principal } from '../core/access.ts';
import type { FeederSum, ReadinessRun, RowQuery, SeenSeason } from '../core/forecast/run.ts';
import type { Season } from '../core/forecast/season.ts';
import { feederSums } from '../core/forecast/sums.ts';
import type { HttpDeps } from './deps.ts';
import { HttpProblem } from './errors.ts';
import type { rowsQuery } from './readinessSchemas.ts';
import { runView } from './readinessView.ts';

/** Seasons, runs and rows as they are asked for, and as far as who asks may see. */

/** All rows of a run that an export or a sum over areas takes. */
export const ROWS_MAX = 20_000;

export function requireSeason(deps: HttpDeps, id: string | undefined): Season {
  const season = deps.plan.season(id);
  if (season !== null) return season;
  throw new HttpProblem(
    422,
    'No such season',
    'A season is named summer-2027 or winter-2026.',
    {},
    { code: 'season-unknown' },
  );
}

export async function requireRun(deps: HttpDeps, runId: string): Promise<ReadinessRun> {
  const run = await deps.database.readiness.get(runId);
  if (run !== null) return run;
  throw new HttpProblem(
    404,
    'No such run',
    `There is no run ${runId}, or it was removed.`,
    {},
    { code: 'gone' },
  );
}

/** What is kept of the progress is some seconds old. */
export function withShare(deps: HttpDeps, run: ReadinessRun): ReadinessRun {
  return { ...run, share: deps.plan.progress(run.id) ?? run.share };
}

/** The run with the numbers of what is in sight. */
export async function seenRun(deps: HttpDeps, who: Principal, run: ReadinessRun) {
  return runView(withShare(deps, run), who, who.areaIds === null ? [] : await sumsInSight(deps, who, run));
}

/** Sums by feeder as far as who asks may see; of a run that was kept without them they are made from its rows. */
export async function sumsInSight(
  deps: HttpDeps,
  { areaIds }: Principal,
  run: ReadinessRun,
): Promise<FeederSum[]> {
  const sums =
    run.sums ?? feederSums(await deps.database.readiness.rows({ runId: run.id, areaIds, limit: ROWS_MAX }));
  return sums.filter(({ areaId }) => seesArea({ areaIds }, areaId));
}

/** What past seasons were in the areas in sight, the newest first. */
export function seasonsInSight(who: Principal, { seen = [] }: ReadinessRun): SeenSeason[] {
  return seen.filter(({ areaId }) => seesArea(who, areaId));
}

export type RankingFilter = Omit<z.infer<typeof rowsQuery>, 'limit' | 'cursor'>;

export function rowQuery(
  runId: string,
  { areaIds }: Principal,
  filter: RankingFilter,
): Omit<RowQuery, 'limit'> {
  const { area, feeder, status, cause, important } = filter;
  return {
    runId,
    areaIds,
    ...(area === undefined ? {} : { areaId: area }),
    ...(feeder === undefined ? {} : { feederId: feeder }),
    ...(status === undefined ? {} : { status }),
    ...(cause === undefined ? {} : { cause }),
    ...(important === undefined ? {} : { important: important === 'true' }),
  };
}
