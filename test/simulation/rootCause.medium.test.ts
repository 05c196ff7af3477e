import { expect, it } from 'vitest';
import type { CauseKind } from '../../server/core/incident/incident.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { openScenario } from '../../simulator/scenarios/scenario.ts';
import {
  addScores,
  incidentsOf,
  runSeed,
  START_MS,
  transformersOf,
  verdicts,
  type Score,
} from './rootCause.ts';

/** Hours of whole counties: no server, but seconds of work each. */
const grid = buildGrid();

it('comms-storm: no false low voltage', () => {
  const low = incidentsOf(grid, 'comms-storm', 2).filter((i) =>
    i.members.some((m) => m.condition !== 'no-data' && m.condition !== 'frozen'),
  );
  expect(low.map((i) => [i.condition, ...transformersOf(i)])).toEqual([]);
});

it('bad-neutral: the neutral, not the load', () => {
  const [event] = openScenario('bad-neutral', grid, START_MS).events;
  const { id } = grid.transformers[event!.transformer!]!;
  const own = incidentsOf(grid, 'bad-neutral', 4).filter((i) => transformersOf(i).has(id));
  expect(own.map((i) => i.cause.kind)).toEqual(['neutral']);
});

it('most troubles of a county are called by their name', () => {
  const scores = new Map<CauseKind, Score>();
  addScores(scores, verdicts(runSeed(3)));
  addScores(scores, verdicts(runSeed(4)));
  const sum = (pick: (score: Score) => number): number =>
    [...scores.values()].reduce((total, score) => total + pick(score), 0);
  expect(sum((s) => s.right) / sum((s) => s.said)).toBeGreaterThan(0.85);
  expect(sum((s) => s.found) / sum((s) => s.troubles)).toBeGreaterThan(0.8);
});
