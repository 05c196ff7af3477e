import { createRoute, z } from '@hono/zod-openapi';
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
  runParam,
  runSchema,
} from '../readinessSchemas.ts';
import { requireRun, requireSeason, rowQuery, seenRun } from '../readinessSight.ts';
import { originBeside, standingView } from '../readinessStanding.ts';
import { detailView, isRowSeen, itemView, runView } from '../readinessView.ts';

/** Readiness for a season: runs of the forecast and their ranking. */
export function readinessRoutes(deps: HttpDeps) {
  const { readiness } = deps.database;
  return resource()
    .openapi(seasonRoute, async (c) => {
      const season = requireSeason(deps, c.req.valid('query').season);
      return c.json(await standingView(deps, principalOf(c), season), 200);
    })
    .openapi(requestRoute, async (c) => {
      const run = await deps.plan.request(await wishOf(deps, c.req.valid('json')));
      const { id, name } = principalOf(c);
      const entry = { actor: { id, name }, action: `readiness.${run.kind}`, subject: run.id, detail: {} };
      await deps.database.access.audit.add(entry, deps.clock.nowMs());
      return c.json(runView(run, principalOf(c)), 202);
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
    });
}

/** @throws HttpProblem where no run can answer the wish. */
async function wishOf(deps: HttpDeps, { kind, originDay, addedK, season: id }: z.infer<typeof requestBody>) {
  const season = requireSeason(deps, id);
  if (kind !== 'sensitivity') return { kind, season, originDay };
  if (addedK === undefined) {
    throw new HttpProblem(
      422,
      'No shift',
      'A sensitivity run needs addedK: by how many K the weather differs.',
    );
  }
  const besideDay = await originBeside(deps, season.id);
  if (besideDay !== null) return { kind, season, originDay: besideDay, addedK };
  throw new HttpProblem(
    409,
    'No forecast',
    'A sensitivity run stands beside a forecast: make one first.',
    {},
    { code: 'forecast-first' },
  );
}

const requestBody = z.object({
  season: z.string().optional(),
  kind: z.enum(['forecast', 'backtest', 'tonight', 'sensitivity']).default('forecast'),
  originDay: z.number().int().min(0).optional().openapi({
    description: 'Last local day (since 1970) of history that it may know; at the latest yesterday',
  }),
  addedK: z
    .number()
    .min(-10)
    .max(10)
    .optional()
    .openapi({ description: 'Of a sensitivity run: added to every weather year, K' }),
});

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
          schema: requestBody,
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
