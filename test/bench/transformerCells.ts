import type { ForecastInput } from '../../server/core/forecast/forecast.ts';
import { PHASES, Rules, type PhaseSeries } from './phaseSeries.ts';
import type { Band, Cell } from './predictionErrors.ts';
import { FittedHours, FittedTransformer, type Oracle } from './transformerProof.ts';

/** Every later voltage of one transformer with what the model and the rules said of it. */

const WEEK_DAYS = 7;

/**
 * Fitted up to `originDay` and then left alone: all later steps from their currents and the calendar. The persistences
 * know later voltages, which model, line and mean are not told.
 */
export function leftAlone(
  input: ForecastInput,
  days: PhaseSeries,
  series: PhaseSeries,
  originDay: number,
): Cell[] {
  const daily = new FittedTransformer(input, days.first, originDay, days.last);
  const model: Oracle = series.perDay === 1 ? daily : new FittedHours(daily, series);
  const { perDay } = series;
  const origin = (originDay + 1) * perDay - 1;
  const rules = new Rules(series, origin);
  return cellsOf(series, origin + 1, (step) => {
    const bands = model.predict(step);
    return (c) => ({
      model: bands[c]!,
      'fixed line': rules.line(c, step),
      'training mean': rules.mean(c),
      'a day before': rules.persistence(c, step, perDay),
      'a week before': rules.persistence(c, step, WEEK_DAYS * perDay),
      '28 days before': rules.persistence(c, step, 28 * perDay),
    });
  });
}

/** Every day from `fromDay` on by what was known `lag` days before it: all are fitted anew for each day. */
export function rolling(input: ForecastInput, days: PhaseSeries, fromDay: number, lag: number): Cell[] {
  return cellsOf(days, fromDay, (day) => {
    const originDay = day - lag;
    const bands = new FittedTransformer(input, days.first, originDay, day).predict(day);
    const rules = new Rules(days, originDay);
    return (c) => ({
      model: bands[c]!,
      persistence: rules.persistence(c, day, lag),
      'persistence moved along the line': rules.movedPersistence(c, day, lag),
      'line fitted again': rules.line(c, day),
    });
  });
}

function cellsOf(
  { first, last, perDay, voltageV }: PhaseSeries,
  from: number,
  saidOn: (step: number) => (c: number) => Record<string, Band>,
): Cell[] {
  const cells: Cell[] = [];
  for (let step = from; step <= last; step++) {
    const observed = voltageV.map((column) => column[step - first]!);
    if (observed.every(Number.isNaN)) continue;
    const said = saidOn(step);
    const block = Math.floor(step / (WEEK_DAYS * perDay));
    for (let c = 0; c < PHASES; c++) cells.push({ observedV: observed[c]!, block, said: said(c) });
  }
  return cells;
}
