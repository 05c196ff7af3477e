import { writeFileSync } from 'node:fs';
import type { BacktestReport, Metric } from '../../server/core/forecast/backtestReport.ts';
import type { Interval } from '../../server/core/forecast/bootstrap.ts';
import { HELD_BACK, proofCase, scoreCases, TUNING, type ProofCase, type ProofGrid } from './forecastProof.ts';
import { sumsSection } from './forecastSums.ts';
import type { BenchResult } from './main.ts';
import { table, today } from './markdown.ts';

/**
 * Forecast honesty on simulated grids: twelve held-back seeds, three years of history, one season unseen. Writes
 * docs/forecastResults.md. `PEAKVOLT_PROOF=tuning` takes the grids that models are tuned on, and shows the same tables
 * without writing; `PEAKVOLT_PROOF_GRIDS` takes only the first so many grids, and writes nothing.
 */

const DOCUMENT = 'docs/forecastResults.md';
/** Grids that the harder questions are asked of. */
const HARD_GRIDS = 3;

const SHOWN: readonly (readonly [Metric, string])[] = [
  ['prAuc', 'PR-AUC'],
  ['newPrAuc', 'PR-AUC, new entrants'],
  ['newRecallAtCrew', 'new-entrant recall at crew capacity'],
  ['newRecallAtEqualAlarms', 'new-entrant recall at equal alarms'],
  ['precisionAtCrew', 'precision at crew capacity'],
  ['recallAtCrew', 'recall at crew capacity'],
  ['brier', 'Brier'],
  ['pinball05', 'pinball τ .05, V'],
  ['pinball50', 'pinball τ .5, V'],
  ['pinball95', 'pinball τ .95, V'],
  ['hoursMae', 'low hours, mean absolute error'],
];

export async function run(): Promise<BenchResult> {
  const asked = process.env['PEAKVOLT_PROOF_GRIDS'];
  const isTuning = process.env['PEAKVOLT_PROOF'] === 'tuning';
  const grids = (isTuning ? TUNING : HELD_BACK).slice(0, asked === undefined ? undefined : Number(asked));
  const cases: ProofCase[] = [];
  for (const grid of grids) {
    cases.push(proofCase(grid));
    process.stderr.write(`forecast: seed ${grid.seed}, ${grid.transformers} transformers\n`);
  }
  const alone = cases.map((one) => ({ one, report: scoreCases([one]) }));
  const all = scoreCases(cases);
  const hard = grids.slice(0, HARD_GRIDS);
  const variants = [
    ['as above', cases.slice(0, HARD_GRIDS)],
    [
      'a wrong nameplate in every tenth transformer',
      hard.map((g) => proofCase(g, { wrongNameplateEvery: 10 })),
    ],
    ['leave-feeder-out', hard.map((g) => proofCase(g, { leavesFeederOut: true }))],
    ['perfect weather (upper bound)', hard.map((g) => proofCase(g, { perfectWeather: true }))],
  ] as const;
  const harder = variants.map(([name, of]) => ({ name, report: scoreCases(of) }));
  if (isTuning) process.stderr.write(document(all, alone, harder));
  else if (asked === undefined) writeFileSync(DOCUMENT, document(all, alone, harder));
  return {
    name: 'forecast',
    bars: [
      bar('prAuc', 'PR-AUC over the best baseline', all),
      bar('newRecallAtCrew', 'new-entrant recall over the best baseline', all),
    ],
    detail: { all, grids: alone.map(({ one, report }) => ({ ...one.grid, beatsAll: report.beatsAll })) },
  };
}

function bar(metric: Metric, what: string, { models }: BacktestReport) {
  const [model, ...baselines] = models.map((m) => m.metrics[metric].value ?? 0);
  const value = model! / Math.max(...baselines);
  return { id: 'honesty', what, value, unit: '×', bar: '>1', met: value > 1 };
}

const GRID_HEAD = [
  'seed',
  'season',
  'transformers',
  'low',
  'new',
  'PR-AUC model',
  'best baseline',
  'new-entrant recall model',
  'best baseline',
  'ms a transformer',
];

type Alone = readonly { one: ProofCase; report: BacktestReport }[];

