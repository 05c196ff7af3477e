import type { MethodErrors, PredictionErrors } from './predictionErrors.ts';
import { fixed, table, today, withInterval } from './markdown.ts';
import { dateOf, wholeDays } from './phaseSeries.ts';
import type { TransformerResult } from './transformer.ts';

/** The part of docs/forecastReal.md about one real transformer. */
export function transformerPart({ place, report, days, splits, rolling }: TransformerResult): string {
  const span = `${dateOf(days.first)} to ${dateOf(days.last)}`;
  const middle = splits[Math.floor(splits.length / 2)]!;
  return `Measured on ${today()} by \`npm run bench -- transformer=FILE\`. Transformer ${place.transformerId}, nominal ${place.nominalV} V, ${span}: ${report.rows} rows,
${report.duplicate} duplicates, ${report.refused} refused by \`import history\`; ${wholeDays(days, days.first, days.last)} whole days (18 hours of 24 or more) are scored, all days are fitted.

The program's own voltage model, one transformer being its feeder, told of no weather. It predicts the lowest hour of each phase from the
day's highest hourly currents and the calendar. Errors in volts over all phases; intervals are 95 %, bootstrap over whole weeks.

### Trained once, then left alone

Model, line and mean know no voltage after the training; **the three persistences do**: they are told the voltage of one, seven and 28 days before.
The line is least squares of voltage on current without what lies further off than three robust standard deviations.

${splitTable(splits, 'days')}

As fitted, means of the phases: what the voltage would be without load, and what an ampere in each phase takes off it.

${table(
  ['trained up to', 'source then, V', `source said for ${dateOf(days.last)}, V`, 'V per A'],
  splits.map(({ originDay, sourceV, slopeVPerA }) => [
    dateOf(originDay),
    ...sourceV.map((v) => fixed(v, 1)),
    fixed(slopeVPerA, 3),
  ]),
)}

At the split of ${dateOf(middle.originDay)}, ${middle.days.cells} voltages in ${middle.days.blocks} weeks:

${errorTable(middle.days)}

${splits.map(({ originDay, days: errors }) => `- ${bandSentence(`After ${dateOf(originDay)}`, errors)}`).join('\n')}

### Known some days before

Everything fitted again for each day, on what was known so many days before it; all persist the last whole day known then.

${rolling.map(({ lagDays, errors }) => `**${lagDays === 1 ? 'One day' : `${lagDays} days`} before** (${errors.cells} voltages in ${errors.blocks} weeks). ${verdict(errors)}\n\n${errorTable(errors)}`).join('\n\n')}

### Every hour

The program forecasts the lowest hour of a day; this asks the same formula and priors, fitted on hours, for every hour. It knows nothing of
the hour of the day.

${splitTable(splits, 'hours')}

At the split of ${dateOf(middle.originDay)}, ${middle.hours.cells} voltages in ${middle.hours.blocks} weeks: ${verdict(middle.hours)}`;
}

function splitTable(splits: TransformerResult['splits'], of: 'days' | 'hours'): string {
  const names = splits[0]![of].methods.map(({ name }) => name);
  const rows = splits.map((split) => [
    dateOf(split.originDay),
    split.daysBefore,
    split[of].cells,
    ...split[of].methods.map(({ name, rmseV }) =>
      name === 'model' ? withInterval(rmseV, 2) : fixed(rmseV.value, 2),
    ),
  ]);
  return table(['trained up to', 'whole days', 'voltages', ...names.map((name) => `RMSE ${name}`)], rows);
}

function errorTable({ methods }: PredictionErrors): string {
  const rows = methods.map((m) => [
    m.name,
    withInterval(m.rmseV, 2),
    withInterval(m.maeV, 2),
    fixed(m.pinball05V, 2),
    fixed(m.pinball50V, 2),
    fixed(m.pinball95V, 2),
    withInterval(m.coveragePct, 0),
  ]);
  return table(
    ['', 'RMSE', 'mean absolute', 'pinball τ .05', 'τ .5', 'τ .95', 'in the 5–95 % band, %'],
    rows,
  );
}

/** Who is better than the model, who is worse, and of whom it cannot be told. */
function verdict({ methods }: PredictionErrors): string {
  const [, ...others] = methods;
  const named = (sentence: string, is: (m: MethodErrors) => boolean): string[] => {
    const found = others.filter(is).map(({ name, overFirstV: { value } }) => {
      return `${name} (${value! > 0 ? '+' : '−'}${fixed(Math.abs(value!), 2)} V)`;
    });
    return found.length === 0 ? [] : [`${sentence}: ${found.join(', ')}.`];
  };
  return [
    ...named('**Better than the model**', ({ overFirstV: { high } }) => high! < 0),
    ...named('Not told from the model', ({ overFirstV: { low, high } }) => low! <= 0 && high! >= 0),
    ...named('Worse than the model', ({ overFirstV: { low } }) => low! > 0),
  ].join(' ');
}

function bandSentence(when: string, { methods }: PredictionErrors): string {
  const [model, ...others] = methods;
  const better = others.filter((m) => m.rmseV.value! < model!.rmseV.value!).map((m) => m.name);
  const beaten = better.length === 0 ? 'nothing has a lower RMSE' : `**lower RMSE: ${better.join(', ')}**`;
  return `${when} the model's band, which should hold 90 %, holds ${fixed(model!.coveragePct.value, 0)} %; ${beaten}.`;
}
