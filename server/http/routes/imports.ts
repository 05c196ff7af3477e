import { createRoute, z } from '@hono/zod-openapi';
import type { HttpDeps, ImportOutcome } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { resource } from '../openapi.ts';

const PROGRESS_INTERVAL_MS = 500;

/**
 * `POST imports/{kind}`: the CSV is the body, the answer is lines of JSON: `{"progress":…}` and
 * `{"rowError":…}` as it goes, and last `{"report":…}` or `{"problem":…}`. The body is read as it arrives and never held whole.
 */
export function importRoutes(deps: HttpDeps) {
  return resource().openapi(importRoute, (c) => {
    const { kind } = c.req.valid('param');
    const { dryRun, ...named } = c.req.valid('query');
    const body = c.req.raw.body;
    if (body === null) throw new HttpProblem(422, 'Empty body', 'Send the CSV file as the request body.');
    const bytesTotal = Number(c.req.header('content-length') ?? Number.NaN);
    return c.body(
      progressLines(deps, (onProgress, onRowError) =>
        deps.runImport(kind, body as unknown as AsyncIterable<Uint8Array>, {
          dryRun,
          bytesTotal: Number.isFinite(bytesTotal) ? bytesTotal : null,
          onProgress,
          onRowError,
          ...defined(named),
        }),
      ),
      200,
      { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
    );
  });
}

type Named = { resumeKey?: string; encoding?: string; validFromMs?: number };

/** Only what was given: an absent option is not the same as an undefined one. */
function defined(query: { [K in keyof Named]: Named[K] | undefined }): Named {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

function progressLines(
  deps: HttpDeps,
  run: (
    onProgress: (progress: object) => void,
    onRowError: (rowError: object) => void,
  ) => Promise<ImportOutcome>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let cancelled = false;
  return new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (line: object): void => {
        if (!cancelled) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      };
      let lastMs = 0;
      try {
        const report = await run(
          (progress) => {
            const nowMs = deps.clock.nowMs();
            if (nowMs - lastMs < PROGRESS_INTERVAL_MS) return;
            lastMs = nowMs;
            send({ progress });
          },
          (rowError) => send({ rowError }),
        );
        send({ report });
      } catch (error) {
        deps.log.warn({ err: error }, 'an import ended early');
        send({ problem: { title: 'The import ended early', detail: (error as Error).message } });
      }
      if (!cancelled) controller.close();
    },
    cancel() {
      cancelled = true;
    },
  });
}

const importRoute = createRoute({
  method: 'post',
  path: '/imports/{kind}',
  summary: 'Import a CSV: registry, history or weather',
  request: {
    params: z.object({ kind: z.enum(['registry', 'history', 'weather']) }),
    query: z.object({
      dryRun: z.stringbool().default(false),
      resumeKey: z
        .string()
        .regex(/^[\w.-]{1,100}$/)
        .optional(),
      encoding: z.string().max(40).optional(),
      validFromMs: z.coerce.number().int().optional(),
    }),
  },
  responses: {
    200: { description: 'Lines of JSON (application/x-ndjson): progress, then the report' },
    ...PROBLEMS,
  },
});
