import { createRoute, z } from '@hono/zod-openapi';
import { seesArea } from '../../core/access.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';

const PROGRESS_INTERVAL_MS = 250;
/** Two rules over years of a county are minutes of work. */
const SPAN_MS_MAX = 400 * 86_400_000;
/** Of the rule in force pages want the sums; of a draft so many incidents. */
const LIST_MAX = 20_000;

/**
 * `GET rules`: limits and detection in force. `POST replays`: what another rule would have raised; the answer is lines of
 * JSON, `{"progress":…}` as it goes and last `{"report":…}` or `{"problem":…}`. Who leaves ends it. One runs at a time.
 */
export function replayRoutes(deps: HttpDeps) {
  let running = false;
  return resource()
    .openapi(rulesRoute, (c) => c.json(deps.rules.inForce(), 200))
    .openapi(replayRoute, (c) => {
      const { rule, fromMs, toMs, areaId } = c.req.valid('json');
      if (toMs <= fromMs || toMs - fromMs > SPAN_MS_MAX) {
        throw new HttpProblem(
          422,
          'No such span',
          'toMs is after fromMs, by no more than 400 days.',
          {},
          { code: 'span', values: { days: 400 } },
        );
      }
      const principal = principalOf(c);
      if (areaId !== undefined && !isSeen(deps, principal, areaId)) {
        throw new HttpProblem(404, 'No such area', `There is no area ${areaId}.`);
      }
      const prepared = deps.rules.prepare(rule);
      if ('faults' in prepared) {
        throw new HttpProblem(
          422,
          'The rule has faults',
          prepared.faults.join('\n'),
          {},
          { code: 'rule-faults' },
        );
      }
      if (running) {
        throw new HttpProblem(
          409,
          'A replay runs already',
          'One runs at a time: try again when it is over.',
          {},
          { code: 'replay-running' },
        );
      }
      running = true;
      const areaIds = areaId === undefined ? principal.areaIds : [areaId];
      const lines = replayLines(
        deps,
        (watch) => prepared.run({ fromMs, toMs, areaIds }, watch),
        () => {
          running = false;
        },
      );
      return c.body(lines, 200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    });
}

function isSeen(deps: HttpDeps, principal: Parameters<typeof seesArea>[0], areaId: string): boolean {
  return seesArea(principal, areaId) && deps.grid().areas.some(({ id }) => id === areaId);
}

type Run = Extract<ReturnType<HttpDeps['rules']['prepare']>, { run: unknown }>['run'];
type Watch = Parameters<Run>[1];

function replayLines(
  deps: HttpDeps,
  run: (watch: Watch) => ReturnType<Run>,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const left = new AbortController();
  const work = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const send = (line: object): void => {
      if (!left.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
    };
    let lastMs = 0;
    const onProgress = (share: number): void => {
      const nowMs = deps.clock.nowMs();
      if (nowMs - lastMs < PROGRESS_INTERVAL_MS) return;
      lastMs = nowMs;
      send({ progress: { share } });
    };
    try {
      const { draft, inForce, ...rest } = await run({ onProgress, signal: left.signal });
      const report = {
        ...rest,
        draft: { ...draft, list: draft.list.slice(0, LIST_MAX) },
        inForce: { ...inForce, list: inForce.list.slice(0, LIST_MAX) },
      };
      send({ report });
    } catch (error) {
      if (!left.signal.aborted) deps.log.warn({ err: error }, 'a threshold replay ended early');
      send({ problem: { title: 'The replay ended early', detail: (error as Error).message } });
    } finally {
      onEnd();
      if (!left.signal.aborted) controller.close();
    }
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => void work(controller),
    cancel: () => left.abort(new Error('nobody waits for it any more')),
  });
}

const ruleSchema = z
  .object({
    limits: z.record(z.string(), z.unknown()),
    detection: z.record(z.string(), z.unknown()),
  })
  .openapi('Rule');

const rulesRoute = createRoute({
  method: 'get',
  path: '/rules',
  summary: 'Limit profile and detection in force, as in the configuration',
  responses: { 200: jsonContent(ruleSchema, 'The rule in force'), ...PROBLEMS },
});

const replayRoute = createRoute({
  method: 'post',
  path: '/replays',
  summary: 'Replay a rule over stored history: the incidents it would have opened',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.object({
            rule: z.record(z.string(), z.unknown()).openapi({
              description: 'limits and detection as in peakvolt.yaml; what is not named is as in force',
            }),
            fromMs: z.number().int(),
            toMs: z.number().int(),
            areaId: z.string().optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'Lines of JSON (application/x-ndjson): progress, then the report' },
    ...PROBLEMS,
  },
});
