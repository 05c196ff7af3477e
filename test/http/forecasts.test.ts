import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../server/core/access.ts';
import { FORECAST_OPTIONS } from '../../server/core/forecast/forecast.ts';
import { seasonOf } from '../../server/core/forecast/season.ts';
import { HOUR_MS } from '../../server/core/localTime.ts';
import { createHttpApp } from '../../server/http/app.ts';
import { LiveHub } from '../../server/http/live.ts';
import { testAccounts, type TestAccounts } from '../fixtures/accounts.ts';
import { rowOf, runOf } from '../fixtures/readiness.ts';
import { gridModel, handClock, httpDeps, signedInAs, transformer } from './deps.ts';

/** The season that the clock of these tests stands before, and its run. */
const SEASON = seasonOf('summer', 1970);
const DAY_MS = 24 * HOUR_MS;
/** Local day of the grid at the time of the tests. */
const TODAY = 100;
const model = gridModel([
  transformer('T1'),
  transformer('X1', { areaId: 'A9' }),
  transformer('T2'),
  transformer('T-NEW'),
]);
const everyone: Principal = { id: 'p', name: '李工', role: 'viewer', areaIds: null, via: 'session' };
const ofA1 = { ...everyone, areaIds: ['A1'] };

let accounts: TestAccounts;
beforeAll(async () => {
  accounts = await testAccounts();
  await accounts.database.registry.upsert(
    { ...model, areas: [...model.areas, { id: 'A9', name: '外区', org: 'county' }] },
    { validFromMs: 0 },
  );
});
afterAll(() => accounts.dispose());

/** Asks as someone, at noon of a local day. */
function compose(who: Principal, day = TODAY) {
  const deps = httpDeps({
    grid: () => model,
    database: accounts.database,
    clock: handClock((day * 24 + 4) * HOUR_MS).clock,
    access: { ...signedInAs(who), signIn: accounts.signIn, accounts: accounts.accounts },
  });
  const app = createHttpApp(deps, new LiveHub(deps.live, handClock().clock, 'run1'));
  return async (path: string) => {
    const answer = await app.request(`/api/v1${path}`);
    return { status: answer.status, body: await answer.json() };
  };
}

describe('the season on the map', () => {
  it('is without a run unknown everywhere, and says that there is none', async () => {
    const { body } = await compose(everyone)('/map/readiness');
    expect(body).toMatchObject({
      gridVersion: 7,
      season: { id: SEASON.id },
      run: null,
      missing: 'no-run',
      firstDay: SEASON.firstDay,
      lastDay: SEASON.lastDay,
      status: [],
      pLow: [],
    });
  });

  it('has a row for each of the map, of the newest run; who is not in it is unknown', async () => {
    const { readiness } = accounts.database;
    const at = (startedMs: number) => ({ seasonId: SEASON.id, startedMs, originDay: TODAY - 1 });
    await readiness.put(runOf('OLD', at(1)));
    await readiness.putRows('OLD', [rowOf('OLD', 1, { transformerId: 'T2' }, 'at_risk')]);
    const ask = compose(everyone);
    const first = await ask('/map/readiness');
    expect(first.body.status).toEqual(['unknown', 'unknown', 'at_risk', 'unknown']);

    await readiness.put(runOf('RUN', at(2)));
    const silent = rowOf('RUN', 3, { transformerId: 'T2' }, 'unknown');
    await readiness.putRows('RUN', [
      rowOf('RUN', 1, { transformerId: 'X1', areaId: 'A9' }, 'at_risk'),
      rowOf('RUN', 2, { transformerId: 'T1' }, 'ready'),
      { ...silent, forecast: { ...silent.forecast, pLow: null } },
    ]);
    const { body } = await ask('/map/readiness');
    expect(body.status).toEqual(['ready', 'at_risk', 'unknown', 'unknown']);
    expect(body.pLow).toEqual([0.1, 0.1, null, null]);
    expect(body.run).toEqual({
      id: 'RUN',
      seasonId: SEASON.id,
      originDay: TODAY - 1,
      finishedMs: runOf('').finishedMs,
      simulated: true,
      atRiskP: FORECAST_OPTIONS.atRiskP,
      watchP: FORECAST_OPTIONS.watchP,
    });
    expect((await ask('/map/readiness?season=winter-1999')).body.missing).toBe('no-run');
    expect((await ask('/map/readiness?season=monsoon')).status).toBe(422);
  });

  it('has for who sees one area the rows of that area alone', async () => {
    const { body } = await compose(ofA1)('/map/readiness');
    expect(body.status).toEqual(['ready', 'unknown', 'unknown']);
    expect(body.pLow).toEqual([0.1, null, null]);
  });
});

