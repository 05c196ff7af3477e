import { createRoute, z } from '@hono/zod-openapi';
import { REFUSAL_REASONS } from '../../core/reading.ts';
import type { DeadLetter } from '../../core/reading.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { deadLetterSchema, idParam, pageQuery } from '../schemas.ts';

const PAYLOAD_SHOWN_BYTES = 8192;
const UNKNOWN_LIMIT = 500;
/** Letters replayed by one call; the answer says how many remain. */
const REPLAY_LIMIT = 10_000;
const REPLAY_PAGE = 500;

/** What could not be taken: list, counts, unregistered transformers, replay after mending. */
export function deadLetterRoutes(deps: HttpDeps) {
  const { deadLetters } = deps.database;
  return resource()
    .openapi(listRoute, async (c) => {
      const { reason, transformer, cursor, limit } = c.req.valid('query');
      const page = await deadLetters.list({
        limit,
        ...(reason === undefined ? {} : { reason }),
        ...(transformer === undefined ? {} : { transformerId: transformer }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      return c.json({ items: page.items.map(shown), cursor: page.cursor }, 200);
    })
    .openapi(countsRoute, async (c) => c.json({ items: await deadLetters.countByReason() }, 200))
    .openapi(unknownRoute, async (c) => {
      return c.json({ items: await deadLetters.unknownTransformers(UNKNOWN_LIMIT) }, 200);
    })
    .openapi(replayOneRoute, async (c) => {
      const letter = await deadLetters.get(c.req.valid('param').id);
      if (letter === null) throw new HttpProblem(404, 'No such dead letter', 'It was replayed or pruned.');
      return c.json(await replayAll(deps, [letter]), 200);
    })
    .openapi(replayManyRoute, async (c) => {
      const { reason, transformer } = c.req.valid('json');
      return c.json(await replayMatching(deps, reason, transformer), 200);
    });
}

async function replayMatching(
  deps: HttpDeps,
  reason: DeadLetter['reason'],
  transformerId: string | undefined,
) {
  const total = { replayed: 0, refusedAgain: 0 };
  let cursor: string | null = null;
  do {
    const page: { items: DeadLetter[]; cursor: string | null } = await deps.database.deadLetters.list({
      reason,
      limit: REPLAY_PAGE,
      ...(transformerId === undefined ? {} : { transformerId }),
      ...(cursor === null ? {} : { cursor }),
    });
    const done = await replayAll(deps, page.items);
    total.replayed += done.replayed;
    total.refusedAgain += done.refusedAgain;
    cursor = page.cursor;
  } while (cursor !== null && total.replayed + total.refusedAgain < REPLAY_LIMIT);
  return total;
}

/** A letter that was taken is removed after it is safe in the spool; one that was refused again stays as it was. */
async function replayAll(deps: HttpDeps, letters: readonly DeadLetter[]) {
  // Together they share batches, and so syncs of the spool; one after the other would take the time of one for each.
  const verdicts = await Promise.all(letters.map((letter) => deps.replayDeadLetter(letter)));
  const taken = letters.filter((_, i) => verdicts[i]).map(({ id }) => id);
  if (taken.length > 0) await deps.database.deadLetters.remove(taken);
  return { replayed: taken.length, refusedAgain: letters.length - taken.length };
}

function shown(letter: DeadLetter) {
  const head = Buffer.from(letter.payload.subarray(0, PAYLOAD_SHOWN_BYTES));
  const text = head.toString('utf8');
  return {
    id: letter.id,
    receivedMs: letter.receivedMs,
    topic: letter.topic,
    payloadText: text.includes('\uFFFD') || text.includes('\0') ? head.toString('hex') : text,
    payloadBytes: letter.payload.byteLength,
    reason: letter.reason,
    detail: letter.detail,
    transformerId: letter.transformerId,
  };
}

const reasonSchema = z.enum(REFUSAL_REASONS);
const replayedSchema = z.object({ replayed: z.number(), refusedAgain: z.number() }).openapi('ReplayReport');

const listRoute = createRoute({
  method: 'get',
  path: '/deadletters',
  summary: 'Inputs that could not be taken, newest first',
  request: {
    query: pageQuery.extend({ reason: reasonSchema.optional(), transformer: z.string().max(200).optional() }),
  },
  responses: {
    200: jsonContent(z.object({ items: z.array(deadLetterSchema), cursor: z.string().nullable() }), 'A page'),
    ...PROBLEMS,
  },
});

const countsRoute = createRoute({
  method: 'get',
  path: '/deadletters/counts',
  summary: 'Dead letters by reason',
  responses: {
    200: jsonContent(
      z.object({ items: z.array(z.object({ reason: reasonSchema, count: z.number() })) }),
      'Counts',
    ),
  },
});

const unknownRoute = createRoute({
  method: 'get',
  path: '/deadletters/unknown',
  summary: 'Transformers that send but are not registered',
  responses: {
    200: jsonContent(
      z.object({
        items: z.array(
          z.object({
            transformerId: z.string(),
            org: z.string().nullable(),
            count: z.number(),
            lastMs: z.number(),
            meta: z.record(z.string(), z.unknown()).nullable(),
          }),
        ),
      }),
      'What they said of themselves',
    ),
  },
});

const replayOneRoute = createRoute({
  method: 'post',
  path: '/deadletters/{id}/replay',
  summary: 'Send one dead letter through the decoder again',
  request: { params: idParam },
  responses: { 200: jsonContent(replayedSchema, 'What became of it'), ...PROBLEMS },
});

const replayManyRoute = createRoute({
  method: 'post',
  path: '/deadletters/replay',
  summary: `Replay all dead letters of a reason (at most ${REPLAY_LIMIT})`,
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.object({ reason: reasonSchema, transformer: z.string().max(200).optional() }),
        },
      },
    },
  },
  responses: { 200: jsonContent(replayedSchema, 'What became of them'), ...PROBLEMS },
});
