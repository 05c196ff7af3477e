import { createRoute } from '@hono/zod-openapi';
import { areaSums, byBurden } from '../../core/forecast/sums.ts';
import { areasCsv } from '../../pipeline/plan/readinessTable.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { runParam } from '../readinessSchemas.ts';
import { readinessAreasSchema } from '../readinessSumSchemas.ts';
import { requireRun, seasonsInSight, sumsInSight } from '../readinessSight.ts';

/** What a run says of areas and feeders. */
export function readinessAreaRoutes(deps: HttpDeps) {
  return resource()
    .openapi(areasRoute, async (c) => {
      const who = principalOf(c);
      const run = await requireRun(deps, c.req.valid('param').runId);
      const feeders = (await sumsInSight(deps, who, run)).toSorted(byBurden);
      const areas = areaSums(feeders).toSorted(byBurden);
      return c.json({ areas, feeders, seasons: seasonsInSight(who, run) }, 200);
    })
    .openapi(areasCsvRoute, async (c) => {
      const who = principalOf(c);
      const run = await requireRun(deps, c.req.valid('param').runId);
      const csv = areasCsv(await sumsInSight(deps, who, run), seasonsInSight(who, run));
      return c.body(`\uFEFF${csv}`, 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="readiness-areas-${run.seasonId}.csv"`,
      });
    });
}

const areasRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/areas',
  summary: 'Areas and feeders of a run, and how many transformers went low there in past seasons',
  request: { params: runParam },
  responses: {
    200: jsonContent(readinessAreasSchema, 'Most expected low customer-hours first'),
    ...PROBLEMS,
  },
});

const areasCsvRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/areas.csv',
  summary: 'Areas of a run as CSV',
  request: { params: runParam },
  responses: { 200: { description: 'A line for each area' }, ...PROBLEMS },
});
