import { createRoute, z } from '@hono/zod-openapi';
import type { Principal } from '../../core/access.ts';
import type { TransformerForecast } from '../../core/forecast/forecast.ts';
import type { ReadinessRow } from '../../core/forecast/run.ts';
import type { Transformer } from '../../core/grid.ts';
import {
  budgetItems,
  budgetPlanner,
  expectedCustomerHours,
  type Budget,
  type BudgetItem,
  type BudgetRow,
} from '../../core/measures/budget.ts';
import { budgetCurve } from '../../core/measures/budgetCurve.ts';
import { isRefused } from '../../core/measures/finding.ts';
import { protectionSheet } from '../../core/measures/protection.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import {
  budgetCurveQuery,
  budgetCurveSchema,
  budgetQuery,
  budgetSchema,
  protectionSchema,
  runParam,
} from '../readinessSchemas.ts';
import { requireRun, rowQuery, ROWS_MAX, type RankingFilter } from '../readinessSight.ts';
import { causeView, measureView, partView, secondView, valuesView } from '../readinessView.ts';

const NOTHING = { cost: 0, works: 0, avoided: 0, coveredPct: 0 };

/** What a budget buys, and what stands behind important customers. */
export function budgetRoutes(deps: HttpDeps) {
  return resource()
    .openapi(budgetRoute, async (c) => {
      const { crews, money, ...filter } = c.req.valid('query');
      const rows = await seenRows(deps, c.req.valid('param').runId, principalOf(c), filter);
      const budgetRows = rows.map(budgetRow);
      const items = budgetItems(budgetRows);
      const limits = { crews: crews ?? null, money: money ?? null };
      const plan = budgetPlanner(items, expectedCustomerHours(budgetRows))(limits);
      const { expected, avoided, cost, optimumAtMost } = plan;
      const steps = plan.steps.map(
        ({ item, gain, cost: costSoFar, works, avoided: avoidedSoFar, coveredPct }) => ({
          id: item.id,
          kind: item.kind,
          detail: valuesView(item.detail),
          second: secondView(item.second),
          works,
          gain,
          cost: costSoFar,
          avoided: avoidedSoFar,
          coveredPct,
        }),
      );
      return c.json({ currency: deps.plan.currency, expected, avoided, cost, optimumAtMost, steps }, 200);
    })
    .openapi(budgetCurveRoute, async (c) => {
      const { by, ...filter } = c.req.valid('query');
      const rows = await seenRows(deps, c.req.valid('param').runId, principalOf(c), filter);
      const { currency } = deps.plan;
      return c.json({ currency, by, ...curveView(rows.map(budgetRow), by) }, 200);
    })
    .openapi(protectionRoute, async (c) => {
      const rows = await seenRows(deps, c.req.valid('param').runId, principalOf(c), {});
      const transformers = new Map(deps.grid().transformers.map((t) => [t.id, t]));
      const known = rows.flatMap((row) => {
        const transformer = transformers.get(row.transformerId);
        return transformer === undefined ? [] : [protectionRow(row, transformer)];
      });
      const byId = new Map(rows.map((row) => [row.transformerId, row]));
      const items = protectionSheet(known).map(({ transformer, secondSource }) =>
        entryView(byId.get(transformer.id)!, secondSource),
      );
      return c.json({ items }, 200);
    });
}

/** Items once, and by index in every point: most stand in many. */
function curveView(rows: readonly BudgetRow[], by: keyof Budget) {
  const expected = expectedCustomerHours(rows);
  const index = new Map<BudgetItem, number>();
  const indexOf = (item: BudgetItem): number => {
    const at = index.get(item) ?? index.size;
    index.set(item, at);
    return at;
  };
  const points = budgetCurve(budgetItems(rows), by, expected).map(({ limit, steps, optimumAtMost }) => {
    const { cost, works, avoided, coveredPct } = steps.at(-1) ?? NOTHING;
    return {
      limit,
      cost,
      works,
      avoided,
      coveredPct,
      optimumAtMostPct: expected > 0 ? (100 * optimumAtMost) / expected : 0,
      chosen: steps.map(({ item, gain }) => ({ item: indexOf(item), gain })),
    };
  });
  const items = [...index.keys()].map(({ id, kind, detail, second }) => ({
    id,
    kind,
    detail: valuesView(detail),
    second: secondView(second),
  }));
  return { expected, items, points };
}

async function seenRows(
  deps: HttpDeps,
  runId: string,
  who: Principal,
  filter: RankingFilter,
): Promise<ReadinessRow[]> {
  const run = await requireRun(deps, runId);
  return deps.database.readiness.rows({ ...rowQuery(run.id, who, filter), limit: ROWS_MAX });
}

function budgetRow(row: ReadinessRow): BudgetRow {
  return {
    ...row,
    expectedLowHours: row.forecast.expectedLowHours ?? Number.NaN,
    measures: row.measures.map(({ second, ...measure }) => ({
      ...measure,
      ...(second === undefined ? {} : { second: partView(second) }),
      detail: valuesView(measure.detail),
      cost: measure.cost ?? 0,
      avoidedCustomerHours: isRefused(measure) ? 0 : (measure.avoidedCustomerHours ?? 0),
    })),
  };
}

/** What lifts light-load nights over the limit may not be carried out: it avoids nothing, however much voltage it gives. */

/** Only what the sheet ranks by; the view takes the rest from the row. */
function protectionRow({ forecast }: ReadinessRow, transformer: Transformer) {
  const ranked = { ...forecast, pLow: forecast.pLow ?? Number.NaN } as unknown as TransformerForecast;
  return { transformer, forecast: ranked, cause: null, recommended: null };
}

function entryView(row: ReadinessRow, secondSource: z.infer<typeof protectionSchema>['secondSource']) {
  return {
    transformerId: row.transformerId,
    areaId: row.areaId,
    importantCustomers: row.importantCustomers,
    status: row.forecast.status,
    pLow: row.forecast.pLow,
    minHourV: { ...row.forecast.minHourV },
    cause: causeView(row.cause),
    recommended: row.recommended === null ? null : measureView(row.measures[row.recommended]!),
    secondSource,
  };
}

const budgetRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/budget',
  summary: 'The measures that avoid most within a number of crews or an amount of money',
  request: { params: runParam, query: budgetQuery },
  responses: { 200: jsonContent(budgetSchema, 'In the order in which they pay'), ...PROBLEMS },
});

const budgetCurveRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/budget-curve',
  summary: 'What growing numbers of measures, or amounts of money, buy until nothing more is to be gained',
  request: { params: runParam, query: budgetCurveQuery },
  responses: { 200: jsonContent(budgetCurveSchema, 'By limit'), ...PROBLEMS },
});

const protectionRoute = createRoute({
  method: 'get',
  path: '/readiness/{runId}/protection',
  summary: 'Important customers: the risk at each, and where else it can be fed from',
  request: { params: runParam },
  responses: { 200: jsonContent(z.object({ items: z.array(protectionSchema) }), 'Worst first'), ...PROBLEMS },
});
