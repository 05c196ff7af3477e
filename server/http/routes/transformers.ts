import { createRoute, z } from '@hono/zod-openapi';
import { seesArea, type Principal } from '../../core/access.ts';
import { CONDITION_CODE, CONDITIONS } from '../../core/condition.ts';
import type { Condition } from '../../core/condition.ts';
import { type EnglishNames, englishNames } from '../../core/englishNames.ts';
import type { Feeder, GridModel, Transformer } from '../../core/grid.ts';
import type { MapSnapshot } from '../../core/liveView.ts';
import { snapshotInSight } from '../../core/sight.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import {
  conditionSchema,
  eventSchema,
  idParam,
  pageQuery,
  spanQuery,
  transformerDetailSchema,
  transformerRowSchema,
} from '../schemas.ts';

const EVENTS_LIMIT = 1000;

/** Transformers: list, one in detail, its events, registration. Readings are in readings.ts. */
export function transformerRoutes(deps: HttpDeps) {
  return resource()
    .openapi(listRoute, (c) => {
      const query = c.req.valid('query');
      const snapshot = snapshotInSight(deps.live.snapshot(), principalOf(c).areaIds);
      return c.json(listTransformers(snapshot, query), 200);
    })
    .openapi(detailRoute, async (c) =>
      c.json(await describe(deps, c.req.valid('param').id, principalOf(c)), 200),
    )
    .openapi(eventsRoute, async (c) => {
      const { id } = c.req.valid('param');
      const { from, to } = c.req.valid('query');
      requireTransformer(deps, id, principalOf(c));
      const items = await deps.database.events.list({
        transformerId: id,
        fromMs: from,
        toMs: to,
        limit: EVENTS_LIMIT,
      });
      return c.json({ items }, 200);
    })
    .openapi(registerRoute, async (c) => {
      const body = c.req.valid('json');
      const { transformer, area, feeder } = registration(body);
      await deps.register(
        { areas: [area], feeders: [feeder], transformers: [transformer] },
        deps.clock.nowMs(),
      );
      return c.json({ id: transformer.id }, 201);
    });
}

/** What is out of sight does not exist. @throws HttpProblem 404 */
export function requireTransformer(
  deps: Pick<HttpDeps, 'grid'>,
  id: string,
  principal: Pick<Principal, 'areaIds'>,
): Transformer {
  const model = deps.grid();
  const found = model.transformers[indexOf(model).rows.get(id) ?? -1];
  if (found === undefined || !seesArea(principal, found.areaId)) {
    throw new HttpProblem(
      404,
      'No such transformer',
      'No transformer of this id is registered.',
      {},
      { code: 'gone' },
    );
  }
  return found;
}

interface ModelIndex {
  /** Row by transformer id. */
  rows: Map<string, number>;
  english: EnglishNames;
}

const indexes = new WeakMap<GridModel, ModelIndex>();
/** Built once for each grid model, which is immutable. */
function indexOf(model: GridModel): ModelIndex {
  let index = indexes.get(model);
  if (index === undefined) {
    index = { rows: new Map(model.transformers.map((t, row) => [t.id, row])), english: englishNames(model) };
    indexes.set(model, index);
  }
  return index;
}

async function describe(deps: HttpDeps, id: string, principal: Principal) {
  const transformer = requireTransformer(deps, id, principal);
  const model = deps.grid();
  const { rows, english } = indexOf(model);
  const area = model.areas.findIndex((a) => a.id === transformer.areaId);
  const feeder = model.feeders.findIndex((f) => f.id === transformer.feederId);
  const [points, versions] = await Promise.all([deps.store.points(id), deps.database.registry.versions(id)]);
  const live = deps.live.transformer(id) ?? {
    condition: 'no-data' as const,
    sinceMs: null,
    tsMs: null,
    loadPct: null,
    points: [],
  };
  return {
    transformer,
    nameEn: english.transformers?.[rows.get(id)!] ?? null,
    areaName: model.areas[area]?.name ?? transformer.areaId,
    areaNameEn: english.areas[area] ?? null,
    feederName: model.feeders[feeder]?.name ?? transformer.feederId,
    feederNameEn: english.feeders[feeder] ?? null,
    substationName: model.feeders[feeder]?.substationName ?? '',
    limits: deps.limitsOf(transformer),
    live,
    points,
    versions: versions.map((v) => ({ validFromMs: v.validFromMs, changed: v.changed })),
  };
}

