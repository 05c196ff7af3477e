import { describe, expect, it } from 'vitest';
import { createForecastThreads } from '../../../server/adapters/forecastThreads/forecastThreads.ts';
import { FORECAST_OPTIONS } from '../../../server/core/forecast/forecast.ts';
import { SEASON_WINDOWS, seasonOf } from '../../../server/core/forecast/season.ts';
import type { TonightReport } from '../../../server/core/forecast/tonight.ts';
import { DAY_MS } from '../../../server/core/localTime.ts';
import { tonightWork, type TonightRunDeps } from '../../../server/pipeline/plan/tonightRun.ts';
import { dailiesOf, weatherOf } from '../../fixtures/dailyHistory.ts';
import { runOf } from '../../fixtures/readiness.ts';
import { realClock } from '../../fixtures/world.ts';
import { gridModel, transformer } from '../../http/deps.ts';

const SEASON = seasonOf('summer', 2027);
const ORIGIN_DAY = SEASON.firstDay + 30;
const FIRST_DAY = ORIGIN_DAY - 800;
const COUNT = 4;
const ids = Array.from({ length: COUNT }, (_, i) => `T${i}`);
const rows = ids.flatMap((id, i) => dailiesOf(id, 4 * i, FIRST_DAY, ORIGIN_DAY + 1 - FIRST_DAY));
const observed = weatherOf('W1', FIRST_DAY, ORIGIN_DAY + 1 - FIRST_DAY);

/** The last day as it is added up before its evening has come. */
const beforeTheEvening = rows.map((row) =>
  row.dayMs < ORIGIN_DAY * DAY_MS
    ? { ...row, validHours: 24 }
    : {
        ...row,
        validHours: 14,
        uaMinHourV: 226,
        ubMinHourV: 225,
        ucMinHourV: 227,
        iaMaxHourA: 0.3 * row.iaMaxHourA,
        ibMaxHourA: 0.3 * row.ibMaxHourA,
        icMaxHourA: 0.3 * row.icMaxHourA,
      },
);

/** `forecastAddedK` warmer than usual; null: nothing is forecast. */
function work(
  forecastAddedK: number | null,
  forecastBy = 'W1',
  measuredBy: string | null = 'W1',
  dailies = rows,
) {
  const within = (fromMs: number, toMs: number) => (sample: { tsMs: number }) =>
    sample.tsMs >= fromMs && sample.tsMs < toMs;
  const toCome = weatherOf('W1', ORIGIN_DAY + 1, 3);
  const model = gridModel([...ids, 'T-SILENT'].map((id) => transformer(id)));
  const database = {
    registry: { load: async () => model, changedNameplates: async () => [] },
    weather: {
      stations: async () =>
        measuredBy === null
          ? []
          : [{ stationId: measuredBy, firstMs: FIRST_DAY * DAY_MS, lastMs: 0, count: 1 }],
      forecastStations: async () => (forecastAddedK === null ? [] : [forecastBy]),
      range: async (_: string, fromMs: number, toMs: number) => observed.filter(within(fromMs, toMs)),
      forecast: async (stationId: string, fromMs: number, toMs: number) =>
        forecastAddedK === null || stationId !== forecastBy
          ? []
          : toCome
              .filter(within(fromMs, toMs))
              .map((sample) => ({ ...sample, stationId, tempC: sample.tempC + forecastAddedK })),
    },
  };
  return tonightWork({
    database: database as unknown as TonightRunDeps['database'],
    store: {
      dailies: async ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
        dailies.filter(({ dayMs }) => dayMs >= fromMs && dayMs < toMs),
    } as unknown as TonightRunDeps['store'],
    threads: createForecastThreads(1),
    clock: realClock,
    options: FORECAST_OPTIONS,
    limitsOf: () => ({ lowV: 198, highV: 235.4 }),
    windows: SEASON_WINDOWS,
    historyYears: 3,
    weatherYears: 3,
    offset: () => 0,
    program: 'test',
  })(
    runOf('R', { kind: 'tonight' }),
    { ...SEASON, originDay: ORIGIN_DAY },
    { onProgress: () => undefined, signal: new AbortController().signal },
  );
}

const reportOf = async (addedK: number): Promise<TonightReport> =>
  (await work(addedK)).report as TonightReport;

describe('a run of the next three days', { timeout: 120_000 }, () => {
  it('lists who may go low by the weather that is forecast, worst first, and who is not known', async () => {
    const report = await reportOf(8);
    expect(report.originDay).toBe(ORIGIN_DAY);
    expect(report.items.length).toBeGreaterThan(0);
    const [worst] = report.items;
    expect(worst).toMatchObject({ transformerId: 'T3', areaId: 'A1' });
    expect(worst!.days.map(({ day }) => day)).toEqual([ORIGIN_DAY + 1, ORIGIN_DAY + 2, ORIGIN_DAY + 3]);
    for (const { p10V, p50V, p90V } of worst!.days) {
      expect(p10V).toBeLessThanOrEqual(p50V);
      expect(p50V).toBeLessThanOrEqual(p90V);
    }
    expect(report.unknown.map(({ transformerId }) => transformerId)).toEqual(['T-SILENT']);
    const found = [...report.items.map(({ transformerId }) => transformerId), ...report.unlikely];
    expect(found.toSorted()).toEqual(ids);
    const mild = await reportOf(-15);
    const worstV = (found: TonightReport) =>
      Math.min(...found.items.map(({ days }) => days[2]!.p50V), Infinity);
    expect(worstV(mild)).toBeGreaterThan(worstV(report));
  });

  it('takes no day for whole that is still under way to the store', async () => {
    const whole = await reportOf(8);
    const early = (await work(8, 'W1', 'W1', beforeTheEvening)).report as TonightReport;
    const pLow = ({ items }: TonightReport) =>
      items.map(({ transformerId, days }) => [transformerId, days[0]!.pLow]);
    expect(pLow(early)).toEqual(
      pLow(whole).map(([id, share]) => [id, expect.closeTo(share as number, 1) as number]),
    );
  });

  it('goes by the forecast of a station of which nothing was ever measured, where it is the only one', async () => {
    const own = await reportOf(8);
    const stranger = (await work(8, 'CITY')).report as TonightReport;
    expect(stranger.items).toEqual(own.items);
    expect(own.weather).toMatchObject([{ stationId: 'W1', forecastOf: 'W1', areaIds: ['A1'] }]);
    expect(stranger.weather).toEqual([{ ...own.weather[0], forecastOf: 'CITY' }]);
    const warmest = own.weather[0]!.days.map(({ maxC }) => maxC);
    expect(warmest).toEqual(
      [0, 1, 2].map((d) => expect.closeTo(weatherOf('W1', ORIGIN_DAY + 1 + d, 1)[2]!.tempC + 8, 1) as number),
    );
  });

  it('is not made where no weather forecast was fed, or nothing was ever measured, and says which', async () => {
    await expect(work(null)).rejects.toThrow('No weather forecast');
    await expect(work(8, 'CITY', null)).rejects.toThrow(/\(CITY\).*import past weather/);
  });
});
