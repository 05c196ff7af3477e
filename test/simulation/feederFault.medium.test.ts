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
/** By day and in the evening the ends of the line sink low enough to be told of before the breaker trips. */
const NIGHT_HOUR = 2;

const PATIENCE = { timeout: 120_000, interval: 1_000 };

const grid = buildGrid({ transformers: 200, seed: 11 });
let world: ScenarioService;
beforeEach(async () => {
  world = await ScenarioService.start(grid);
});
afterEach(() => world.stop());

it('a feeder fault is one incident with its transformers, the right cause, and one page', async () => {
  await world.play({ scenario: 'feeder-fault', intervals: MINUTES, speed: 120 }, NIGHT_HOUR);
  const feeder = grid.feeders.find(({ plan }) => plan.rural)!;
  // Of what is open, as much as says what is there too much when this fails.
  const open = async () =>
    (await world.incidents()).map(({ condition, feederId, transformers, cause: { kind } }) => ({
      condition,
      feederId,
      transformers,
      cause: kind,
    }));
  await expect
    .poll(open, PATIENCE)
    .toEqual([
      { condition: 'outage', feederId: feeder.id, transformers: feeder.nodes.length, cause: 'upstream' },
    ]);
  const [fault] = await world.incidents();
  expect(fault!.cause.evidence.length).toBeGreaterThan(0);
  const pages = (): string[] =>
    world
      .messages()
      .filter(({ incidentId }) => incidentId === fault!.id)
      .map(({ type }) => type);
  await expect.poll(pages, PATIENCE).toEqual(['incident.opened']);
  // A proof that is sent after it comes out after it: what else was to be told has been.
  const beforeMs = await world.provenMs();
  await expect.poll(() => world.provenMs(), PATIENCE).toBeGreaterThan(beforeMs);
  expect(pages()).toEqual(['incident.opened']);
}, 400_000);
