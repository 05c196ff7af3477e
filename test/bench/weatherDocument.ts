import type { Interval } from '../../server/core/forecast/bootstrap.ts';
import { fixed, table, today, withInterval } from './markdown.ts';
import type { WeatherResult } from './weather.ts';
import type { Risk } from './weatherProof.ts';

/** The part of docs/forecastReal.md about measured weather. */
export function weatherPart(result: WeatherResult): string {
  const { stationId, report, season, summers, grids, low, scored, byYear, together, own, published } = result;
  const [calibrated, ...warmer] = published;
  const risk = ({ transformers, expectedLow, atRisk }: Risk): (string | number)[] => [
    transformers,
    fixed(expectedLow, 0),
    atRisk,
  ];
  const rows: (string | number)[][] = [
    ...byYear.map(({ year, risk: one }) => [`weather of ${year} alone`, ...risk(one)]),
    ['all these years together, each also warmer and colder', ...risk(together)],
    [`**the season's own weather** (nobody knows it at the origin)`, ...risk(own)],
    ['as published: together, calibrated', ...risk(calibrated!.risk)],
    ...warmer.map(({ warmingK, risk: one }) => [`as published, ${warmingK} K warmer`, ...risk(one)]),
  ];
  return `Measured on ${today()} by \`npm run bench -- weather=FILE\`. Station ${stationId}: ${report.rows} rows, ${report.duplicate} duplicates, ${report.refused} refused by \`import weather\`.

**Weather is real, the grids are simulated**: ${grids} grids of the season simulator live in it, history and truth; hours that the file does not
have and years before it are simulated, and only the grid's design knows them. The forecast of ${season} knows history and weather up to 31 May.

${table(
  ['summer', 'degree-hours over 26 °C', 'hours from 35 °C', 'highest, °C'],
  summers.map(({ year, heat }) => [
    year,
    fixed(heat.degreeHours, 0),
    heat.hoursFrom35,
    fixed(heat.highestC, 1),
  ]),
)}

### What the ensemble says of ${season}

${low} of ${scored.transformers + scored.unknown} transformers went low. Sums over the grids; before calibration unless it says so:

${table(['', 'transformers', 'expected low', 'at risk (p ≥ .5)'], rows)}

${distance(result)}

### Scored against what came

${scored.transformers} transformers, ${scored.low} low, ${scored.newEntrants} of them new entrants; 95 % intervals by bootstrap over feeders.

${scores(result)}`;
}

/** How far the years that were known span what came. */
function distance({ season, byYear, together, own, published, low }: WeatherResult): string {
  const most = byYear.reduce((a, b) => (b.risk.expectedLow > a.risk.expectedLow ? b : a));
  const count = (risk: Risk): string => fixed(risk.expectedLow, 0);
  return `${low} went low. The ensemble's weather years are ${byYear.map(({ year }) => year).join(', ')}: the worst of them alone (${most.year}) expects ${count(most.risk)}, all together ${count(together)},
as published ${count(published[0]!.risk)}. Given the weather of ${season} itself, the models expect ${count(own)}: from there to ${low} is what the models miss, from
${count(published[0]!.risk)} to ${low} what a planner was not told.`;
}

const SHOWN = [
  ['prAuc', 'PR-AUC'],
  ['newRecallAtCrew', 'new-entrant recall at crew capacity'],
  ['newRecallAtEqualAlarms', 'new-entrant recall at equal alarms'],
  ['brier', 'Brier'],
  ['pinball05', 'pinball τ .05, V'],
  ['pinball50', 'pinball τ .5, V'],
  ['pinball95', 'pinball τ .95, V'],
] as const;

function scores({ scored }: WeatherResult): string {
  const cell = (interval: Interval): string => withInterval(interval, 3);
  const rows = SHOWN.map(([metric, name]) => [name, ...scored.models.map((m) => cell(m.metrics[metric]))]);
  const [model, ...baselines] = scored.models;
  const behind = (['prAuc', 'newRecallAtCrew', 'newRecallAtEqualAlarms'] as const).flatMap((metric) =>
    baselines
      .filter(({ metrics }) => (metrics[metric].value ?? 0) >= (model!.metrics[metric].value ?? 0))
      .map(({ name }) => `${name} on ${SHOWN.find(([shown]) => shown === metric)![1]}`),
  );
  const verdict =
    behind.length === 0
      ? 'The model is ahead of every baseline on PR-AUC and on new-entrant recall.'
      : `**Not ahead of every baseline**: ${behind.join(', ')}.`;
  return `${table(['', ...scored.models.map(({ name }) => name)], rows)}\n\n${verdict}`;
}
