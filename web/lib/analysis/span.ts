/** A stretch of time on a chart, and how wheel, drag and keys change it. All pure. */
export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

export const SPAN_MS_MIN = 10 * 60_000;
export const SPAN_MS_MAX = 2 * 366 * 86_400_000;

/** Nearer (factor < 1) or farther around a place in the chart (0 left … 1 right); never past `latestMs`. */
export function zoomSpan(span: TimeSpan, at: number, factor: number, latestMs: number): TimeSpan {
  const length = span.toMs - span.fromMs;
  const next = Math.max(SPAN_MS_MIN, Math.min(SPAN_MS_MAX, length * factor));
  const fixed = span.fromMs + length * at;
  return within({ fromMs: fixed - next * at, toMs: fixed + next * (1 - at) }, latestMs);
}

/** Earlier (negative) or later by a share of the span. */
export function panSpan(span: TimeSpan, share: number, latestMs: number): TimeSpan {
  const shift = (span.toMs - span.fromMs) * share;
  return within({ fromMs: span.fromMs + shift, toMs: span.toMs + shift }, latestMs);
}

function within(span: TimeSpan, latestMs: number): TimeSpan {
  const beyond = Math.max(0, span.toMs - latestMs);
  return { fromMs: Math.round(span.fromMs - beyond), toMs: Math.round(span.toMs - beyond) };
}
