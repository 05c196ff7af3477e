import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Principal } from '../../core/access.ts';
import type { ReadinessRow, ReadinessRun, RowQuery } from '../../core/forecast/run.ts';
import type { Season } from '../../core/forecast/season.ts';
import { readinessCsv } from '../../pipeline/plan/readinessTable.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import {
  readinessDetailSchema,
  readinessItemSchema,
  readinessQuery,
  readinessSchema,
  rowsQuery,
  runSchema,
} from '../readinessSchemas.ts';
import { detailView, isRowSeen, itemView, runView } from '../readinessView.ts';

/** All rows of a run that an export or a sum over areas takes. */
const ROWS_MAX = 20_000;
const RUNS_LISTED = 50;

/** Readiness for a season: runs of the forecast, their ranking, and back-tests. */
export function readinessRoutes(deps: HttpDeps) {
  const { readiness } = deps.database;
  return resource()
    .openapi(seasonRoute, async (c) => {
      const who = principalOf(c);
      const season = requireSeason(deps, c.req.valid('query').season);
      const runs = await readiness.list({ kind: 'forecast', seasonId: season.id, limit: RUNS_LISTED });
      const done = runs.find(({ state }) => state === 'done');
      const failed = runs.find(({ state }) => state === 'failed');
      const running = runs.find(({ state }) => state === 'running');
      const isFailedLater = failed !== undefined && (done === undefined || failed.startedMs > done.startedMs);
      return c.json(
        {
          season: { ...season },
          run: done === undefined ? null : await seenRun(deps, who, done),
          running: running === undefined ? null : runView(withShare(deps, running), who, null),
          failed: isFailedLater ? runView(failed, who, null) : null,
        },
        200,
      );
    })
    .openapi(requestRoute, async (c) => {
      const { season, kind } = c.req.valid('json');
      const run = await deps.plan.request({ kind, season: requireSeason(deps, season) });
      const { id, name } = principalOf(c);
      const entry = { actor: { id, name }, action: `readiness.${kind}`, subject: run.id, detail: {} };
      await deps.database.access.audit.add(entry, deps.clock.nowMs());
      return c.json(runView(run, principalOf(c), null), 202);
    })
    .openapi(runRoute, async (c) => {
      const who = principalOf(c);
      const run = await requireRun(deps, c.req.valid('param').runId);
      const { limit, cursor, ...filter } = c.req.valid('query');
      const asked = { ...rowQuery(run.id, who, filter), limit };
      const items = await readiness.rows(
        cursor === undefined ? asked : { ...asked, afterRank: Number(cursor) },
      );
      const next = items.length < limit ? null : String(items.at(-1)!.rank);
      return c.json({ run: await seenRun(deps, who, run), items: items.map(itemView), cursor: next }, 200);
    })
    .openapi(rowRoute, async (c) => {
      const { runId, transformerId } = c.req.valid('param');
      const row = await readiness.row(runId, transformerId);
      if (row === null || !isRowSeen(row, principalOf(c))) {
        throw new HttpProblem(
          404,
          'No such forecast',
          'The run holds no such transformer.',
          {},
          { code: 'gone' },
        );
      }
      return c.json(detailView(row), 200);
    })
    .openapi(csvRoute, async (c) => {
      const { run, rows } = await exported(deps, c, c.req.valid('param').runId, c.req.valid('query'));
      return c.body(`\uFEFF${readinessCsv(rows)}`, 200, download(run, 'csv', 'text/csv; charset=utf-8'));
    })
    .openapi(xlsxRoute, async (c) => {
      const { run, rows } = await exported(deps, c, c.req.valid('param').runId, c.req.valid('query'));
      const bytes = await deps.plan.worksheet(rows);
      return c.body(
        bytes,
        200,
        download(run, 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
      );
    })
    .openapi(backtestsRoute, async (c) => {
      const { season } = c.req.valid('query');
      const runs = await readiness.list({
        kind: 'backtest',
        limit: RUNS_LISTED,
        ...(season === undefined ? {} : { seasonId: requireSeason(deps, season).id }),
      });
      const who = principalOf(c);
      return c.json({ items: runs.map((run) => runView(withShare(deps, run), who, null)) }, 200);
    });
}

function requireSeason(deps: HttpDeps, id: string | undefined): Season {
  const season = deps.plan.season(id);
  if (season !== null) return season;
  throw new HttpProblem(422, 'No such season', 'A season is named summer-2027 or winter-2026.');
}

async function requireRun(deps: HttpDeps, runId: string): Promise<ReadinessRun> {
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
function withShare(deps: HttpDeps, run: ReadinessRun): ReadinessRun {
  return { ...run, share: deps.plan.progress(run.id) ?? run.share };
}

/** The run with the sums of what is in sight. */
async function seenRun(deps: HttpDeps, who: Principal, run: ReadinessRun) {
  const { areaIds } = who;
  const rows =
    areaIds === null ? null : await deps.database.readiness.rows({ runId: run.id, areaIds, limit: ROWS_MAX });
  return runView(withShare(deps, run), who, rows);
}

type Filter = Omit<z.infer<typeof rowsQuery>, 'limit' | 'cursor'>;

function rowQuery(runId: string, { areaIds }: Principal, filter: Filter): Omit<RowQuery, 'limit'> {
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

async function exported(
  deps: HttpDeps,
  c: Context,
  runId: string,
  filter: Filter,
): Promise<{ run: ReadinessRun; rows: ReadinessRow[] }> {
  const run = await requireRun(deps, runId);
  const rows = await deps.database.readiness.rows({
    ...rowQuery(run.id, principalOf(c), filter),
    limit: ROWS_MAX,
  });
  return { run, rows };
}

function download({ seasonId }: ReadinessRun, extension: string, type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="readiness-${seasonId}.${extension}"`,
  };
}

const runParam = z.object({ runId: z.string().min(1).max(120) });
const filterQuery = rowsQuery.omit({ limit: true, cursor: true });

const seasonRoute = createRoute({
  method: 'get',
  path: '/readiness',
  summary: 'Where the forecast of a season stands: the newest run, and one that is under way',
  request: { query: readinessQuery },
  responses: { 200: jsonContent(readinessSchema, 'Season and runs'), ...PROBLEMS },
});

const requestRoute = createRoute({
  method: 'post',
  path: '/readiness',
  summary: 'Ask for a run; it goes on in the background',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.object({
            season: z.string().optional(),
            kind: z.enum(['forecast', 'backtest', 'tonight']).default('forecast'),
          }),
        },
      },
    },
  },
  responses: { 202: jsonContent(runSchema, 'The run, under way'), ...PROBLEMS },
});

const runRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}',
  summary: 'A run and its ranking, a page at a time',
  request: { params: runParam, query: rowsQuery },
  responses: {
    200: jsonContent(
      z.object({ run: runSchema, items: z.array(readinessItemSchema), cursor: z.string().nullable() }),
      'By rank',
    ),
    ...PROBLEMS,
  },
});

const rowRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/transformers/{transformerId}',
  summary: 'Forecast, cause and every measure tried of one transformer',
  request: { params: runParam.extend({ transformerId: z.string().min(1).max(120) }) },
  responses: { 200: jsonContent(readinessDetailSchema, 'The transformer in the run'), ...PROBLEMS },
});

const csvRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/ranking.csv',
  summary: 'The ranking as CSV',
  request: { params: runParam, query: filterQuery },
  responses: { 200: { description: 'CSV, contracts.md' }, ...PROBLEMS },
});

const xlsxRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/ranking.xlsx',
  summary: 'The ranking as a worksheet',
  request: { params: runParam, query: filterQuery },
  responses: { 200: { description: 'Office Open XML' }, ...PROBLEMS },
});

const backtestsRoute = createRoute({
  method: 'get',
  path: '/backtests',
  summary: 'Runs as they would have been, scored against what came, beside every baseline',
  request: { query: readinessQuery },
  responses: { 200: jsonContent(z.object({ items: z.array(runSchema) }), 'Newest first'), ...PROBLEMS },
});
