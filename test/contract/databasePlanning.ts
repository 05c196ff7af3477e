import { describe, expect, test } from 'vitest';
import { VersionConflictError } from '../../server/alertPorts.ts';
import type { Database } from '../../server/ports.ts';
import { registeredMeasure, rowOf, runOf } from '../fixtures/readiness.ts';

const MAY_MS = Date.UTC(2026, 4, 31);
const HOUR_MS = 3_600_000;

/** The nouns of {@link Database} that planning works with. */
export function planningContract(database: () => Database): void {
  describe('runs of the forecast', () => {
    runsContract(database);
  });
  describe('register of measures', () => {
    registerContract(database);
  });
  describe('weather to come', () => {
    weatherToComeContract(database);
  });
}

function runsContract(database: () => Database): void {
  test('a run is kept whole, and replaced while it goes on', async () => {
    const { readiness } = database();
    await readiness.put(runOf('r-whole', { state: 'running', share: 0.2, report: null }));
    await readiness.put(runOf('r-whole'));
    expect(await readiness.get('r-whole')).toEqual(runOf('r-whole'));
    const notice = { code: 'run-store-failed', values: { error: '磁盘已满' } } as const;
    const failed = runOf('r-failed', { state: 'failed', error: 'disk full', notice });
    await readiness.put(failed);
    expect(await readiness.get('r-failed')).toEqual(failed);
    expect(await readiness.get('r-none')).toBeNull();
  });

  test('are listed newest first, by kind, season and state', async () => {
    const { readiness } = database();
    const seasonId = 'winter-2031';
    await readiness.put(runOf('l-1', { seasonId }));
    await readiness.put(runOf('l-2', { seasonId, startedMs: MAY_MS + 5 }));
    await readiness.put(
      runOf('l-3', { seasonId, startedMs: MAY_MS + 9, state: 'failed', error: 'no weather' }),
    );
    await readiness.put(runOf('l-4', { seasonId, kind: 'backtest', startedMs: MAY_MS + 7 }));
    const ids = async (query: Parameters<typeof readiness.list>[0]) =>
      (await readiness.list(query)).map(({ id }) => id);
    expect(await ids({ seasonId, limit: 9 })).toEqual(['l-3', 'l-4', 'l-2', 'l-1']);
    expect(await ids({ seasonId, kind: 'forecast', state: 'done', limit: 1 })).toEqual(['l-2']);
  });

  test('rows come by rank, and only those that are asked for', async () => {
    const { readiness } = database();
    await readiness.put(runOf('q'));
    const rows = [
      rowOf('q', 1, { importantCustomers: 2 }, 'at_risk'),
      rowOf('q', 2, { areaId: 'A2', cause: { kind: 'tap', confidence: 0.9, evidence: [] } }, 'watch'),
      rowOf('q', 3, { feederId: 'F2' }),
    ];
    await readiness.putRows('q', rows.toReversed());
    const asked = { runId: 'q', areaIds: null, limit: 10 };
    expect(await readiness.rows(asked)).toEqual(rows);
    const ranks = async (more: object) =>
      (await readiness.rows({ ...asked, ...more })).map(({ rank }) => rank);
    expect(await ranks({ areaIds: ['A2'] })).toEqual([2]);
    expect(await ranks({ areaIds: [] })).toEqual([]);
    expect(await ranks({ areaIds: ['A1'], areaId: 'A2' })).toEqual([]);
    expect(await ranks({ feederId: 'F2' })).toEqual([3]);
    expect(await ranks({ status: 'watch' })).toEqual([2]);
    expect(await ranks({ cause: 'tap' })).toEqual([2]);
    expect(await ranks({ important: true })).toEqual([1]);
    expect(await ranks({ afterRank: 1, limit: 1 })).toEqual([2]);
    expect(await readiness.row('q', 'T2')).toEqual(rows[1]);
    expect(await readiness.row('q', 'T9')).toBeNull();
    await readiness.putRows('q', [rowOf('q', 1)]);
    expect(await ranks({})).toEqual([1]);
  });

  test('a run says of each of its transformers where it stands, also where that is not known', async () => {
    const { readiness } = database();
    await readiness.put(runOf('s'));
    const unknown = rowOf('s', 2, { areaId: 'A2' }, 'unknown');
    await readiness.putRows('s', [
      rowOf('s', 1, {}, 'at_risk'),
      { ...unknown, forecast: { ...unknown.forecast, pLow: null } },
    ]);
    expect(await readiness.standings('s')).toEqual(
      new Map([
        ['T1', { status: 'at_risk', pLow: 0.1 }],
        ['T2', { status: 'unknown', pLow: null }],
      ]),
    );
    expect((await readiness.standings('none')).size).toBe(0);
  });

  test('old runs go with their rows, the newest of each kind and season stay', async () => {
    const { readiness } = database();
    for (const [i, id] of ['p-1', 'p-2', 'p-3'].entries()) {
      await readiness.put(runOf(id, { seasonId: 'summer-2032', startedMs: MAY_MS + i }));
      await readiness.putRows(id, [rowOf(id, 1)]);
    }
    expect(await readiness.prune(2)).toBeGreaterThanOrEqual(1);
    expect(await readiness.get('p-1')).toBeNull();
    expect(await readiness.rows({ runId: 'p-1', areaIds: null, limit: 10 })).toEqual([]);
    expect(await readiness.rows({ runId: 'p-3', areaIds: null, limit: 10 })).toHaveLength(1);
    for (const i of [5, 6, 7]) {
      const failed = { state: 'failed', seasonId: 'summer-2032', startedMs: MAY_MS + i } as const;
      await readiness.put(runOf(`p-bad-${i}`, failed));
    }
    await readiness.prune(2);
    expect(await readiness.get('p-2')).not.toBeNull();
    expect(await readiness.get('p-bad-5')).toBeNull();
  });
}

