import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbStore } from '../../../server/adapters/store/duckdb/duckDbStore.ts';
import { readingStoreContract } from '../../contract/readingStore.ts';
import { LIMITS, ZONE } from '../../contract/readingStoreRows.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

readingStoreContract('DuckDB', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'peakvolt-duckdb-'));
  const file = join(dir, 'readings.duckdb');
  const make = () =>
    createDuckDbStore({
      file,
      timeZone: ZONE,
      limitsOf: () => LIMITS,
      log: recordingLog(),
      clock: realClock,
    });
  return { make, dispose: async () => rmSync(dir, { recursive: true, force: true }) };
});
