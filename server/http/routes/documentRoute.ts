import { createRoute, z } from '@hono/zod-openapi';
import { PROBLEMS } from '../errors.ts';
import { jsonContent } from '../openapi.ts';
import { idParam } from '../schemas.ts';

/** The four routes of one kind of document, all alike. `path` has its slash. */
export function documentRoutes<P extends string, B extends z.ZodRawShape, D extends z.ZodRawShape>(
  path: P,
  body: z.ZodObject<B>,
  document: z.ZodObject<D>,
  noun: string,
) {
  const versionedBody = body.extend({ version: z.number().int().min(1) });
  const sent = <S extends z.ZodType>(schema: S) => ({
    required: true,
    content: { 'application/json': { schema } },
  });
  return {
    list: createRoute({
      method: 'get',
      path,
      summary: `All ${noun}`,
      responses: { 200: jsonContent(z.object({ items: z.array(document) }), 'All that are in sight') },
    }),
    create: createRoute({
      method: 'post',
      path,
      summary: `Add to the ${noun}`,
      request: { body: sent(body) },
      responses: { 201: jsonContent(document, 'As it is kept'), ...PROBLEMS },
    }),
    change: createRoute({
      method: 'put',
      path: `${path}/{id}` as const,
      summary: `Change one of the ${noun}; names the version that was seen`,
      request: { params: idParam, body: sent(versionedBody) },
      responses: { 200: jsonContent(document, 'As it is kept'), ...PROBLEMS },
    }),
    end: createRoute({
      method: 'delete',
      path: `${path}/{id}` as const,
      summary: `End or remove one of the ${noun}`,
      request: { params: idParam, query: z.object({ version: z.coerce.number().int().min(1) }) },
      responses: { 200: jsonContent(z.object({ id: z.string() }), 'Done'), ...PROBLEMS },
    }),
  };
}
