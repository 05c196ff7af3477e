import type { DailyHistory } from '../forecast/forecast.ts';
import { median } from '../forecast/statistics.ts';
import type { Finding } from './finding.ts';
import { finding } from './findingWords.ts';
import type { JudgedKind } from './register.ts';

/** What a measure of a kind leaves behind beside the volts: told with the verdict, never what decides it. */

type Columns = DailyHistory['columns'];

/** Days of a history that count, by index in it: before and after the work, at load. */
interface TraceDays {
  before: readonly number[];
  after: readonly number[];
}

/** Empty where the kind leaves nothing, or it is not measured. */
export function trace(kind: JudgedKind, { columns }: DailyHistory, days: TraceDays): Finding[] {
  const [before, after] = [medians(columns, days.before), medians(columns, days.after)];
  const isKnown = (of: (side: Side) => number) => !Number.isNaN(of(before) + of(after));
  switch (kind) {
    case 'rebalance':
    case 'rebalance-pair':
      if (!isKnown((side) => side.unbalancePct)) return [];
      return [finding('unbalance-changed', { beforePct: before.unbalancePct, afterPct: after.unbalancePct })];
    case 'capacitors':
      if (!isKnown((side) => side.powerFactor)) return [];
      return [finding('power-factor-changed', { before: before.powerFactor, after: after.powerFactor })];
    case 'reconductor':
    case 'new-point':
      if (!isKnown((side) => side.lineDropV)) return [];
      return [finding('line-drop-changed', { beforeV: before.lineDropV, afterV: after.lineDropV })];
    default:
      return [];
  }
}

interface Side {
  /** (max − min)/max of the phase currents, %. */
  unbalancePct: number;
  powerFactor: number;
  /** Between outlet and line end. */
  lineDropV: number;
}

function medians(columns: Columns, days: readonly number[]): Side {
  const of = (value: (at: number) => number) => median(days.map(value));
  return {
    unbalancePct: of((at) => {
      const amperes = [columns.iaMaxHourA[at]!, columns.ibMaxHourA[at]!, columns.icMaxHourA[at]!];
      return (100 * (Math.max(...amperes) - Math.min(...amperes))) / Math.max(...amperes);
    }),
    powerFactor: of((at) => {
      const [kw, kvar] = [columns.pMeanKw[at]!, columns.qMeanKvar[at]!];
      return kw / Math.hypot(kw, kvar);
    }),
    lineDropV: of((at) => {
      const { uaMinHourV, ubMinHourV, ucMinHourV, tailMinHourV } = columns;
      return Math.min(uaMinHourV[at]!, ubMinHourV[at]!, ucMinHourV[at]!) - tailMinHourV[at]!;
    }),
  };
}
