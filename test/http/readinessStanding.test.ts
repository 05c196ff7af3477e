import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../server/core/access.ts';
import { FORECAST_OPTIONS } from '../../server/core/forecast/forecast.ts';
import type { ReadinessRun } from '../../server/core/forecast/run.ts';
import { seasonOf } from '../../server/core/forecast/season.ts';
import { summaryOfSums } from '../../server/core/forecast/sums.ts';
import { testAccounts, type TestAccounts } from '../fixtures/accounts.ts';
import { rowOf, runOf } from '../fixtures/readiness.ts';
import { askAs } from './askAs.ts';
import { gridModel, transformer } from './deps.ts';

const SEASON = seasonOf('summer', 1970);
const NEXT = seasonOf('summer', 1971);
const planner: Principal = { id: 'p', name: '李工', role: 'planner', areaIds: null, via: 'session' };
const ofA1 = { ...planner, areaIds: ['A1'] };

let accounts: TestAccounts;
beforeAll(async () => {
  accounts = await testAccounts();
});
afterAll(() => accounts.dispose());

const grid = gridModel([transformer('T1')]);
const compose = (who: Principal, database: Partial<TestAccounts['database']> = {}) =>
  askAs(who, accounts, grid, database);

describe('a budget', () => {
  it('buys nothing that would lift light-load nights over the limit', async () => {
    const { readiness } = accounts.database;
    const { forecast } = rowOf('R', 1);
    const tried = (
      kind: 'tap' | 'capacity',
      cost: number,
      avoidedCustomerHours: number,
      codes: string[],
    ) => ({
      kind,
      detail: {},
      cost,
      avoidedCustomerHours,
      after: forecast,
      suffices: false,
      notes: codes.map((code) => ({ code, values: { volts: 246, limitV: 235.4 } })),
    });
    const measures = [tried('tap', 1_500, 90, ['over-voltage']), tried('capacity', 60_000, 70, [])];
    await readiness.put(runOf('BUDGET', { seasonId: 'winter-1980' }));
    await readiness.putRows('BUDGET', [rowOf('BUDGET', 1, { measures }, 'at_risk')]);
    const { body } = await compose(planner)('GET', '/readiness/BUDGET/budget');
    expect(body.steps).toEqual([expect.objectContaining({ kind: 'capacity', gain: 70, cost: 60_000 })]);
  });
});

describe('readiness while a run goes on', () => {
  const seasonId = NEXT.id;
  const inputs = (historyChecksum: string, warmingK: number): NonNullable<ReadinessRun['inputs']> => ({
    program: '0.1.0',
    gridVersion: 1,
    firstDay: 0,
    lastDay: 20_000,
    transformersWithHistory: 2,
    historyChecksum,
    weatherStations: [],
    options: { ...FORECAST_OPTIONS, warmingK },
  });
  const sums = ['A1', 'A9'].map((areaId, i) => ({
    areaId,
    feederId: 'F1',
    transformers: 10 + i,
    atRisk: 3 + i,
    watch: 0,
    ready: 7,
    unknown: 0,
    expectedLow: 3.5,
    expectedLowHours: 20,
    customerHours: 1_000,
    coveragePct: 95,
  }));
  const summary = summaryOfSums(sums, 'model');
  const seen = [
    { seasonId: SEASON.id, areaId: 'A1', transformers: 10, known: 9, low: 2, customerHours: 300 },
    { seasonId: SEASON.id, areaId: 'A9', transformers: 11, known: 11, low: 5, customerHours: 900 },
  ];

  it('is read without its rows, for who sees one area too', async () => {
    const { readiness } = accounts.database;
    await readiness.put(runOf('SUMMED', { seasonId, summary, sums, seen, inputs: inputs('a', 0) }));
    await readiness.put(runOf('NOW', { seasonId, state: 'running', finishedMs: null, share: 0.4 }));
    const read: string[] = [];
    const watched = { ...readiness, rows: async () => (read.push('rows'), []) };
    const ask = compose(ofA1, { readiness: watched });
    const { body } = await ask('GET', `/readiness?season=${seasonId}`);
    expect(body).toMatchObject({
      run: { id: 'SUMMED', summary: { transformers: 10, atRisk: 3, customerHours: 1_000 } },
      running: { id: 'NOW', share: 0.4 },
      lastSeason: { season: { id: SEASON.id }, run: null },
    });
    const areas = await ask('GET', '/readiness/SUMMED/areas');
    expect(areas.body.seasons).toEqual([seen[0]]);
    expect(read).toEqual([]);
  });

  it('shows runs with other weather beside the run of the same origin, and says when they knew more', async () => {
    const { readiness } = accounts.database;
    const beside = { kind: 'sensitivity', seasonId, summary, sums } as const;
    await readiness.put(runOf('WARM', { ...beside, addedK: 1, inputs: inputs('a', 1) }));
    await readiness.put(runOf('WARM-OLD', { ...beside, addedK: 1, originDay: 19_000 }));
    await readiness.put(runOf('LATER', { ...beside, addedK: 2, inputs: inputs('b', 2) }));
    await readiness.put(runOf('COLD', { ...beside, addedK: -1, state: 'running', summary: null }));
    const { body } = await compose(planner)('GET', `/readiness?season=${seasonId}`);
    const told = body.sensitivities.map(
      (one: { run: { id: string; addedK: number }; isSameInput: boolean }) => [
        one.run.id,
        one.run.addedK,
        one.isSameInput,
      ],
    );
    expect(told.toSorted()).toEqual([
      ['COLD', -1, false],
      ['LATER', 2, false],
      ['WARM', 1, true],
    ]);
    expect(body.run.addedK).toBeNull();
  });

  it('makes a run with other weather only beside a forecast, and by a shift', async () => {
    const ask = compose(planner);
    const wish = { kind: 'sensitivity', season: seasonId };
    expect((await ask('POST', '/readiness', wish)).status).toBe(422);
    const { status, body } = await ask('POST', '/readiness', { ...wish, addedK: 1 });
    expect([status, body.kind, body.addedK, body.originDay]).toEqual([202, 'sensitivity', 1, 20_000]);
    const alone = await ask('POST', '/readiness', { ...wish, season: 'winter-1971', addedK: 1 });
    expect(alone).toMatchObject({ status: 409, body: { code: 'forecast-first' } });
  });
});
