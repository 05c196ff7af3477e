import type { SeasonDistribution, TransformerForecast } from '../forecast/forecast.ts';
import type { Transformer } from '../grid.ts';
import { MEASURE_SETTINGS, type MeasurePlan, type MeasureSettings } from './catalogue.ts';
import type { Finding, MeasureOutcome } from './finding.ts';
import { finding } from './findingWords.ts';

/** What each measure would have made of the season, and the cheapest that is enough. */

export interface MeasureChoice {
  /** Ascending in cost. */
  measures: readonly MeasureOutcome[];
  /** Index of the cheapest that suffices; null where none does. */
  recommended: number | null;
  /** What is to be said beside the measures: none suffices, a tap nobody knows. */
  notes: readonly Finding[];
}

export interface ChoiceInput {
  transformer: Transformer;
  forecast: TransformerForecast;
  /** Limits of supply, pu of nominal. */
  lowPu: number;
  highPu: number;
  settings?: MeasureSettings;
}

/** A night that was over the limit before may stay as it is. */
const NIGHT_RISE_MIN_V = 0.2;
const OVERLOAD_PCT = 100;

/** Judges the candidates of a plan by what the season became with each, in the order of the plan. */
export function chooseMeasure(
  input: ChoiceInput,
  { candidates, missing }: MeasurePlan,
  after: readonly SeasonDistribution[],
): MeasureChoice {
  const measures = candidates.map(({ kind, detail, cost }, index) => {
    const notes = notesOf(input, kind, after[index]!);
    const suffices = !notes.some(({ code }) => code === 'risk-left' || code === 'over-voltage');
    const avoided = input.forecast.expectedLowHours - after[index]!.expectedLowHours;
    return {
      kind,
      detail,
      cost,
      after: after[index]!,
      avoidedCustomerHours: Math.max(0, avoided) * input.transformer.customers,
      suffices,
      notes,
    } satisfies MeasureOutcome;
  });
  const recommended = measures.findIndex(({ suffices }) => suffices);
  const none = recommended < 0 && measures.length > 0 ? [noneSuffices(measures)] : [];
  return { measures, recommended: recommended < 0 ? null : recommended, notes: [...none, ...missing] };
}

function notesOf(
  { transformer, forecast, lowPu, highPu, settings = MEASURE_SETTINGS }: ChoiceInput,
  kind: MeasureOutcome['kind'],
  after: SeasonDistribution,
): Finding[] {
  const { nominalV, feederId } = transformer;
  const notes: Finding[] = [];
  if (!(after.pLow <= settings.sufficientP)) {
    notes.push(finding('risk-left', { pct: 100 * after.pLow, limitPct: 100 * settings.sufficientP }));
  }
  const limitV = highPu * nominalV;
  // Capacitors are switched by voltage: at night they are off.
  const rises = kind !== 'capacitors' && after.highestV > forecast.highestV + NIGHT_RISE_MIN_V;
  if (rises && after.highestV > limitV) {
    notes.push(finding('over-voltage', { volts: after.highestV, limitV }));
  }
  if (after.peakLoadPct.p50 > OVERLOAD_PCT) {
    notes.push(finding('overload-left', { loadPct: after.peakLoadPct.p50 }));
  }
  const tailV = forecast.estimatedTailV?.p50 ?? NaN;
  const riseV = after.minHourV.p50 - forecast.minHourV.p50;
  if (tailV + riseV < lowPu * nominalV) notes.push(finding('line-not-measured', { volts: tailV + riseV }));
  if (kind === 'feeder') notes.push(finding('once-for-feeder', { feeder: feederId }));
  return notes;
}

function noneSuffices(measures: readonly MeasureOutcome[]): Finding {
  const least = Math.min(...measures.map(({ after }) => after.pLow));
  return finding('none-suffices', { tried: measures.length, pct: 100 * least });
}
