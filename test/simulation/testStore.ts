import { systemClock } from '../../server/adapters/clock.ts';
import { createDuckDbStore } from '../../server/adapters/store/duckdb/duckDbStore.ts';
import { type Influxd, startInfluxd } from '../fixtures/influxd.ts';
import { recordingLog } from '../fixtures/world.ts';

/** The store behind a service under test, counted without the service. */
export interface TestStore {
  /** What the service is started with. */
  env: Record<string, string>;
  /** Distinct readings that it holds; asked of an embedded store when the service is stopped. */
  count(dataDir: string): Promise<number>;
  stop(): Promise<void>;
}

export async function influxStore(): Promise<TestStore & { server: Influxd }> {
  const server = await startInfluxd();
  return {
    server,
    env: { INFLUX_URL: server.url },
    async count() {
      const query = new URLSearchParams({ db: 'peakvolt', q: 'SELECT count(flags) FROM reading' });
      const answer = (await (await fetch(`${server.url}/query?${query}`)).json()) as {
        results: { series?: { values: [unknown, number][] }[] }[];
      };
      return answer.results[0]!.series?.[0]!.values[0]![1] ?? 0;
    },
    stop: () => server.stop(),
  };
}

export function embeddedStore(): TestStore {
  return {
    env: {},
    async count(dataDir) {
      const store = createDuckDbStore({
        file: `${dataDir}/readings.duckdb`,
        timeZone: 'Asia/Shanghai',
        limitsOf: () => ({ lowV: 198, highV: 235.4 }),
        clock: systemClock,
        log: recordingLog(),
      });
      await store.start();
      try {
        return await store.countReadings({ fromMs: 0, toMs: 8e12 });
      } finally {
        await store.stop();
      }
    },
    stop: async () => undefined,
  };
}
