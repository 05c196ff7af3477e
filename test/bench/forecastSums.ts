import type { ProofCase } from './forecastProof.ts';
import { table } from './markdown.ts';

/** What a budget hangs on: the sums of a grid, as said and as they came. */

interface GridSums {
  /** Transformers, of those scored: expected to go low, low, low in the last same season of those known then. */
  low: { said: number; came: number; last: number };
  /** Low customer-hours likewise; and with the mildest and the hardest weather year alone. */
  hours: { said: number; came: number; last: number; mildest: number; hardest: number };
}

function sumsOf({ forecasts, truth, last, customers }: ProofCase): GridSums {
  const low = { said: 0, came: 0, last: 0 };
  const hours = { said: 0, came: 0, last: 0 };
  const years = new Map<number, number>();
  for (const { transformerId, status, pLow, expectedLowHours, weatherYears = [] } of forecasts) {
    if (status === 'unknown') continue;
    const homes = customers.get(transformerId)!;
    const [came, was] = [truth.get(transformerId)!, last.get(transformerId)];
    low.said += pLow;
    low.came += Number(came.low);
    hours.said += expectedLowHours * homes;
    hours.came += came.lowHours * homes;
    for (const { year, lowHours } of weatherYears) years.set(year, (years.get(year) ?? 0) + lowHours * homes);
    if (was === undefined || was.low === null) continue;
    low.last += Number(was.low);
    hours.last += was.lowHours * homes;
  }
  const span = { mildest: Math.min(...years.values()), hardest: Math.max(...years.values()) };
  return { low, hours: { ...hours, ...span } };
}

const HEAD = [
  'seed',
  'low, said',
  'came',
  'season before',
  'low customer-hours, said',
  'mildest to hardest weather year',
  'came',
  'season before',
];

/** The sums of each grid and of all, and in how many what came lay between the mildest and the hardest weather year. */
export function sumsSection(cases: readonly ProofCase[]): string {
  const sums = cases.map(sumsOf);
  const rows = sums.map(({ low, hours }, i) => [
    cases[i]!.grid.seed,
    low.said.toFixed(1),
    low.came,
    low.last,
    whole(hours.said),
    `${whole(hours.mildest)}–${whole(hours.hardest)}`,
    whole(hours.came),
    whole(hours.last),
  ]);
  const total = (of: (one: GridSums) => number): number => sums.reduce((sum, one) => sum + of(one), 0);
  const all = [
    'all',
    total(({ low }) => low.said).toFixed(1),
    total(({ low }) => low.came),
    total(({ low }) => low.last),
    whole(total(({ hours }) => hours.said)),
    '',
    whole(total(({ hours }) => hours.came)),
    whole(total(({ hours }) => hours.last)),
  ];
  const within = sums.filter(
    ({ hours }) => hours.came >= hours.mildest && hours.came <= hours.hardest,
  ).length;
  return `${table(HEAD, [...rows, all])}

What came lay between the mildest and the hardest weather year on ${within} of ${sums.length} grids. The weather years of a grid are those of
its stations before the season.`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
