import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ReadinessRow, ReadinessRun } from '../../core/forecast/run.ts';
import { readinessCsv } from '../../pipeline/plan/readinessTable.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { PROBLEMS } from '../errors.ts';
import { resource } from '../openapi.ts';
import { rowsQuery, runParam } from '../readinessSchemas.ts';
import {
  requireRun,
  rowQuery,
  ROWS_MAX,
  seasonsInSight,
  sumsInSight,
  type RankingFilter,
} from '../readinessSight.ts';

/** The ranking of a run as a file. */
export function rankingRoutes(deps: HttpDeps) {
  return resource()
    .openapi(csvRoute, async (c) => {
      const { run, rows } = await exported(deps, c, c.req.valid('param').runId, c.req.valid('query'));
      return c.body(`\uFEFF${readinessCsv(rows)}`, 200, download(run, 'csv', 'text/csv; charset=utf-8'));
    })
    .openapi(xlsxRoute, async (c) => {
      const filter = c.req.valid('query');
      const { run, rows } = await exported(deps, c, c.req.valid('param').runId, filter);
      const who = principalOf(c);
      const sums = (await sumsInSight(deps, who, run)).filter(
        ({ areaId, feederId }) =>
          areaId === (filter.area ?? areaId) && feederId === (filter.feeder ?? feederId),
      );
      const bytes = await deps.plan.worksheet(rows, sums, seasonsInSight(who, run));
      return c.body(
        bytes,
        200,
        download(run, 'xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
      );
    });
}

async function exported(
  deps: HttpDeps,
  c: Context,
  runId: string,
  filter: RankingFilter,
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

const filterQuery = rowsQuery.omit({ limit: true, cursor: true });

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
  summary: 'The ranking as a workbook, with a sheet of the areas and one of the feeders',
  request: { params: runParam, query: filterQuery },
  responses: { 200: { description: 'Office Open XML' }, ...PROBLEMS },
});
