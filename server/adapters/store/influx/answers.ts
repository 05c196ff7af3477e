import { HttpError } from '@influxdata/influxdb-client';
import type { Notice } from '../../../core/notice.ts';
import type { WriteResult } from '../../../ports.ts';

/** Of a server's message so much is kept. */
const REASON_CHARS_MAX = 500;

/** What an answer of InfluxDB, or its absence, means for the rows that were sent. */
export function writeResultOf(error: unknown, nowMs: number): WriteResult {
  const reason = reasonOf(error);
  const notice = noticeOf(error);
  const status = error instanceof HttpError ? error.statusCode : undefined;
  // No answer at all: refused connection, reset, timeout.
  if (status === undefined) return { kind: 'retry', reason, notice };
  if (status === 413) return { kind: 'too-large', reason };
  // 400 is also the answer to a partial write: the writer finds the rows by bisection, the others are stored already.
  if (status === 400 || status === 422) return { kind: 'refused', reason };
  const remedy = remedyFor(status);
  if (remedy !== null) return { kind: 'parked', reason, remedy, notice };
  const afterMs = retryAfterMs(error as HttpError, nowMs);
  return { kind: 'retry', reason, notice, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** The server's words, or the system's; never holds a token, which only ever travels in a header. */
export function reasonOf(error: unknown): string {
  if (error instanceof HttpError) {
    const json = error.json as { error?: unknown; message?: unknown } | undefined;
    const said = json?.error ?? json?.message ?? error.body ?? error.statusMessage ?? '';
    return `${error.statusCode} ${String(said).trim()}`.trim().slice(0, REASON_CHARS_MAX);
  }
  const { code, message } = error as { code?: string; message?: string };
  return (message || code || String(error)).slice(0, REASON_CHARS_MAX);
}

/** The same trouble for a page in another language; the words of the server stay its own. */
export function noticeOf(error: unknown): Notice {
  const answer = reasonOf(error);
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (!(error instanceof HttpError)) {
    if (code === 'ETIMEDOUT' || name === 'RequestTimedOutError') return { code: 'influx-silent', values: {} };
    // Only what the system says of a connection has a code.
    return code === undefined
      ? { code: 'influx-trouble', values: { answer } }
      : { code: 'influx-unreachable', values: { error: answer } };
  }
  const { statusCode } = error;
  if (statusCode === 401) return { code: 'influx-login', values: { answer } };
  if (statusCode === 403) return { code: 'influx-right', values: { answer } };
  if (statusCode === 404) return { code: 'influx-missing', values: { answer } };
  return {
    code: remedyFor(statusCode) === null ? 'influx-trouble' : 'influx-not-influx',
    values: { answer },
  };
}

/** What the operator has to do before anything can be stored; null where waiting is enough. */
export function remedyFor(status: number): string | null {
  if (status === 401) return 'Set INFLUX_TOKEN (or influx.username and influx.password) to a valid login.';
  if (status === 403) return 'Give this login the right to read and write the bucket.';
  if (status === 404)
    return 'Create the database or bucket, or correct INFLUX_BUCKET, INFLUX_ORG or INFLUX_URL.';
  if (status >= 300 && status < 500 && status !== 408 && status !== 425 && status !== 429) {
    return 'See that INFLUX_URL names an InfluxDB and that INFLUX_VERSION is right.';
  }
  return null;
}

/** Seconds or a date (RFC 9110 §10.2.3). The client's own `retryAfter()` gives the seconds out as milliseconds. */
function retryAfterMs(error: HttpError, nowMs: number): number | undefined {
  const value = error.headers?.['retry-after'];
  if (typeof value !== 'string') return undefined;
  const afterMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return afterMs > 0 ? afterMs : undefined;
}