function document(
  all: BacktestReport,
  alone: Alone,
  harder: readonly { name: string; report: BacktestReport }[],
): string {
  return `# Forecast: measured on simulated grids

Written by \`npm run bench -- forecast\` on ${today()}; do not edit. **All grids are simulated**
(\`simulator/seasons\`); the models were tuned on ${seedsOf(TUNING)}, these are
${seedsOf(alone.map(({ one }) => one.grid))}. Three years of history with
ordinary faults of devices, the season after them unseen by history, weather included. Truth is the physics, outages
masked. Intervals are 95 %, bootstrap clustered by feeder. Crew capacity: 30 a grid.

## All ${alone.length} grids together

${all.transformers} transformers scored on ${all.feeders} feeders: ${all.low} went low, ${all.newEntrants} of them new entrants. ${all.unknown} unknown
(${all.unknownLow} of those went low). ${verdict(all)}

${table(
  ['', ...all.models.map((m) => m.name)],
  SHOWN.map(([metric, name]) => [name, ...all.models.map((m) => cell(m.metrics[metric]))]),
)}

Reliability of the model's probabilities:

${table(['between', 'said', 'came', 'transformers'], all.models[0]!.reliability.map(binRow))}

## Grid by grid

${table(
  GRID_HEAD,
  alone.map(({ one, report }) => gridRow(one, report)),
)}

## Sums

Over the transformers that are not unknown: said of the season, and what came.

${sumsSection(alone.map(({ one }) => one))}

## Harder questions, on the first ${HARD_GRIDS} grids

${table(
  ['', 'PR-AUC', 'best baseline', 'new-entrant recall', 'best baseline', 'Brier', 'unknown'],
  harder.map(({ name, report }) => hardRow(name, report)),
)}
`;
}

function seedsOf(grids: readonly ProofGrid[]): string {
  return `seeds ${grids[0]!.seed}–${grids.at(-1)!.seed}`;
}

function verdict({ models, beatsAll }: BacktestReport): string {
  if (beatsAll) return 'The model is ahead of every baseline on PR-AUC and on new-entrant recall.';
  const behind = (['prAuc', 'newRecallAtCrew'] as const).flatMap((metric) =>
    models
      .slice(1)
      .filter((m) => (m.metrics[metric].value ?? 0) >= (models[0]!.metrics[metric].value ?? 0))
      .map((m) => `${m.name} on ${metric}`),
  );
  return `**Not ahead of every baseline**: ${behind.join(', ')}.`;
}

function best({ models }: BacktestReport, metric: Metric): string {
  const [, ...baselines] = models;
  const winner = baselines.reduce((a, b) =>
    (b.metrics[metric].value ?? 0) > (a.metrics[metric].value ?? 0) ? b : a,
  );
  return `${number(winner.metrics[metric].value)} (${winner.name})`;
}

function binRow({
  from,
  to,
  said,
  came,
  count,
}: BacktestReport['models'][number]['reliability'][number]): (string | number)[] {
  return [`${from.toFixed(1)}–${to.toFixed(1)}`, number(said), number(came), count];
}

function gridRow({ grid, cpuSeconds }: ProofCase, report: BacktestReport): (string | number)[] {
  const model = report.models[0]!.metrics;
  return [
    grid.seed,
    grid.season,
    grid.transformers,
    report.low,
    report.newEntrants,
    number(model.prAuc.value),
    best(report, 'prAuc'),
    number(model.newRecallAtCrew.value),
    best(report, 'newRecallAtCrew'),
    ((1000 * cpuSeconds) / grid.transformers).toFixed(1),
  ];
}

function hardRow(name: string, report: BacktestReport): (string | number)[] {
  const model = report.models[0]!.metrics;
  return [
    name,
    cell(model.prAuc),
    best(report, 'prAuc'),
    cell(model.newRecallAtCrew),
    best(report, 'newRecallAtCrew'),
    cell(model.brier),
    report.unknown,
  ];
}

function cell({ value, low, high }: Interval): string {
  if (value === null) return '–';
  return low === null || high === null ? number(value) : `${number(value)} (${number(low)}–${number(high)})`;
}

function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
