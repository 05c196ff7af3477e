import type { SeasonDistribution, TransformerForecast } from '../forecast/forecast.ts';
import type { Transformer } from '../grid.ts';
import { MEASURE_SETTINGS, type Candidate, type MeasurePlan, type MeasureSettings } from './catalogue.ts';
import { kindsOf, pairsToTry } from './combine.ts';
import { isRefused, type Finding, type MeasureOutcome } from './finding.ts';
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
  const measures = candidates.map((candidate, index) => {
    const { kind, detail, cost, second } = candidate;
    const notes = notesOf(input, candidate, after[index]!);
    const suffices = !isRefused({ notes }) && !notes.some(({ code }) => code === 'risk-left');
    const avoided = input.forecast.expectedLowHours - after[index]!.expectedLowHours;
    return {
      kind,
      detail,
      cost,
      after: after[index]!,
      avoidedCustomerHours: Math.max(0, avoided) * input.transformer.customers,
      suffices,
      notes,
      ...(second === undefined ? {} : { second }),
    } satisfies MeasureOutcome;
  });
  const recommended = measures.findIndex(({ suffices }) => suffices);
  const said = measures.length > 0 ? saidOf(measures, recommended >= 0) : [];
  return { measures, recommended: recommended < 0 ? null : recommended, notes: [...said, ...missing] };
}

/** Pairs to run the season with where no single measure suffices; none where one does, or nothing could be tried. */
export function pairsFor(
  { forecast, transformer, lowPu }: ChoiceInput,
  { candidates }: MeasurePlan,
  { measures, recommended }: MeasureChoice,
): Candidate[] {
  if (recommended !== null || measures.length === 0) return [];
  const tried = candidates.map((candidate, index) => ({ candidate, outcome: measures[index]! }));
  return pairsToTry(tried, forecast, lowPu * transformer.nominalV);
}

/** The choice again, with the pairs beside the single measures. */
export function chooseWithPairs(
  input: ChoiceInput,
  plan: MeasurePlan,
  after: readonly SeasonDistribution[],
  pairs: readonly Candidate[],
  afterPairs: readonly SeasonDistribution[],
): MeasureChoice {
  const all = [...plan.candidates, ...pairs].map((candidate, index) => ({
    candidate,
    season: [...after, ...afterPairs][index]!,
  }));
  const byCost = all.toSorted((a, b) => a.candidate.cost - b.candidate.cost);
  const whole = { candidates: byCost.map(({ candidate }) => candidate), missing: plan.missing };
  return chooseMeasure(
    input,
    whole,
    byCost.map(({ season }) => season),
  );
}

function notesOf(
  { transformer, forecast, lowPu, highPu, settings = MEASURE_SETTINGS }: ChoiceInput,
  candidate: Candidate,
  after: SeasonDistribution,
): Finding[] {
  const { nominalV, feederId } = transformer;
  const notes: Finding[] = [];
  if (!(after.pLow <= settings.sufficientP)) {
    notes.push(finding('risk-left', { pct: 100 * after.pLow, limitPct: 100 * settings.sufficientP }));
  }
  const limitV = highPu * nominalV;
  const nightV = after.highestV - candidate.switchedV;
  if (nightV > forecast.highestV + NIGHT_RISE_MIN_V && nightV > limitV) {
    notes.push(finding('over-voltage', { volts: nightV, limitV }));
  }
  if (after.peakLoadPct.p50 > OVERLOAD_PCT) {
    notes.push(finding('overload-left', { loadPct: after.peakLoadPct.p50 }));
  }
  const tailV = forecast.estimatedTailV?.p50 ?? NaN;
  const riseV = after.minHourV.p50 - forecast.minHourV.p50;
  if (tailV + riseV < lowPu * nominalV) notes.push(finding('line-not-measured', { volts: tailV + riseV }));
  if (kindsOf(candidate).includes('feeder')) notes.push(finding('once-for-feeder', { feeder: feederId }));
  return notes;
}

/** Whether it takes a pair, or what is the best that can be reached. */
function saidOf(measures: readonly MeasureOutcome[], suffices: boolean): Finding[] {
  const pairs = measures.filter(({ second }) => second !== undefined).length;
  const tried = measures.length - pairs;
  if (suffices) return pairs > 0 ? [finding('pair-needed', { tried })] : [];
  const pct = 100 * Math.min(...measures.map(({ after }) => after.pLow));
  return [
    pairs > 0 ? finding('no-pair-suffices', { tried, pairs, pct }) : finding('none-suffices', { tried, pct }),
  ];
}