interface ListQuery {
  area?: string | undefined;
  feeder?: string | undefined;
  status?: Condition | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Most urgent first, then by row; the cursor is `urgency:row`, so pages stay disjoint while conditions hold. */
function listTransformers(snapshot: MapSnapshot, query: ListQuery) {
  const t = snapshot.transformers;
  const needle = query.q?.toLocaleLowerCase() ?? '';
  const rows: number[] = [];
  for (let row = 0; row < t.id.length; row++) {
    if (query.area !== undefined && snapshot.areas[t.area[row]!]?.id !== query.area) continue;
    if (query.feeder !== undefined && snapshot.feeders[t.feeder[row]!]?.id !== query.feeder) continue;
    if (query.status !== undefined && t.condition[row] !== CONDITION_CODE[query.status]) continue;
    if (
      needle !== '' &&
      !t.id[row]!.toLocaleLowerCase().includes(needle) &&
      !t.name[row]!.toLocaleLowerCase().includes(needle) &&
      t.nameEn?.[row]?.toLocaleLowerCase().includes(needle) !== true
    )
      continue;
    rows.push(row);
  }
  rows.sort((a, b) => t.condition[b]! - t.condition[a]! || a - b);
  const after = parseCursor(query.cursor);
  const start = after === null ? 0 : rows.findIndex((r) => isAfter(t.condition[r]!, r, after));
  const page = start < 0 ? [] : rows.slice(start, start + query.limit);
  const last = page.at(-1);
  const more = last !== undefined && start + page.length < rows.length;
  return {
    items: page.map((row) => ({
      id: t.id[row]!,
      name: t.name[row]!,
      areaId: snapshot.areas[t.area[row]!]?.id ?? '',
      areaName: snapshot.areas[t.area[row]!]?.name ?? '',
      feederId: snapshot.feeders[t.feeder[row]!]?.id ?? '',
      feederName: snapshot.feeders[t.feeder[row]!]?.name ?? '',
      customers: t.customers[row]!,
      importantCustomers: t.important[row]!,
      capacityKva: t.capacityKva[row]!,
      condition: CONDITIONS[t.condition[row]!]!,
      worstV: t.worstV[row]!,
      loadPct: t.loadPct[row]!,
      tsMs: t.tsMs[row]!,
    })),
    cursor: more ? `${t.condition[last]}:${last}` : null,
    total: rows.length,
  };
}

type Position = readonly [code: number, row: number];

function parseCursor(cursor: string | undefined): Position | null {
  if (cursor === undefined) return null;
  const match = /^(\d{1,2}):(\d{1,9})$/.exec(cursor);
  if (match === null)
    throw new HttpProblem(422, 'Invalid cursor', 'Pass the cursor of the page before, unchanged.');
  return [Number(match[1]), Number(match[2])];
}

function isAfter(code: number, row: number, [afterCode, afterRow]: Position): boolean {
  return code < afterCode || (code === afterCode && row > afterRow);
}

/** The id is an MQTT topic level and a tag: the characters that a registry CSV may not hold in it either. */
const ID_ALLOWED = /^[^/+#\p{Cc}]+$/u;

const registrationSchema = z
  .object({
    id: z.string().trim().min(1).max(120).regex(ID_ALLOWED, 'must not hold / + # or control characters'),
    name: z.string().trim().min(1).max(200),
    org: z.string().trim().min(1).max(120),
    areaId: z.string().trim().min(1).max(120),
    areaName: z.string().trim().max(200).optional(),
    feederId: z.string().trim().min(1).max(120),
    feederName: z.string().trim().max(200).optional(),
    lon: z.number().min(-180).max(180).nullable().default(null),
    lat: z.number().min(-90).max(90).nullable().default(null),
    capacityKva: z.number().positive().max(100_000).nullable().default(null),
    nominalV: z.number().min(50).max(1000).default(220),
    customers: z.number().int().min(0).max(1_000_000).default(0),
    importantCustomers: z.number().int().min(0).max(1_000_000).default(0),
    kind: z.string().max(60).default('mixed'),
  })
  .openapi('Registration');

function registration(body: z.infer<typeof registrationSchema>) {
  const { areaName, feederName, ...rest } = body;
  const transformer: Transformer = {
    ...rest,
    ukPct: null,
    tapPosition: null,
    tapStepPct: null,
    tapCount: null,
    lvRadiusM: null,
    weatherStationId: null,
    attributes: {},
  };
  const feeder: Feeder = {
    id: body.feederId,
    name: feederName ?? body.feederId,
    substationId: '',
    substationName: '',
  };
  return { transformer, feeder, area: { id: body.areaId, name: areaName ?? body.areaId, org: body.org } };
}

const listRoute = createRoute({
  method: 'get',
  path: '/transformers',
  summary: 'Transformers, most urgent first',
  request: {
    query: pageQuery.extend({
      area: z.string().max(120).optional(),
      feeder: z.string().max(120).optional(),
      status: conditionSchema.optional(),
      q: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: jsonContent(
      z.object({ items: z.array(transformerRowSchema), cursor: z.string().nullable(), total: z.number() }),
      'A page',
    ),
    ...PROBLEMS,
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/transformers/{id}',
  summary: 'Nameplate, live phases, measuring points and nameplate history',
  request: { params: idParam },
  responses: { 200: jsonContent(transformerDetailSchema, 'The transformer'), ...PROBLEMS },
});

const eventsRoute = createRoute({
  method: 'get',
  path: '/transformers/{id}/events',
  summary: `Conditions raised, changed and cleared, newest first (at most ${EVENTS_LIMIT})`,
  request: { params: idParam, query: spanQuery },
  responses: { 200: jsonContent(z.object({ items: z.array(eventSchema) }), 'Events'), ...PROBLEMS },
});

const registerRoute = createRoute({
  method: 'post',
  path: '/transformers',
  summary: 'Register one transformer (its kept readings can then be replayed)',
  request: { body: { required: true, content: { 'application/json': { schema: registrationSchema } } } },
  responses: { 201: jsonContent(z.object({ id: z.string() }), 'Registered'), ...PROBLEMS },
});
