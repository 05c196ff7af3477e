import { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import { problemResponse } from './errors.ts';

/** A JSON answer, for a route's OpenAPI entry. */
export function jsonContent<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/** A router whose validation faults are problem details that name every fault at once. */
export function resource() {
  return new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      return problemResponse(c, 422, {
        title: 'The request cannot be understood',
        code: 'faults',
        faults: result.error.issues.map(faultOf),
      });
    },
  });
}

/** The codes that the settings have for the same; the rest is told in words alone. */
function faultOf(issue: z.core.$ZodIssue) {
  const [path, message] = [issue.path.join('.'), issue.message];
  switch (issue.code) {
    case 'too_big':
      if (issue.origin === 'number' || issue.origin === 'int') return { path, message };
      return {
        path,
        message,
        code: issue.origin === 'string' ? 'too-long' : 'too-many',
        values: { max: Number(issue.maximum) },
      };
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? { path, message, code: 'required' }
        : { path, message };
    default:
      return { path, message };
  }
}

/** The document behind `/api/v1/openapi.json`. */
export function openApiDocument(app: Pick<OpenAPIHono, 'getOpenAPI31Document'>, version: string) {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Peakvolt',
      version,
      description:
        'Voltage of distribution transformers. Times are UTC milliseconds; names end in their unit; null means "not measured"; errors are problem details (RFC 9457).',
    },
    servers: [{ url: '/' }],
  });
}
