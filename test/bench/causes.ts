import type { CauseKind } from '../../server/core/incident/incident.ts';
import { addScores, runSeed, verdicts, type Score } from '../simulation/rootCause.ts';
import type { BenchResult } from './main.ts';

/** Seeds that nobody looked at while thresholds were found (those were 1–10). */
const FIRST_SEED = 101;
const SEEDS = 20;

/** Precision and recall of root causes on simulated grids. */
export async function run(): Promise<BenchResult> {
  const scores = new Map<CauseKind, Score>();
  let incidents = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const list = verdicts(runSeed(seed));
    incidents += list.length;
    addScores(scores, list);
  }
  const rows = [...scores].map(([cause, s]) => ({
    cause,
    precision: share(s.right, s.said),
    recall: share(s.found, s.troubles),
    ...s,
  }));
  const sum = (pick: (score: Score) => number): number =>
    [...scores.values()].reduce((total, score) => total + pick(score), 0);
  const precision = share(
    sum((s) => s.right),
    sum((s) => s.said),
  );
  const recall = share(
    sum((s) => s.found),
    sum((s) => s.troubles),
  );
  return {
    name: 'causes',
    bars: [
      {
        id: 'causes-precision',
        what: 'incidents that were called by their cause',
        value: precision,
        unit: 'share',
        bar: '≥0.85',
        met: precision >= 0.85,
      },
      {
        id: 'causes-recall',
        what: 'troubles that were called by their cause',
        value: recall,
        unit: 'share',
        bar: '≥0.85',
        met: recall >= 0.85,
      },
    ],
    detail: { simulated: true, seeds: `${FIRST_SEED}–${FIRST_SEED + SEEDS - 1}`, incidents, causes: rows },
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? NaN : Math.round((1000 * part) / whole) / 1000;
}
