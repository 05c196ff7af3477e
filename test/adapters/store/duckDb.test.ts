import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { READING_COLUMNS } from '../../../server/core/reading.ts';
import { createDuckDbStore } from '../../../server/adapters/store/duckdb/duckDbStore.ts';
import { readingStoreContract } from '../../contract/readingStore.ts';
import { DAY, LIMITS, T0, ZONE, day, whole } from '../../contract/readingStoreRows.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

async function prepare() {
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
}

readingStoreContract('DuckDB', prepare);

it('keeps history that comes by column as it keeps rows, twice no more than once, across the chunks of the store', async () => {
  const { make, dispose } = await prepare();
  const store = make();
  await store.start();
  try {
    const rows = Array.from({ length: 12 }, (_, k) =>
      day().map((row) => ({ ...row, tsMs: row.tsMs + k * DAY, intervalS: 420 })),
    ).flat();
    const block = {
      transformerId: 'T1',
      point: 'outlet',
      tsMs: Float64Array.from(rows, (row) => row.tsMs),
      intervalS: 420,
      flags: Int32Array.from(rows, (row) => row.flags),
      values: Object.fromEntries(
        READING_COLUMNS.filter((name) => rows.some((row) => !Number.isNaN(row[name]))).map((name) => [
          name,
          Float64Array.from(rows, (row) => row[name]),
        ]),
      ),
    };
    const tail = { ...block, point: 'tail-1', values: { ucV: block.values['ucV']! } };
    for (let time = 0; time < 2; time++)
      expect(await store.writeHistory([block, tail])).toEqual({ kind: 'stored' });
    const span = { transformerId: 'T1', fromMs: T0, toMs: T0 + 12 * DAY };
    expect(rows.length).toBeGreaterThan(2048);
    expect(await whole(store, { ...span, point: 'outlet' })).toEqual(rows);
    expect(await store.countReadings(span)).toBe(2 * rows.length);
    const columns = await store.readings({ ...span, point: 'tail-1' });
    expect([...columns.ucV]).toEqual([...tail.values.ucV]);
    expect(columns.uaV.every(Number.isNaN)).toBe(true);
  } finally {
    await store.stop();
    await dispose();
  }
});