function registerContract(database: () => Database): void {
  test('a measure is kept by version: who saw an older one is told', async () => {
    const { measures } = database();
    const kept = await measures.put(registeredMeasure('m-1'));
    expect(kept.version).toBe(1);
    await expect(measures.put(registeredMeasure('m-1'))).rejects.toBeInstanceOf(VersionConflictError);
    const done = await measures.put({ ...kept, state: 'done', doneMs: MAY_MS + HOUR_MS });
    expect(await measures.get('m-1')).toEqual(done);
    await expect(measures.put({ ...kept, note: 'late' })).rejects.toBeInstanceOf(VersionConflictError);
  });

  test('are listed by season, transformer and the areas of who asks', async () => {
    const { measures } = database();
    const seasonId = 'winter-2033';
    await measures.put(registeredMeasure('m-a', { seasonId }));
    await measures.put(
      registeredMeasure('m-b', { seasonId, areaId: 'A2', transformerId: 'M2', plannedMs: MAY_MS + 1 }),
    );
    const ids = async (query: Parameters<typeof measures.list>[0]) =>
      (await measures.list(query)).map(({ id }) => id);
    expect(await ids({ seasonId, areaIds: null })).toEqual(['m-b', 'm-a']);
    expect(await ids({ seasonId, areaIds: ['A1'] })).toEqual(['m-a']);
    expect(await ids({ seasonId, areaIds: [] })).toEqual([]);
    expect(await ids({ seasonId, transformerId: 'M2', areaIds: null })).toEqual(['m-b']);
  });
}

function weatherToComeContract(database: () => Database): void {
  test('the newest issue for an hour holds, and is not taken for what was measured', async () => {
    const { weather } = database();
    const sample = (tempC: number) => ({ stationId: 'S-next', tsMs: MAY_MS, tempC, humidityPct: NaN });
    await weather.addForecast([sample(30)], MAY_MS - 2 * HOUR_MS);
    await weather.addForecast([sample(33)], MAY_MS - HOUR_MS);
    await weather.addForecast([sample(20)], MAY_MS - 3 * HOUR_MS);
    expect(await weather.forecast('S-next', MAY_MS, MAY_MS + 1)).toEqual([sample(33)]);
    expect(await weather.range('S-next', MAY_MS, MAY_MS + 1)).toEqual([]);
  });
}
