import type { ForecastInput, TransformerForecast } from '../../core/forecast/forecast.ts';
import type { ReadinessRow, Stored } from '../../core/forecast/run.ts';
import type { Transformer } from '../../core/grid.ts';
import type { CauseFinding, Finding, MeasureOutcome } from '../../core/measures/finding.ts';

/** Cause and measures of one transformer at risk. */
export interface Diagnosis {
  cause: CauseFinding | null;
  measures: readonly MeasureOutcome[];
  recommended: number | null;
  /** What is to be said beside the measures: that none suffices, that a tap is not known. */
  notes: readonly Finding[];
}

/** Rows of a run by rank: the likelier, then the longer, then the lower first; what is unknown comes last, never as ready. */
export function rankedRows(
  runId: string,
  { transformers }: ForecastInput,
  forecasts: readonly TransformerForecast[],
  diagnoses: ReadonlyMap<string, Diagnosis>,
): ReadinessRow[] {
  const byId = new Map(transformers.map((t) => [t.id, t]));
  return forecasts.toSorted(byUrgency).map((forecast, i) => {
    const diagnosis = diagnoses.get(forecast.transformerId);
    return rowOf(runId, i + 1, byId.get(forecast.transformerId)!, forecast, diagnosis);
  });
}

function rowOf(
  runId: string,
  rank: number,
  { id, areaId, feederId, customers, importantCustomers }: Transformer,
  forecast: TransformerForecast,
  diagnosis: Diagnosis = { cause: null, measures: [], recommended: null, notes: [] },
): ReadinessRow {
  return {
    runId,
    rank,
    transformerId: id,
    areaId,
    feederId,
    customers,
    importantCustomers,
    forecast: stored(forecast),
    cause: diagnosis.cause,
    measures: diagnosis.measures.map(stored),
    recommended: diagnosis.recommended,
    notes: diagnosis.notes,
  };
}

function byUrgency(a: TransformerForecast, b: TransformerForecast): number {
  const [knownA, knownB] = [a.status !== 'unknown', b.status !== 'unknown'];
  if (knownA !== knownB) return knownA ? -1 : 1;
  if (!knownA) return a.transformerId < b.transformerId ? -1 : 1;
  return (
    b.pLow - a.pLow ||
    b.expectedLowHours - a.expectedLowHours ||
    a.minHourV.p50 - b.minHourV.p50 ||
    (a.transformerId < b.transformerId ? -1 : 1)
  );
}

/** As JSON has it: NaN is null, a typed array is a list. */
export function stored<T>(value: T): Stored<T> {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      ArrayBuffer.isView(inner) ? Array.from(inner as unknown as ArrayLike<number>) : inner,
    ),
  ) as Stored<T>;
}
