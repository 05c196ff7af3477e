import type { ImportDeps, ImportOptions, ImportReport } from './report.ts';
import type { Span } from './span.ts';

/** Up to so many points are summarised one by one; above, the whole fleet over the span is cheaper. */
const WINDOWS_MAX = 2_000;
const WINDOWS_PER_CALL = 50;

interface TouchedPoint {
  transformerId: string;
  point: string;
  span: Span;
}

/** Makes 10-minute means and daily summaries again where history was written, and registers the points that it named. */
export async function summarise(
  touched: readonly TouchedPoint[],
  report: ImportReport,
  options: ImportOptions,
  { points, store }: ImportDeps,
): Promise<void> {
  await points.add(
    touched.map(({ transformerId, point, span }) => ({
      transformerId,
      point,
      name: '',
      firstMs: span.fromMs,
    })),
  );
  const { rows, refused, span } = report;
  if (span === null) return;
  const tell = (share: number): void => options.onProgress?.({ stage: 'summaries', rows, refused, share });
  tell(0);
  if (touched.length > WINDOWS_MAX) {
    await store.recomputeAll(span.fromMs, span.toMs + 1, tell);
  } else {
    for (let start = 0; start < touched.length; start += WINDOWS_PER_CALL) {
      const windows = touched.slice(start, start + WINDOWS_PER_CALL).map((t) => ({
        transformerId: t.transformerId,
        point: t.point,
        fromMs: t.span.fromMs,
        toMs: t.span.toMs + 1,
      }));
      await store.recompute(windows);
      tell((start + windows.length) / touched.length);
    }
  }
  tell(1);
}
