import type { TransformerForecast } from '../forecast/forecast.ts';
import type { Transformer } from '../grid.ts';
import type { CauseFinding, MeasureOutcome } from './finding.ts';

/** Protection sheet of a season: every transformer with important customers, its risk, and where else they could be fed from. */

export interface ProtectionRow {
  transformer: Transformer;
  forecast: TransformerForecast;
  cause: CauseFinding | null;
  recommended: MeasureOutcome | null;
}

/** `same-feeder`: there is one, but it goes down with the feeder. `unknown`: the registry does not say. */
export type SecondSourceState = 'independent' | 'same-feeder' | 'unspecified' | 'none' | 'unknown';

export interface SecondSource {
  state: SecondSourceState;
  /** As the registry has it. */
  text: string;
  /** Risk of the transformer that it names; null where it names none that is forecast. */
  pLow: number | null;
}

export interface ProtectionEntry extends ProtectionRow {
  secondSource: SecondSource;
}

/** Columns of the registry that name a second supply, in what utilities call them. */
const SECOND_SOURCE =
  /second.?(source|supply|feeder)|backup.?(source|supply|feeder)|dual.?supply|双电源|备用电源|第二电源|备自投/i;
const NONE = /^(|no|none|false|0|-|无|否|没有)$/i;
const YES = /^(yes|true|1|有|是)$/i;

/** Worst first: unknown is never at the end, for nothing is known to be right with it. */
export function protectionSheet(rows: readonly ProtectionRow[]): ProtectionEntry[] {
  const byName = new Map(
    rows.flatMap((row) => [row.transformer.id, row.transformer.name].map((name) => [name, row])),
  );
  return rows
    .filter(({ transformer }) => transformer.importantCustomers > 0)
    .map((row) => ({ ...row, secondSource: secondSourceOf(row.transformer, byName) }))
    .toSorted(
      (a, b) =>
        urgency(b) - urgency(a) ||
        lowHours(b) - lowHours(a) ||
        (a.transformer.id < b.transformer.id ? -1 : 1),
    );
}

function secondSourceOf(transformer: Transformer, rows: ReadonlyMap<string, ProtectionRow>): SecondSource {
  const entry = Object.entries(transformer.attributes).find(([name]) => SECOND_SOURCE.test(name));
  if (entry === undefined) return { state: 'unknown', text: '', pLow: null };
  const text = entry[1].trim();
  if (NONE.test(text)) return { state: 'none', text, pLow: null };
  if (YES.test(text)) return { state: 'unspecified', text, pLow: null };
  const other = rows.get(text);
  const isSame = text === transformer.feederId || other?.transformer.feederId === transformer.feederId;
  const pLow = other?.forecast.pLow ?? NaN;
  return { state: isSame ? 'same-feeder' : 'independent', text, pLow: Number.isFinite(pLow) ? pLow : null };
}

/** The longer comes first among the equally likely, as in the ranking. */
function lowHours({ forecast }: ProtectionRow): number {
  return forecast.expectedLowHours || 0;
}

/** Unknown stands between at risk and watch. */
function urgency({ forecast }: ProtectionRow): number {
  const rank = { at_risk: 3, unknown: 2, watch: 1, ready: 0 }[forecast.status];
  return rank + (forecast.status === 'unknown' ? 0 : forecast.pLow / 2);
}
