import { createRoute, z } from '@hono/zod-openapi';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { readinessQuery, runSchema } from '../readinessSchemas.ts';
import { requireSeason, withShare } from '../readinessSight.ts';
import { runView } from '../readinessView.ts';

const RUNS_LISTED = 50;

/** Back-tests: how well the forecast of a past season would have done. */
export function backtestRoutes(deps: HttpDeps) {
  return resource().openapi(backtestsRoute, async (c) => {
    const { season } = c.req.valid('query');
    const runs = await deps.database.readiness.list({
      kind: 'backtest',
      limit: RUNS_LISTED,
      ...(season === undefined ? {} : { seasonId: requireSeason(deps, season).id }),
    });
    const who = principalOf(c);
    return c.json({ items: runs.map((run) => runView(withShare(deps, run), who)) }, 200);
  });
}

const backtestsRoute = createRoute({
  method: 'get',
  path: '/backtests',
  summary: 'Runs as they would have been, scored against what came, beside every baseline',
  request: { query: readinessQuery },
  responses: { 200: jsonContent(z.object({ items: z.array(runSchema) }), 'Newest first'), ...PROBLEMS },
});
