import { createRoute, z } from '@hono/zod-openapi';
import { VersionConflictError } from '../../alertPorts.ts';
import { seesArea, type Principal } from '../../core/access.ts';
import type { ReadinessRow } from '../../core/forecast/run.ts';
import { isRefused, MEASURE_KINDS } from '../../core/measures/finding.ts';
import type { RegisteredMeasure } from '../../core/measures/register.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { registeredMeasureSchema } from '../readinessSchemas.ts';
import { findingView, partView, secondView, valuesView } from '../readinessView.ts';
import { idParam } from '../schemas.ts';
import { requireTransformer } from './transformers.ts';

const NOTE_MAX = 2_000;

/** The register of measures: planned, done, verified or failed. */
export function measureRoutes(deps: HttpDeps) {
  const { measures } = deps.database;
  return resource()
    .openapi(listRoute, async (c) => {
      const { season, transformer } = c.req.valid('query');
      const { areaIds } = principalOf(c);
      const found = await measures.list({
        areaIds,
        ...(season === undefined ? {} : { seasonId: season }),
        ...(transformer === undefined ? {} : { transformerId: transformer }),
      });
      return c.json({ items: found.map(measureEntry) }, 200);
    })
    .openapi(planRoute, async (c) => {
      const who = principalOf(c);
      const wish = await planned(deps, who, c.req.valid('json'));
      const same = await plannedAlready(deps, wish);
      if (same !== undefined) return c.json(measureEntry(same), 201);
      const made = await measures.put(wish);
      await audited(deps, who, 'measure.plan', made);
      return c.json(measureEntry(made), 201);
    })
    .openapi(changeRoute, async (c) => {
      const who = principalOf(c);
      const before = await requireMeasure(deps, who, c.req.valid('param').id);
      const kept = await orConflict(deps, changed(before, c.req.valid('json'), deps.clock.nowMs()));
      await audited(deps, who, `measure.${kept.state}`, kept);
      return c.json(measureEntry(kept), 200);
    })
    .openapi(verifyRoute, async (c) => {
      const who = principalOf(c);
      const before = await requireMeasure(deps, who, c.req.valid('param').id);
      if (before.doneMs === null) {
        throw new HttpProblem(
          409,
          'Not done yet',
          'A measure is judged by what was measured after it was done.',
          {},
          { code: 'measure-not-done' },
        );
      }
      const kept = await orConflict(deps, await deps.plan.judged(before));
      await audited(deps, who, 'measure.verify', kept);
      return c.json(measureEntry(kept), 200);
    });
}

/** The same work, planned before and not done yet: it stands in the register, and in a budget, once. */
async function plannedAlready(
  { database }: HttpDeps,
  { transformerId, seasonId, kind, detail, second }: RegisteredMeasure,
): Promise<RegisteredMeasure | undefined> {
  const work = JSON.stringify([kind, detail, second]);
  const listed = await database.measures.list({ areaIds: null, transformerId, seasonId });
  return listed.find(
    (one) => one.state === 'planned' && JSON.stringify([one.kind, one.detail, one.second]) === work,
  );
}

/** @throws HttpProblem 404 out of sight, 422 where the run did not try it, refused it, or is of another season */
async function planned(
  deps: HttpDeps,
  who: Principal,
  wish: z.infer<typeof planBody>,
): Promise<RegisteredMeasure> {
  const { transformerId, seasonId, runId, kind, tried: index, note } = wish;
  const { areaId } = requireTransformer(deps, transformerId, who);
  const row = runId === undefined ? null : await deps.database.readiness.row(runId, transformerId);
  // One kind may have been tried more than once: two steps of the tap, two sizes.
  const tried = index === undefined ? row?.measures.find((one) => one.kind === kind) : row?.measures[index];
  const runSeason = runId === undefined ? seasonId : (await deps.database.readiness.get(runId))?.seasonId;
  if (runId !== undefined && (tried?.kind !== kind || runSeason !== seasonId)) {
    throw new HttpProblem(
      422,
      'No such measure',
      'The run did not try this measure on the transformer, or is of another season.',
      {},
      { code: 'gone' },
    );
  }
  if (tried !== undefined && isRefused(tried)) {
    throw new HttpProblem(
      422,
      'Over-voltage',
      'The measure would lift the voltage at light load over the limit.',
      {},
      { code: 'measure-refused' },
    );
  }
  return {
    id: deps.newId(),
    version: 0,
    transformerId,
    areaId,
    seasonId,
    kind,
    detail: valuesView(tried?.detail ?? {}),
    ...(tried?.second === undefined ? {} : { second: partView(tried.second) }),
    cost: tried?.cost ?? 0,
    promised: row === null || tried === undefined ? null : promiseOf(row, tried),
    state: 'planned',
    plannedMs: deps.clock.nowMs(),
    plannedBy: who.name,
    doneMs: null,
    note: note ?? '',
    verdict: null,
  };
}

