import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

const values = z.record(z.string(), z.union([z.string(), z.number()]));

/** Problem details, RFC 9457: what happened, what was kept, what to do. */
const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    code: z.string().optional().openapi({ description: 'What happened, for programs; stays as it is' }),
    values: values.optional().openapi({ description: 'What the code speaks of' }),
    faults: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          code: z.string().optional(),
          values: values.optional(),
        }),
      )
      .optional()
      .openapi({ description: 'Everything that is wrong with what was sent, by its place' }),
    reason: z.string().optional().openapi({ description: 'Code of why it cannot be done now' }),
    current: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'With 409: the thing as it is now' }),
  })
  .openapi('Problem');
type Problem = z.infer<typeof problemSchema>;

/** Problems that a person meets in forms and actions: the pages have words of their own for each. */
export type ProblemCode =
  | 'account-none'
  | 'backup-running'
  | 'changed'
  | 'cannot-now'
  | 'end-before-begin'
  | 'everywhere-needed'
  | 'faults'
  | 'first'
  | 'forecast-first'
  | 'gone'
  | 'internal'
  | 'last-admin'
  | 'link-over'
  | 'login-refused'
  | 'login-taken'
  | 'login-wait'
  | 'measure-ahead'
  | 'measure-not-done'
  | 'measure-refused'
  | 'not-yours'
  | 'password-unfit'
  | 'replay-running'
  | 'role-needed'
  | 'rule-faults'
  | 'scope-needed'
  | 'season-unknown'
  | 'secrets-again'
  | 'span'
  | 'too-busy';

/** What a problem may say besides. */
type ProblemMembers = Pick<Problem, 'current' | 'faults' | 'reason' | 'values'> & { code?: ProblemCode };

/** A failure that the caller is told about as it is; every other failure becomes a 500 that names only its id. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: ProblemMembers;
  constructor(
    status: ContentfulStatusCode,
    title: string,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    members: ProblemMembers = {},
  ) {
    super(detail);
    this.name = 'HttpProblem';
    this.status = status;
    this.title = title;
    this.headers = headers;
    this.members = members;
  }
}

export function problemResponse(
  c: Context,
  status: ContentfulStatusCode,
  problem: Omit<Problem, 'status' | 'type' | 'code'> & { code?: ProblemCode },
): Response {
  return c.body(JSON.stringify({ type: 'about:blank', status, ...problem }), status, {
    'content-type': 'application/problem+json',
  });
}

const problemContent = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** Answers that every route may give, for its OpenAPI entry. */
export const PROBLEMS = {
  403: problemContent('Not allowed'),
  404: problemContent('There is no such thing'),
  409: problemContent('It was changed meanwhile'),
  422: problemContent('The request cannot be understood'),
} as const;
