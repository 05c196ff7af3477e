import { afterAll, beforeAll } from 'vitest';
import { createInfluxStore } from '../../../server/adapters/store/influx/influxStore.ts';
import { readingStoreContract } from '../../contract/readingStore.ts';
import { LIMITS, ZONE } from '../../contract/readingStoreRows.ts';
import { startInfluxd, type Influxd } from '../../fixtures/influxd.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

let influxd: Influxd;
let databases = 0;
beforeAll(async () => {
  influxd = await startInfluxd();
});
afterAll(() => influxd.stop());

readingStoreContract('InfluxDB 1.x', async () => {
  // A database of its own for each test.
  const bucket = `pq ${databases++}`;
  const make = () =>
    createInfluxStore({
      url: influxd.url,
      bucket,
      timeZone: ZONE,
      limitsOf: () => LIMITS,
      log: recordingLog(),
      clock: realClock,
    });
  return { make, dispose: async () => undefined };
});
