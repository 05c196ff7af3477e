import type { ClientResponse, InferRequestType, InferResponseType } from 'hono/client';
import type { SuccessStatusCode } from 'hono/utils/http-status';
import { BASE, client } from './client.ts';

const one = client.transformers[':id'];

export type TransformerDetail = InferResponseType<typeof one.$get, 200>;
export type LivePoint = TransformerDetail['live']['points'][number];
export type Series = InferResponseType<typeof one.readings.$get, 200>;
export type Compliance = InferResponseType<typeof one.compliance.$get, 200>;
export type MapQualification = InferResponseType<(typeof client.map.qualification)['$get'], 200>;
export type EventRecord = InferResponseType<typeof one.events.$get, 200>['items'][number];
/** The past 24 h of the map: `steps` × `rows`, step-major. */
export type Replay = InferResponseType<(typeof client.map.replay)['$get'], 200>;
export type SystemStatus = InferResponseType<typeof client.system.$get, 200>;
export type DeadLetterPage = InferResponseType<typeof client.deadletters.$get, 200>;
export type DeadLetterRecord = DeadLetterPage['items'][number];
export type RefusalReason = DeadLetterRecord['reason'];
export type DeadLetterCount = InferResponseType<typeof client.deadletters.counts.$get, 200>['items'][number];
export type UnknownTransformer = InferResponseType<
  typeof client.deadletters.unknown.$get,
  200
>['items'][number];
export type Registration = InferRequestType<typeof client.transformers.$post>['json'];

/** An answer that is not the one hoped for: what the server said of it (RFC 9457), or that it said nothing. */
export class ApiError extends Error {
  /** 0: the server was not reached. */
  readonly status: number;
  readonly detail: string;
  /** All that the answer carried, where it was JSON. */
  readonly body: unknown;
  constructor(status: number, title: string, detail: string, body: unknown = null) {
    super(title);
    this.name = 'ApiError';
    this.status = status;
    this.detail = detail;
    this.body = body;
  }
}

/** Told to the window when an answer says that nobody is signed in. */
export const SIGNED_OUT = 'peakvolt-signed-out';

export interface Answer {
  ok: boolean;
  status: number;
  statusText: string;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

/** The body of a good answer; everything else throws an {@link ApiError}. An abort passes through as it is. */
export async function take<T>(pending: Promise<Answer>): Promise<T> {
  let answer: Answer;
  try {
    answer = await pending;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'network', '');
  }
  if (answer.status === 401) window.dispatchEvent(new Event(SIGNED_OUT));
  if (!answer.ok) throw await problemOf(answer);
  return (await answer.json()) as T;
}

/** Of what a route may answer, the body of a good answer. */
type Good<R> =
  R extends ClientResponse<infer Body, infer Status, 'json'>
    ? Status extends SuccessStatusCode
      ? Body
      : never
    : never;

/** {@link take} with the type that the route itself declares. */
export function answerOf<R extends Answer>(pending: Promise<R>): Promise<Good<R>> {
  return take<Good<R>>(pending);
}

async function problemOf(answer: Answer): Promise<ApiError> {
  const text = await answer.text();
  const fallback = `${answer.status} ${answer.statusText}`;
  try {
    const body = JSON.parse(text) as { title?: string; detail?: string };
    return new ApiError(answer.status, body.title ?? fallback, body.detail ?? '', body);
  } catch {
    return new ApiError(answer.status, fallback, '');
  }
}

/** What went wrong, for the pages: they only know how to show an {@link ApiError}. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, String(error), '');
}

interface Span {
  from: number;
  to: number;
}

/** Every call that the pages make. */
export const api = {
  liveUrl: `${BASE}/live`,
  map: () => answerOf(client.map.$get()),
  replay: () => answerOf(client.map.replay.$get()),
  mapQualification: () => answerOf(client.map.qualification.$get({ query: {} })),
  transformer: (id: string) => answerOf(one.$get({ param: { id } })),
  readings: (id: string, span: Span & { stepMs: number; point: string }, signal?: AbortSignal) =>
    answerOf(
      one.readings.$get({ param: { id }, query: span }, signal === undefined ? {} : { init: { signal } }),
    ),
  readingsCsvUrl: (id: string, span: Span & { point: string }) =>
    `${BASE}/transformers/${encodeURIComponent(id)}/readings.csv?from=${span.from}&to=${span.to}&point=${encodeURIComponent(span.point)}`,
  compliance: (id: string, span: Span) => answerOf(one.compliance.$get({ param: { id }, query: span })),
  events: (id: string, span: Span) => answerOf(one.events.$get({ param: { id }, query: span })),
  register: (registration: Registration) => answerOf(client.transformers.$post({ json: registration })),
  system: () => answerOf(client.system.$get()),
  rules: () => answerOf(client.rules.$get()),
  config: () => answerOf(client.config.$get()),
  deadLetters: (query: { reason?: RefusalReason; cursor?: string; limit: number }) =>
    answerOf(client.deadletters.$get({ query })),
  deadLetterCounts: () => answerOf(client.deadletters.counts.$get()),
  unknownTransformers: () => answerOf(client.deadletters.unknown.$get()),
  replayLetter: (id: string) => answerOf(client.deadletters[':id'].replay.$post({ param: { id } })),
  replayReason: (reason: RefusalReason) => answerOf(client.deadletters.replay.$post({ json: { reason } })),
};
