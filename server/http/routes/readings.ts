import { createRoute, z } from '@hono/zod-openapi';
import { OUTLET_POINT } from '../../core/reading.ts';
import type { ReadingColumns, SampledSeries } from '../../ports.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam, seriesSchema, spanQuery } from '../schemas.ts';
import { requireTransformer } from './transformers.ts';

/** A chart has no use for more; a longer span wants a longer step. */
const SERIES_ROWS_MAX = 100_000;
const EXPORT_ROWS_MAX = 2_000_000;
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
      requireTransformer(deps, id);
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
      requireTransformer(deps, id);
      const rows = await deps.store.readings(
        { transformerId: id, point, fromMs: from, toMs: to },
        EXPORT_ROWS_MAX,
      );
      const name = `${id.replace(/[^\w.-]/g, '_')}-${point.replace(/[^\w.-]/g, '_')}.csv`;
      return c.body(readingsCsv(id, point, rows), 200, {
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

/** The history contract's columns, so that an export can be imported. */
function readingsCsv(id: string, point: string, rows: ReadingColumns): string {
  const quoted = csvText(id);
  const columns = [rows.uaV, rows.ubV, rows.ucV, rows.iaA, rows.ibA, rows.icA, rows.pKw, rows.qKvar];
  const lines = ['transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point'];
  for (let i = 0; i < rows.tsMs.length; i++) {
    const values = columns.map((column) => (Number.isNaN(column[i]!) ? '' : String(column[i]!)));
    lines.push(`${quoted},${new Date(rows.tsMs[i]!).toISOString()},${values.join(',')},${csvText(point)}`);
  }
  return lines.join('\r\n') + '\r\n';
}

/** RFC 4180 quoting; a leading =, +, - or @ is defused, a spreadsheet would run it as a formula. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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
  summary: `Raw readings in the history CSV contract (at most ${EXPORT_ROWS_MAX} rows)`,
  request: { params: idParam, query: readingsQuery.omit({ stepMs: true }) },
  responses: {
    200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } },
    ...PROBLEMS,
  },
});
