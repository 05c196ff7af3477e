import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { csvToParquet, parquetAsCsv } from '../../server/adapters/parquet.ts';

describe('Parquet', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "peakvolt-parquet-'-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (file: string): Promise<string> => {
    const pieces = [];
    for await (const piece of parquetAsCsv(file)) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces).toString();
  };

  test('gives back the rows of a CSV: text, numbers, nothing measured, instants', async () => {
    const csv = join(folder, 'a.csv');
    const rows = Array.from(
      { length: 5_000 },
      (_, i) =>
        `00${i},2025-07-01T00:00:00.${String(i % 1_000).padStart(3, '0')}Z,${220 + i / 8},,"东 ""1"", 号"`,
    );
    await writeFile(csv, ['transformer_id,ts,ua_v,ub_v,point', ...rows, ''].join('\n'));
    await csvToParquet(csv, join(folder, 'a.parquet'));
    const lines = (await read(join(folder, 'a.parquet'))).split('\n');
    expect(lines).toHaveLength(5_002);
    expect(lines[0]).toBe('transformer_id,ts,ua_v,ub_v,point');
    const [id, ts, ua, ub, ...point] = lines[3_000]!.split(',');
    expect([id, Number(ts), Number(ua), ub]).toEqual([
      '002999',
      Date.UTC(2025, 6, 1) + 999,
      220 + 2_999 / 8,
      '',
    ]);
    expect(point.join(',')).toBe('"东 ""1"", 号"');
  });

  test('refuses a file of another kind', async () => {
    const file = join(folder, 'a.parquet');
    await writeFile(file, 'transformer_id,ts\n');
    await expect(read(file)).rejects.toThrow(/parquet/i);
  });
});
