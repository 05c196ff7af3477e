import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildGrid } from '../../simulator/grid.ts';
import { ScenarioService } from './scenarioService.ts';

/**
 * The scenario `feeder-fault` through the real service: broker, detection, incident, message. Its hour passes in seconds, so
 * that the day's picture lacks what was before the source sank: some transformers open incidents of their own then,
 * which the outage takes in. At the pace of the clock there is one from the start (test/simulation/rootCause.test.ts).
 */

/** Minute 25 the breaker trips; some minutes more for what follows from it. */
const MINUTES = 30;

const grid = buildGrid({ transformers: 200, seed: 11 });
let world: ScenarioService;
beforeEach(async () => {
  world = await ScenarioService.start(grid);
});
afterEach(() => world.stop());

it('a feeder fault is one incident with its transformers, the right cause, and one page', async () => {
  await world.play({ scenario: 'feeder-fault', intervals: MINUTES, speed: 120 });
  await expect.poll(async () => (await world.incidents()).length, { timeout: 60_000 }).toBe(1);
  const [fault, ...others] = await world.incidents();
  expect(others).toEqual([]);
  const members = grid.transformers.filter((t) => grid.feeders[t.feeder]!.id === fault!.feederId);
  expect(fault).toMatchObject({
    condition: 'outage',
    transformers: members.length,
    cause: { kind: 'upstream' },
  });
  expect(fault!.cause.evidence.length).toBeGreaterThan(0);
  const pages = (): string[] =>
    world
      .messages()
      .filter(({ incidentId }) => incidentId === fault!.id)
      .map(({ type }) => type);
  await expect.poll(() => pages().length, { timeout: 60_000 }).toBe(1);
  // A proof that is sent after it comes out after it: what else was to be told has been.
  const beforeMs = await world.provenMs();
  await expect.poll(() => world.provenMs(), { timeout: 90_000, interval: 1_000 }).toBeGreaterThan(beforeMs);
  expect(pages()).toEqual(['incident.opened']);
}, 240_000);