describe('the next days on the map', () => {
  const day = (ahead: number, pLow: number) => ({
    day: TODAY + ahead,
    pLow,
    p10V: 190,
    p50V: 196,
    p90V: 202,
  });
  const place = { areaId: 'A1', feederId: 'F1', customers: 80 };
  const report = {
    originDay: TODAY - 1,
    items: [
      { ...place, transformerId: 'T1', days: [day(0, 0.7), day(1, 0.2), day(2, 0.01)] },
      { ...place, transformerId: 'X1', areaId: 'A9', days: [day(0, 0.1), day(1, 0.3), day(2, 0)] },
    ],
    unlikely: ['T2'],
    unknown: [],
  };

  it('is unknown for want of weather, or for want of a run: it says which', async () => {
    const ask = compose(everyone);
    expect((await ask('/map/tonight')).body).toMatchObject({ run: null, missing: 'no-weather', status: [] });
    const { weather } = accounts.database;
    const sample = (dayOf: number) => ({
      stationId: 'W1',
      tsMs: dayOf * DAY_MS,
      tempC: 30,
      humidityPct: 50,
    });
    await weather.add([sample(TODAY - 1)]);
    await weather.addForecast([sample(TODAY + 1)], 0);
    expect((await ask('/map/tonight')).body.missing).toBe('no-run');
    expect((await compose(everyone, TODAY + 9)('/map/tonight')).body.missing).toBe('no-weather');
  });

  it('counts the likeliest day that is to come; who is in no list was not there: unknown', async () => {
    const near = { kind: 'tonight', seasonId: SEASON.id, originDay: report.originDay } as const;
    await accounts.database.readiness.put(runOf('NEAR', { ...near, report }));
    const { body } = await compose(everyone)('/map/tonight');
    expect(body).toMatchObject({
      missing: null,
      run: { id: 'NEAR', simulated: true },
      firstDay: TODAY,
      lastDay: TODAY + 2,
    });
    expect(body.status).toEqual(['at_risk', 'watch', 'ready', 'unknown']);
    expect(body.pLow).toEqual([0.7, 0.3, null, null]);
    const tomorrow = await compose(everyone, TODAY + 1)('/map/tonight');
    expect(tomorrow.body.status).toEqual(['watch', 'watch', 'ready', 'unknown']);
    expect((await compose(ofA1)('/map/tonight')).body.status).toEqual(['at_risk', 'ready', 'unknown']);
  });

  it('says nothing any more when its last day is over', async () => {
    expect((await compose(everyone, TODAY + 2)('/map/tonight')).body.missing).toBeNull();
    const { body } = await compose(everyone, TODAY + 3)('/map/tonight');
    expect(body).toMatchObject({ run: null, missing: 'no-weather', status: [] });
    const { weather } = accounts.database;
    await weather.addForecast(
      [{ stationId: 'W1', tsMs: (TODAY + 3) * DAY_MS, tempC: 30, humidityPct: 50 }],
      0,
    );
    expect((await compose(everyone, TODAY + 3)('/map/tonight')).body.missing).toBe('over');
  });

  it('of a run that was kept before it said who is unlikely calls nobody ready', async () => {
    const { unlikely: _none, ...before } = report;
    await accounts.database.readiness.put(runOf('NEAR', { kind: 'tonight', report: before }));
    expect((await compose(everyone)('/map/tonight')).body.status).toEqual([
      'at_risk',
      'watch',
      'unknown',
      'unknown',
    ]);
    await accounts.database.readiness.put(runOf('NEAR', { kind: 'tonight', report }));
  });
});

describe('the forecast of one transformer', () => {
  it('is its row of the newest run with the measures tried, and its next days', async () => {
    const { body } = await compose(everyone)('/transformers/T1/forecast');
    expect(body).toMatchObject({
      season: { id: SEASON.id },
      run: { id: 'RUN' },
      row: { transformerId: 'T1', status: 'ready', measures: [] },
      tonight: { status: 'at_risk', pLow: 0.7, missing: null },
    });
    expect(body.tonight.days.map(({ day }: { day: number }) => day)).toEqual([TODAY, TODAY + 1, TODAY + 2]);
  });

  it('is null for one that is not in the run, and unlikely is not unknown', async () => {
    const ask = compose(everyone);
    expect((await ask('/transformers/T-NEW/forecast')).body).toMatchObject({
      run: { id: 'RUN' },
      row: null,
      tonight: { status: 'unknown', days: [] },
    });
    expect((await ask('/transformers/T2/forecast')).body.tonight).toMatchObject({
      status: 'ready',
      pLow: null,
    });
  });

  it('does not exist for who sees another area', async () => {
    expect((await compose(ofA1)('/transformers/X1/forecast')).status).toBe(404);
    expect((await compose(everyone)('/transformers/X1/forecast')).body.row.areaId).toBe('A9');
  });
});
