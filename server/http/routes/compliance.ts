import { createRoute, z } from '@hono/zod-openapi';
import { complianceOf, finishedDays, RATE_COMPLETENESS_MIN_PCT } from '../../core/compliance.ts';
import { DAY_MS, zoneOffset } from '../../core/localTime.ts';
import { rowsInSight } from '../../core/sight.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { QualificationCache } from '../qualificationCache.ts';
import { complianceSchema, idParam, qualificationColumnsSchema, spanQuery } from '../schemas.ts';
import { requireTransformer } from './transformers.ts';

/** More than ten years of months is a mistake in the span. */
const SPAN_DAYS_MAX = 3_660;
const MAP_DAYS_MAX = 366;
const MAP_DAYS = 30;

/** Voltage qualification rate: of one transformer by month, of all for the map. */
export function complianceRoutes(deps: HttpDeps) {
  const offset = zoneOffset(deps.info.timeZone);
  const cache = new QualificationCache(deps);
  return resource()
    .openapi(complianceRoute, async (c) => {
      const { id } = c.req.valid('param');
      const { from, to } = c.req.valid('query');
      requireTransformer(deps, id, principalOf(c));
      if (to <= from) throw new HttpProblem(422, 'Empty span', '`to` must be after `from`.');
      const span = finishedDays(from, to, deps.clock.nowMs(), offset);
      if (span.toMs - span.fromMs > SPAN_DAYS_MAX * DAY_MS) {
        throw new HttpProblem(422, 'Span too long', `Ask for at most ${SPAN_DAYS_MAX} days.`);
      }
      const dailies = span.fromMs < span.toMs ? await deps.store.dailies({ transformerId: id, ...span }) : [];
      return c.json(
        {
          transformerId: id,
          ...span,
          completenessMinPct: RATE_COMPLETENESS_MIN_PCT,
          points: complianceOf(dailies, span, offset),
        },
        200,
      );
    })
    .openapi(mapRoute, async (c) => {
      const { areaIds } = principalOf(c);
      const { transformers } = deps.grid();
      const columns = await cache.columns(c.req.valid('query').days);
      if (areaIds === null) return c.json(columns, 200);
      const rows = rowsInSight(
        transformers.map((t) => t.areaId),
        areaIds,
      );
      return c.json(
        {
          ...columns,
          ratePct: rows.map((row) => columns.ratePct[row]!),
          completenessPct: rows.map((row) => columns.completenessPct[row]!),
        },
        200,
      );
    });
}

const complianceRoute = createRoute({
  method: 'get',
  path: '/transformers/{id}/compliance',
  summary: 'Voltage qualification rate by month, of each measuring point, with its completeness',
  request: { params: idParam, query: spanQuery },
  responses: {
    200: jsonContent(complianceSchema, 'Over the whole local days of the span that are over'),
    ...PROBLEMS,
  },
});

const mapRoute = createRoute({
  method: 'get',
  path: '/map/qualification',
  summary: 'Voltage qualification rate of every outlet over the past days (at most ten minutes old)',
  request: {
    query: z.object({ days: z.coerce.number().int().min(1).max(MAP_DAYS_MAX).default(MAP_DAYS) }),
  },
  responses: {
    200: jsonContent(qualificationColumnsSchema, 'Columns parallel to those of the map snapshot'),
    ...PROBLEMS,
  },
});
