import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../../../server/adapters/db/database.ts';
import { DAY_MS, HOUR_MS } from '../../../server/core/localTime.ts';
import type { RunError } from '../../../server/pipeline/plan/runError.ts';
import { forecastSources } from '../../../server/pipeline/plan/weatherAhead.ts';
import type { Database } from '../../../server/ports.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

const TODAY = 20_000;

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'peakvolt-weather-'));
  database = createDatabase({ file: join(folder, 'db.sqlite'), log: recordingLog(), clock: realClock });
  await database.start();
});
afterEach(async () => {
  await database.stop();
  await rm(folder, { recursive: true });
});

/** Hours of days about today. */
const hours = (stationId: string, fromDay: number, days: number, tempC: number) =>
  Array.from({ length: 24 * days }, (_, i) => ({
    stationId,
    tsMs: (TODAY + fromDay) * DAY_MS + i * HOUR_MS,
    tempC,
    humidityPct: 50,
  }));
const measured = (stationId: string, tempC: number) => database.weather.add(hours(stationId, -5, 5, tempC));
const forecast = (stationId: string, fromDay: number, tempC: number) =>
  database.weather.addForecast(hours(stationId, fromDay, 3 - fromDay, tempC), 1);

async function sources() {
  const { forecastOf, unused } = await forecastSources(
    { firstDay: TODAY, lastDay: TODAY + 2 },
    { weather: database.weather, offset: () => 0 },
  );
  return [[...forecastOf].map((pair) => pair.join(' by ')).toSorted(), unused];
}

describe('which forecast a station goes by', () => {
  it('its own, else that of the only station that forecasts without having measured', async () => {
    await measured('W1', 30);
    await measured('W2', 25);
    await forecast('W1', 0, 30);
    expect(await sources()).toEqual([['W1 by W1'], []]);
    await forecast('CITY', 0, 28);
    expect(await sources()).toEqual([['W1 by W1', 'W2 by CITY'], []]);
  });

  it('of several that of the one whose forecasts came closest', async () => {
    await measured('W1', 30);
    await measured('W2', 25);
    await forecast('HILL', -4, 24);
    await forecast('CITY', -4, 31);
    await forecast('SEA', -4, 40);
    expect(await sources()).toEqual([['W1 by CITY', 'W2 by HILL'], ['SEA']]);
  });

  it('or none, and it is said what to do', async () => {
    const refused = async () => (await sources().catch((error: unknown) => error)) as RunError;
    expect(await refused()).toMatchObject({
      message: expect.stringContaining('No weather forecast is stored') as string,
      notice: { code: 'run-no-weather-forecast' },
    });
    await forecast('HILL', 0, 24);
    await forecast('CITY', 0, 31);
    expect(await refused()).toMatchObject({
      message: expect.stringMatching(/\(CITY, HILL\).*import past weather/) as string,
      notice: { code: 'run-no-weather-measured', values: { forecasts: 'CITY, HILL' } },
    });
    await measured('W1', 30);
    expect(await refused()).toMatchObject({
      message: expect.stringMatching(/\(CITY, HILL\).*\(W1\).*under the name of that station/) as string,
      notice: { code: 'run-weather-unmatched', values: { forecasts: 'CITY, HILL', stations: 'W1' } },
    });
    await forecast('W1', 0, 30);
    expect(await sources()).toEqual([['W1 by W1'], ['CITY', 'HILL']]);
  });

  it('a forecast of days that are over is none', async () => {
    await measured('W1', 30);
    await database.weather.addForecast(hours('W1', -3, 3, 30), 1);
    await expect(sources()).rejects.toThrow('No weather forecast is stored');
  });
});
