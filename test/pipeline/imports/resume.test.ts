import { describe, expect, test } from 'vitest';
import type { WriteResult } from '../../../server/ports.ts';
import { runImport } from '../../../server/pipeline/imports/runImport.ts';
import { importText, importWorld, T1, type ImportWorld } from './world.ts';

const JULY_MS = Date.UTC(2025, 6, 1);
const STEP_MS = 60_000;

/** `count` rows, with a refused row in every thousand and a duplicate in every five hundred. */
function fileOf(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => {
    if (i % 1_000 === 7) return 'T1,never,221';
    const step = i % 500 === 8 ? i - 3 : i;
    return `T1,${JULY_MS + step * STEP_MS},221`;
  });
  return ['transformer_id,ts,ua_v', ...rows].join('\n');
}

async function* brokenOff(text: string, afterBytes: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new TextEncoder().encode(text.slice(0, afterBytes));
  throw new Error('connection reset');
}

const counts = { rows: 50_000, stored: 49_850, duplicate: 100, refused: 50 };
const timesOf = (world: ImportWorld): number[] =>
  [...world.stored.values()].map((row) => row.tsMs).sort((a, b) => a - b);

describe('an import that was broken off', () => {
  test('goes on where it stopped, and ends as if nothing had happened', async () => {
    const text = fileOf(50_000);
    const whole = importWorld(T1);
    expect((await importText('history', text, whole)).report).toMatchObject(counts);

    const world = importWorld(T1);
    world.answers.push(
      () => ({ kind: 'stored' }),
      () => ({ kind: 'parked', reason: '401', remedy: 'token' }),
    );
    const first = await importText('history', text, world, { resumeKey: 'file' });
    expect(first.report.failure).toEqual({ reason: '401', remedy: 'token' });
    const again = await importText('history', text, world, { resumeKey: 'file' });
    expect(again.report).toMatchObject({ ...counts, failure: null });
    expect(again.report.resumedRows).toBeGreaterThanOrEqual(20_000);
    expect(again.errors).toHaveLength(50);
    expect(timesOf(world)).toEqual(timesOf(whole));
    // What the first run had written was not written again.
    expect(world.writes.reduce((sum, rows) => sum + rows)).toBeLessThan(75_000);
    const windows = { transformerId: 'T1', point: 'outlet', fromMs: JULY_MS };
    expect(world.windows.at(-1)).toMatchObject(windows);
  });

  test('by its input keeps the rows that came', async () => {
    const text = fileOf(50_000);
    const world = importWorld(T1);
    const report = await runImport(
      'history',
      brokenOff(text, Math.floor(text.length / 2)),
      { resumeKey: 'file' },
      world.deps,
    );
    expect(report.failure?.reason).toBe('the input could not be read to its end: connection reset');
    expect(world.stored.size).toBeGreaterThan(24_000);
    const again = await importText('history', text, world, { resumeKey: 'file' });
    expect(again.report).toMatchObject(counts);
    expect(world.stored.size).toBe(counts.stored);
  });

  test('and finished begins anew when given once more', async () => {
    const world = importWorld(T1);
    await importText('history', fileOf(100), world, { resumeKey: 'file' });
    const again = await importText('history', fileOf(100), world, { resumeKey: 'file' });
    expect(again.report.resumedRows).toBe(0);
    expect(world.writes).toEqual([99, 99]);
  });
});

describe('a store that does not simply store', () => {
  const answer = (result: WriteResult) => (): WriteResult => result;

  test('is asked again, with patience, while it says that it may yet', async () => {
    const world = importWorld(T1);
    const fromMs = world.deps.clock.nowMs();
    const busy = answer({ kind: 'retry', reason: '503' });
    world.answers.push(busy, answer({ kind: 'retry', reason: '429', afterMs: 9_000 }), busy);
    const { report } = await importText('history', fileOf(5), world);
    expect(report).toMatchObject({ stored: 5, failure: null });
    expect(world.deps.clock.nowMs() - fromMs).toBe(500 + 9_000 + 2_000);
  });

  test('is given up after ten minutes of nothing', async () => {
    const world = importWorld(T1);
    world.answers.push(...Array.from({ length: 100 }, () => answer({ kind: 'retry', reason: 'refused' })));
    const { report } = await importText('history', fileOf(5), world);
    expect(report.failure?.reason).toBe('the store took nothing for 10 minutes: refused');
  });

  test('gets smaller batches when they are too large', async () => {
    const world = importWorld(T1);
    world.answers.push(answer({ kind: 'too-large', reason: '413' }));
    const { report } = await importText('history', fileOf(6), world);
    expect(report).toMatchObject({ stored: 6, refused: 0 });
    expect(world.writes).toEqual([6, 3, 3]);
  });

  test('and refuses a row, makes that row an error with its line, and keeps the others', async () => {
    const world = importWorld(T1);
    const bad = JULY_MS + 2 * STEP_MS;
    const store = world.deps.store;
    const write = store.writeReadings.bind(store);
    store.writeReadings = (rows) =>
      rows.some((row) => row.tsMs === bad)
        ? Promise.resolve({ kind: 'refused', reason: 'field type conflict' })
        : write(rows);
    const { report, errors } = await importText('history', fileOf(6), world, { resumeKey: 'file' });
    expect(report).toMatchObject({ rows: 6, stored: 5, refused: 1 });
    expect(errors).toEqual([
      {
        line: 4,
        cells: ['T1', String(bad), '221'],
        faults: [{ column: null, message: 'store-refused: field type conflict' }],
      },
    ]);
    expect(world.stored.size).toBe(5);
  });
});
