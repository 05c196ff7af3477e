import { expect, it } from 'vitest';
import { buildGrid } from '../../simulator/grid.ts';
import { incidentsOf, transformersOf } from './rootCause.ts';

it('feeder-fault: one incident from above, with its transformers', () => {
  const grid = buildGrid();
  const feeder = grid.feeders.find((f) => f.plan.rural)!;
  const electrical = incidentsOf(grid, 'feeder-fault', 2).filter((i) => i.feederId === feeder.id);
  expect(electrical.map((i) => i.cause.kind)).toEqual(['upstream']);
  const [incident] = electrical;
  expect(transformersOf(incident!)).toEqual(new Set(feeder.nodes.map((n) => grid.transformers[n]!.id)));
  expect(incident).toMatchObject({ peakSeverity: 'severe', state: 'resolved', resolvedBy: 'recovery' });
  expect(incident!.cause.evidence[0]).toMatchObject({ code: 'fell-together' });
});
