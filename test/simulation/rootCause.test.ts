import { describe, expect, it } from 'vitest';
import { buildGrid } from '../../simulator/grid.ts';
import { openScenario, type ScenarioName } from '../../simulator/scenarios/scenario.ts';
import type { CauseKind, Incident } from '../../server/core/incident/incident.ts';
import { addScores, runGrid, runSeed, START_MS, verdicts, type Score } from './rootCause.ts';

const grid = buildGrid();

function incidentsOf(name: ScenarioName, hours: number): Incident[] {
  const scenario = openScenario(name, grid, START_MS);
  const run = runGrid({ grid, scenario, intervalMin: 1, warmMin: 120, hours });
  return run.incidents.filter((i) => i.mergedInto === null && i.startedMs >= START_MS);
}

const transformersOf = (incident: Incident): Set<string> =>
  new Set(incident.members.map((m) => m.transformerId));

describe('scenarios of the simulator', () => {
  it('feeder-fault: one incident from above, with its transformers', () => {
    const feeder = grid.feeders.find((f) => f.plan.rural)!;
    const electrical = incidentsOf('feeder-fault', 2).filter((i) => i.feederId === feeder.id);
    expect(electrical.map((i) => i.cause.kind)).toEqual(['upstream']);
    const [incident] = electrical;
    expect(transformersOf(incident!)).toEqual(new Set(feeder.nodes.map((n) => grid.transformers[n]!.id)));
    expect(incident).toMatchObject({ peakSeverity: 'severe', state: 'resolved', resolvedBy: 'recovery' });
    expect(incident!.cause.evidence[0]).toMatchObject({ code: 'fell-together' });
  });

  it('comms-storm: no false low voltage', () => {
    const low = incidentsOf('comms-storm', 2).filter((i) =>
      i.members.some((m) => m.condition !== 'no-data' && m.condition !== 'frozen'),
    );
    expect(low.map((i) => [i.condition, ...transformersOf(i)])).toEqual([]);
  });

  it('bad-neutral: the neutral, not the load', () => {
    const [event] = openScenario('bad-neutral', grid, START_MS).events;
    const { id } = grid.transformers[event!.transformer!]!;
    const own = incidentsOf('bad-neutral', 4).filter((i) => transformersOf(i).has(id));
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
});
