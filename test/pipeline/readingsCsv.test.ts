import { expect, it } from 'vitest';
import { READING_COLUMNS, READING_FLAG } from '../../server/core/reading.ts';
import { readingsCsv } from '../../server/pipeline/readingsCsv.ts';
import type { ReadingColumns, ReadingStore } from '../../server/ports.ts';

/** A reading each second from 0, as a store gives them: by time, at most `limit`. */
function storeOf(count: number) {
  const asked: { fromMs: number; limit: number }[] = [];
  const readings: ReadingStore['readings'] = async ({ fromMs, toMs }, limit = Infinity) => {
    asked.push({ fromMs, limit });
    const times = Array.from({ length: count }, (_, i) => i * 1000)
      .filter((ms) => ms >= fromMs && ms < toMs)
      .slice(0, limit);
    const column = (value: number) => Float64Array.from(times, () => value);
    return {
      tsMs: Float64Array.from(times),
      flags: Int32Array.from(times, () => READING_FLAG.history | READING_FLAG.gap),
      intervalS: column(60),
      ...Object.fromEntries(READING_COLUMNS.map((name, i) => [name, column(name === 'ubV' ? NaN : i)])),
    } as unknown as ReadingColumns;
  };
  return { readings, asked };
}

async function piecesOf(count: number, pageRows: number, toMs = 1e9): Promise<[string[], number]> {
  const store = storeOf(count);
  const query = { transformerId: 'T1', point: 'outlet', fromMs: 0, toMs };
  const pieces: string[] = [];
  for await (const piece of readingsCsv(store, query, pageRows)) pieces.push(piece);
  expect(store.asked.every((page) => page.limit === pageRows)).toBe(true);
  return [pieces, store.asked.length];
}

it('holds one page at a time, and no row twice or never', async () => {
  for (const [count, pageRows, pages] of [
    [0, 3, 1],
    [2, 3, 1],
    [3, 3, 2],
    [7, 3, 3],
  ] as const) {
    const [pieces, asked] = await piecesOf(count, pageRows);
    expect(asked).toBe(pages);
    const lines = pieces.join('').trimEnd().split('\r\n');
    expect(lines.slice(1).map((line) => line.split(',')[1])).toEqual(
      Array.from({ length: count }, (_, i) => new Date(i * 1000).toISOString()),
    );
  }
});

it('does not ask again when the page ends with the span', async () => {
  expect((await piecesOf(10, 3, 2001))[1]).toBe(1);
});

it('writes every stored column under its name', async () => {
  const [pieces] = await piecesOf(1, 3);
  const [head, row] = pieces.join('').split('\r\n');
  const cells = Object.fromEntries(head!.split(',').map((name, i) => [name, row!.split(',')[i]]));
  const at = (name: (typeof READING_COLUMNS)[number]) => String(READING_COLUMNS.indexOf(name));
  expect(cells).toMatchObject({ ua_v: at('uaV'), ub_v: '', in_a: at('inA'), uc_min_v: at('ucMinV') });
  expect(cells).toMatchObject({ interval_s: '60', flags: String(READING_FLAG.gap), point: 'outlet' });
});
