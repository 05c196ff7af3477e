import { createRoute, z } from '@hono/zod-openapi';
import { OUTLET_POINT } from '../../core/reading.ts';
import { readingsCsv } from '../../pipeline/readingsCsv.ts';
import type { SampledSeries } from '../../ports.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam, seriesSchema, spanQuery } from '../schemas.ts';
import { requireTransformer } from './transformers.ts';

/** A chart has no use for more; a longer span wants a longer step. */
const SERIES_ROWS_MAX = 100_000;
const STEP_MS_MIN = 1000;

const readingsQuery = spanQuery.extend({
  stepMs: z.coerce.number().int().min(STEP_MS_MIN).default(600_000),
  point: z.string().min(1).max(120).default(OUTLET_POINT),
});

/** The stored voltages of one transformer: down-sampled as JSON, raw as CSV. */
export function readingRoutes(deps: HttpDeps) {
  return resource()
    .openapi(seriesRoute, async (c) => {
      const { id } = c.req.valid('param');
      const { from, to, stepMs, point } = c.req.valid('query');
      requireTransformer(deps, id, principalOf(c));
      if (to <= from) throw new HttpProblem(422, 'Empty span', '`to` must be after `from`.');
      if ((to - from) / stepMs > SERIES_ROWS_MAX) {
        throw new HttpProblem(
          422,
          'Too many steps',
          `Ask for at most ${SERIES_ROWS_MAX} steps: widen stepMs or narrow the span.`,
        );
      }
      const series = await deps.store.series({ transformerId: id, point, fromMs: from, toMs: to }, stepMs);
      return c.json(seriesJson(series), 200);
    })
    .openapi(csvRoute, async (c) => {
      const { id } = c.req.valid('param');
      const { from, to, point } = c.req.valid('query');
      requireTransformer(deps, id, principalOf(c));
      const query = { transformerId: id, point, fromMs: from, toMs: to };
      const body = await streamOf(readingsCsv(deps.store, query));
      const name = `${id.replace(/[^\w.-]/g, '_')}-${point.replace(/[^\w.-]/g, '_')}.csv`;
      return c.body(body, 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
      });
    });
}

/** Columns of a series as JSON arrays; voltages to 0.01 V, NaN as null. */
function seriesJson(series: SampledSeries) {
  return {
    stepMs: series.stepMs,
    tsMs: Array.from(series.tsMs),
    uaV: numbers(series.uaV),
    ubV: numbers(series.ubV),
    ucV: numbers(series.ucV),
    uaMinV: numbers(series.uaMinV),
    ubMinV: numbers(series.ubMinV),
    ucMinV: numbers(series.ucMinV),
    uaMaxV: numbers(series.uaMaxV),
    ubMaxV: numbers(series.ubMaxV),
    ucMaxV: numbers(series.ucMaxV),
    iaA: numbers(series.iaA),
    ibA: numbers(series.ibA),
    icA: numbers(series.icA),
    pKw: numbers(series.pKw),
    qKvar: numbers(series.qKvar),
    count: numbers(series.count),
    outageCount: numbers(series.outageCount),
  };
}

function numbers(column: Float64Array): (number | null)[] {
  const out: (number | null)[] = Array.from({ length: column.length });
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    out[i] = Number.isNaN(value) ? null : Math.round(value * 100) / 100;
  }
  return out;
}

/** The first piece is asked for before the answer begins: a store that is away is a problem, not half a file. */
async function streamOf(pieces: AsyncGenerator<string>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string>> = Promise.resolve(await pieces.next());
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await next;
        if (done === true) return controller.close();
        controller.enqueue(encoder.encode(value));
        next = pieces.next();
        // Told by the `await` of the next pull; a browser that left asks for no more.
        next.catch(() => undefined);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

const seriesRoute = createRoute({
  method: 'get',
  path: '/transformers/{id}/readings',
  summary: 'Voltage, current and power, down-sampled to the step',
  request: { params: idParam, query: readingsQuery },
  responses: { 200: jsonContent(seriesSchema, 'The series'), ...PROBLEMS },
});

const csvRoute = createRoute({
  method: 'get',
  path: '/transformers/{id}/readings.csv',
  summary: 'Raw readings as CSV: the history contract, then all else that is stored',
  request: { params: idParam, query: readingsQuery.omit({ stepMs: true }) },
  responses: {
    200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } },
    ...PROBLEMS,
  },
});