function promiseOf(
  { runId, forecast }: ReadinessRow,
  { after }: ReadinessRow['measures'][number],
): RegisteredMeasure['promised'] {
  return {
    runId,
    pLowBefore: forecast.pLow ?? Number.NaN,
    pLowAfter: after.pLow ?? Number.NaN,
    minV: forecast.minHourV.p50 ?? Number.NaN,
    minAfterV: after.minHourV.p50 ?? Number.NaN,
  };
}

type Change = z.infer<typeof changeBody>;

function changed(
  before: RegisteredMeasure,
  { version, state, doneMs, note }: Change,
  nowMs: number,
): RegisteredMeasure {
  if (state === 'done' && doneMs !== undefined && doneMs > nowMs) {
    throw new HttpProblem(422, 'Not done yet', 'doneMs lies in the future.', {}, { code: 'measure-ahead' });
  }
  return {
    ...before,
    version,
    note: note ?? before.note,
    state: state ?? before.state,
    doneMs: state === 'done' ? (doneMs ?? nowMs) : state === undefined ? before.doneMs : null,
    // What was judged was another state.
    verdict: state === undefined ? before.verdict : null,
  };
}

async function requireMeasure(deps: HttpDeps, who: Principal, id: string): Promise<RegisteredMeasure> {
  const found = await deps.database.measures.get(id);
  if (found !== null && seesArea(who, found.areaId)) return found;
  throw new HttpProblem(404, 'No such measure', `There is no measure ${id}.`, {}, { code: 'gone' });
}

async function orConflict(deps: HttpDeps, measure: RegisteredMeasure): Promise<RegisteredMeasure> {
  try {
    return await deps.database.measures.put(measure);
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    const now = await deps.database.measures.get(measure.id);
    const current = now === null ? {} : { current: { ...measureEntry(now) } };
    throw new HttpProblem(
      409,
      'Changed meanwhile',
      'Somebody else changed it; look again.',
      {},
      {
        code: 'changed',
        ...current,
      },
    );
  }
}

function audited(
  { database, clock }: HttpDeps,
  { id, name }: Principal,
  action: string,
  { id: subject }: RegisteredMeasure,
) {
  return database.access.audit.add({ actor: { id, name }, action, subject, detail: {} }, clock.nowMs());
}

function measureEntry(measure: RegisteredMeasure) {
  const { verdict } = measure;
  return {
    ...measure,
    detail: valuesView(measure.detail),
    second: secondView(measure.second),
    promised: measure.promised === null ? null : { ...measure.promised },
    verdict: verdict === null ? null : { ...verdict, evidence: verdict.evidence.map(findingView) },
  };
}

const planBody = z.object({
  transformerId: z.string().min(1),
  seasonId: z.string().regex(/^(summer|winter)-\d{4}$/),
  runId: z.string().optional(),
  kind: z.enum(MEASURE_KINDS),
  tried: z.number().int().min(0).optional().openapi({
    description: 'Index among the measures that the run tried; default the first of its kind',
  }),
  note: z.string().max(NOTE_MAX).optional(),
});

const changeBody = z.object({
  version: z.number().int(),
  state: z.enum(['planned', 'done', 'dropped']).optional(),
  doneMs: z.number().int().min(0).optional(),
  note: z.string().max(NOTE_MAX).optional(),
});

const body = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

const listRoute = createRoute({
  method: 'get',
  path: '/measures',
  summary: 'The register of measures, newest first',
  request: { query: z.object({ season: z.string().optional(), transformer: z.string().optional() }) },
  responses: {
    200: jsonContent(z.object({ items: z.array(registeredMeasureSchema) }), 'Measures'),
    ...PROBLEMS,
  },
});

const planRoute = createRoute({
  method: 'post',
  path: '/measures',
  summary:
    'Put a measure into the register, with what the run promises of it; the same once more is the one there is',
  request: body(planBody),
  responses: { 201: jsonContent(registeredMeasureSchema, 'Planned'), ...PROBLEMS },
});

const changeRoute = createRoute({
  method: 'put',
  path: '/measures/{id}',
  summary: 'Say that a measure was done, or dropped, or is planned again',
  request: { params: idParam, ...body(changeBody) },
  responses: { 200: jsonContent(registeredMeasureSchema, 'As it is now'), ...PROBLEMS },
});

const verifyRoute = createRoute({
  method: 'post',
  path: '/measures/{id}/verify',
  summary: 'Compare what was measured since with the frozen benchmark',
  request: { params: idParam },
  responses: { 200: jsonContent(registeredMeasureSchema, 'With its verdict'), ...PROBLEMS },
});
