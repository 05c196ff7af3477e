/** A time span, both ends included, UTC ms. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** The span that also holds the time; the same object, widened, once there is one. */
export function widen(span: Span | null, tsMs: number): Span {
  if (span === null) return { fromMs: tsMs, toMs: tsMs };
  if (tsMs < span.fromMs) span.fromMs = tsMs;
  if (tsMs > span.toMs) span.toMs = tsMs;
  return span;
}
