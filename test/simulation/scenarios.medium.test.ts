import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildGrid } from '../../simulator/grid.ts';
import { openScenario } from '../../simulator/scenarios/scenario.ts';
import { ScenarioService, type ShownIncident } from './scenarioService.ts';

/** Scenarios of the simulator through the real service, hours in seconds: what is opened, and who is told of it how. */

const grid = buildGrid({ transformers: 200, seed: 11 });
/** Bands so close under the limit that every hot day has severe low voltage, on whatever date the test runs. */
const STRICT = { severeBelowPu: 0.89, seriousBelowPu: 0.895 };

const PATIENCE = { timeout: 150_000, interval: 1_000 };

let world: ScenarioService;
beforeEach(async () => {
  world = await ScenarioService.start(grid, STRICT);
});
afterEach(() => world.stop());

interface Told {
  kind: string;
  state: string;
}

const toldOf = async ({ id }: ShownIncident): Promise<Told[]> =>
  (await world.ask<{ deliveries: Told[] }>(`incidents/${id}`)).deliveries;
const isLow = ({ members }: ShownIncident): boolean =>
  members.some(({ condition }) => ['under-voltage', 'tail-low', 'outage', 'phase-loss'].includes(condition));

describe('scenarios', () => {
  it('heatwave: what is mild goes into the digest, what is severe to a person at once', async () => {
    // From nine in the morning to nine in the evening, when all that is low still is.
    await world.play({ scenario: 'heatwave', intervalS: 900, intervals: 48, speed: 4_000 }, 9);
    const of = async (severity: string) =>
      (await world.incidents()).filter((one) => one.peakSeverity === severity);
    const ways = async (list: ShownIncident[], way: (told: Told) => boolean): Promise<boolean[]> =>
      Promise.all(list.map(async (one) => (await toldOf(one)).some(way)));
    const told = async (severity: string, way: (told: Told) => boolean) => {
      const all = await ways(await of(severity), way);
      return { some: all.length > 0, all: !all.includes(false) };
    };
    await expect
      .poll(() => told('severe', ({ kind, state }) => kind !== 'digest' && state === 'sent'), PATIENCE)
      .toEqual({ some: true, all: true });
    await expect
      .poll(() => told('mild', ({ kind }) => kind === 'digest'), PATIENCE)
      .toEqual({ some: true, all: true });
    expect(await ways(await of('mild'), ({ kind }) => kind !== 'digest')).not.toContain(true);
    const single = world.messages().filter(({ type }) => type !== 'incident.digest');
    expect(single.filter(({ severity }) => severity === 'mild')).toEqual([]);
    const reached = new Set(single.map(({ incidentId }) => incidentId));
    expect((await of('severe')).filter(({ id }) => !reached.has(id))).toEqual([]);
  }, 300_000);

  it('bad-neutral: one incident, called a loose neutral and not an overload, and one page', async () => {
    const [event] = openScenario('bad-neutral', grid, 0).events;
    const { id } = grid.transformers[event!.transformer!]!;
    await world.play({ scenario: 'bad-neutral', intervals: 60, speed: 240 }, 9);
    const own = async () => world.incidents(`transformer=${id}`);
    await expect
      .poll(async () => (await own()).map(({ cause }) => cause.kind), PATIENCE)
      .toEqual(['neutral']);
    const [incident] = await own();
    expect(incident!.members.map(({ condition }) => condition)).toContain('open-neutral');
    expect(incident!.members.filter((m) => m.transformerId !== id)).toEqual([]);
    expect(incident!.cause.evidence.length).toBeGreaterThan(0);
    const pages = () =>
      world
        .messages()
        .filter(({ incidentId, type }) => incidentId === incident!.id && type !== 'incident.worsened');
    await expect.poll(() => pages().map(({ type }) => type), PATIENCE).toEqual(['incident.opened']);
  }, 240_000);

  it('comms-storm: nothing is called low that is not, and nobody is told so', async () => {
    // A night: nothing is low then.
    await world.play({ scenario: 'comms-storm', intervals: 150, speed: 300 }, 1);
    const beforeMs = await world.provenMs();
    await expect.poll(() => world.provenMs(), PATIENCE).toBeGreaterThan(beforeMs);
    const all = [...(await world.incidents()), ...(await world.incidents('state=resolved'))];
    expect(all.filter(isLow).map(({ condition, members }) => ({ condition, members }))).toEqual([]);
    const quiet = new Set(all.filter(({ condition }) => condition === 'no-data').map(({ id }) => id));
    expect(world.messages().filter(({ incidentId }) => quiet.has(incidentId))).toEqual([]);
  }, 240_000);
});
