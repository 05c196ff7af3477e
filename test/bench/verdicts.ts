import { writeFileSync } from 'node:fs';
import { judgedWorks, PROVED_KINDS, type JudgedWork, type ProvedKind } from '../simulation/judgedWorks.ts';
import type { BenchResult } from './main.ts';
import { fixed, table, today } from './markdown.ts';

/**
 * Does the register tell work that was done from work that was only closed: measures of a run, done or not done in
 * simulated grids that nothing was tuned on, judged after the season. Writes docs/verdicts.md; `PEAKVOLT_PROOF_GRIDS`
 * takes only the first so many grids, and writes nothing.
 */

const DOCUMENT = 'docs/verdicts.md';
/** Tuning used seeds 1 to 10. */
const SEEDS = [201, 202, 203, 204, 205, 206];
const TRANSFORMERS = 400;
const PER_KIND = 12;
/** Work is known to have kept its promise from this share of it on. */
const KEPT_SHARE = 0.5;
/** Shares of the works that were compared. */
const RIGHT_MIN = 0.8;
const WRONG_MAX = 0.1;

/** `kept`: it was done and gave at least half of its promise; `short`: done and gave less; `useless`: not done. */
const GROUPS = ['kept', 'short', 'useless'] as const;
type Group = (typeof GROUPS)[number];
const GROUP_WORDS: Record<Group, string> = {
  kept: 'done, gave at least half of the promise',
  short: 'done, gave less than half of it',
  useless: 'closed without being done',
};

interface Row {
  kind: ProvedKind;
  group: Group;
  works: number;
  verified: number;
  failed: number;
  undecided: number;
  /** Of the undecided: another change lay too close to it. */
  disturbed: number;
  /** Half width of the interval, V, and mean miss of the true rise, V. */
  medianHalfV: number;
  missV: number;
}

export async function run(): Promise<BenchResult> {
  const asked = process.env['PEAKVOLT_PROOF_GRIDS'];
  const seeds = SEEDS.slice(0, asked === undefined ? undefined : Number(asked));
  const works: JudgedWork[] = [];
  for (const seed of seeds) {
    works.push(...(await judgedWorks({ seed, transformers: TRANSFORMERS, perKind: PER_KIND })));
    process.stderr.write(`verdicts: seed ${seed}, ${works.length} measures so far\n`);
  }
  const rows = PROVED_KINDS.flatMap((kind) => GROUPS.map((group) => rowOf(works, kind, group)));
  const share = (group: Group, verdict: 'verified' | 'failed') => {
    const of = rows.filter((row) => row.group === group);
    const compared = sum(of, (row) => row.works - row.disturbed);
    return sum(of, (row) => row[verdict]) / compared;
  };
  if (asked === undefined) writeFileSync(DOCUMENT, document(seeds, works, rows));
  return {
    name: 'verdicts',
    bars: [
      atLeast('done measures that kept their promise and are verified', share('kept', 'verified')),
      atLeast('useless measures that failed', share('useless', 'failed')),
      atMost('useless measures that are verified', share('useless', 'verified')),
      atMost('measures that kept their promise and failed', share('kept', 'failed')),
    ],
    detail: { simulated: true, seeds, rows },
  };
}

function atLeast(what: string, value: number) {
  return { id: 'verdicts', what, value, unit: 'share', bar: `≥${RIGHT_MIN}`, met: value >= RIGHT_MIN };
}

function atMost(what: string, value: number) {
  return { id: 'verdicts', what, value, unit: 'share', bar: `≤${WRONG_MAX}`, met: value <= WRONG_MAX };
}

function groupOf({ isReal, trueV, promisedV }: JudgedWork): Group {
  if (!isReal) return 'useless';
  return trueV >= KEPT_SHARE * promisedV ? 'kept' : 'short';
}

function rowOf(works: readonly JudgedWork[], kind: ProvedKind, group: Group): Row {
  const of = works.filter((work) => work.kind === kind && groupOf(work) === group);
  const count = (...kinds: readonly string[]) =>
    of.filter(({ verdict }) => kinds.includes(verdict.kind)).length;
  const compared = of.filter(({ verdict }) => verdict.effectV !== null);
  const halves = compared
    .map(({ verdict }) => (verdict.effectHighV! - verdict.effectLowV!) / 2)
    .sort((a, b) => a - b);
  return {
    kind,
    group,
    works: of.length,
    verified: count('verified'),
    failed: count('failed'),
    undecided: count('undecidable', 'too-early'),
    disturbed: of.length - compared.length,
    medianHalfV: halves[halves.length >> 1] ?? NaN,
    missV: sum(compared, ({ verdict, trueV }) => Math.abs(verdict.effectV! - trueV)) / compared.length,
  };
}

function sum<T>(of: readonly T[], value: (one: T) => number): number {
  return of.reduce((total, one) => total + value(one), 0);
}

const HEAD = [
  'measure',
  'the work',
  'measures',
  'verified',
  'failed',
  'undecided',
  'of those: another change too close',
  'half interval, V (median)',
  'miss of the true rise, V (mean)',
];

function document(seeds: readonly number[], works: readonly JudgedWork[], rows: readonly Row[]): string {
  return `# Verdicts of the register: measured on simulated grids

Written by \`npm run bench -- verdicts\` on ${today()}; do not edit. **All grids are simulated**
(\`simulator/seasons\`): ${seeds.length} grids of ${TRANSFORMERS} transformers (seeds ${seeds[0]}–${seeds.at(-1)}; tuning used 1–10), with ordinary faults of devices
and the work, growth and hidden changes that the years bring. A run in mid-April forecasts the summer; of the transformers at risk or
watched, worst first, at most ${PER_KIND} of each kind get the measure that the run tried, with what it promised. Every other work order is
closed without anything being done. After the summer the register judges them by what devices reported. Truth is the
same summer with and without the work; the register does not see it.

${table(HEAD, rows.map(cellsOf))}

${works.length} measures in all. "Undecided" is too early or cannot be told; the register says why. Useless work that is verified, work
that kept half of its promise and failed, and work that gave less and is verified are the register's mistakes. The miss
is against the rise of the season's one lowest hour; the register estimates it for the five hardest days.
`;
}

function cellsOf(row: Row): (string | number)[] {
  return [
    row.kind,
    GROUP_WORDS[row.group],
    row.works,
    row.verified,
    row.failed,
    row.undecided,
    row.disturbed,
    fixed(row.medianHalfV, 2),
    fixed(row.missV, 2),
  ];
}
