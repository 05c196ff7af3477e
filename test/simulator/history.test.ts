import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../simulator/calendar.ts';
import { historyCsv, weatherCsv } from '../../simulator/csv.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { CHUNK_COLUMNS, CHUNK_ROWS, OUTLET, historyChunks, weatherSamples } from '../../simulator/history.ts';
import type { HistorySpan } from '../../simulator/history.ts';
import { streamHistory } from '../../simulator/historyStream.ts';
import { liveReadings } from '../../simulator/live.ts';
import { openScenario } from '../../simulator/scenarios/scenario.ts';
import type { SimGrid } from '../../simulator/simGrid.ts';

/** The same seed gives the same bytes, however they are asked for. */

const FROM_MS = Date.UTC(2026, 5, 1);
const small = (seed = 7): SimGrid => buildGrid({ transformers: 40, seed });

function digest(grid: SimGrid, span: HistorySpan): string {
  const hash = createHash('sha256');
  for (const chunk of historyChunks(grid, span)) {
    hash.update(`${chunk.transformerId}/${chunk.point}`);
    for (const name of CHUNK_COLUMNS) hash.update(chunk[name]);
  }
  return hash.digest('hex');
}

/** Rows by identity. */
function rowsOf(grid: SimGrid, span: HistorySpan): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const chunk of historyChunks(grid, span)) {
    for (let i = 0; i < chunk.tsMs.length; i++) {
      rows.set(
        `${chunk.transformerId}/${chunk.point}/${chunk.tsMs[i]}`,
        CHUNK_COLUMNS.map((name) => chunk[name][i]!),
      );
    }
  }
  return rows;
}

describe('determinism', () => {
  const span = { fromMs: FROM_MS, toMs: FROM_MS + 30 * DAY_MS, stepMs: HOUR_MS };

  it('two grids of one seed make the same bytes, another seed makes others', () => {
    expect(digest(small(), span)).toBe(digest(small(), span));
    expect(digest(small(8), span)).not.toBe(digest(small(), span));
  });

  it('rows do not depend on where a history begins or a chunk ends', () => {
    const grid = small();
    const toMs = FROM_MS + (CHUNK_ROWS + 400) * HOUR_MS;
    const whole = rowsOf(grid, { fromMs: FROM_MS, toMs, stepMs: HOUR_MS });
    const later = rowsOf(grid, { fromMs: FROM_MS + 137 * HOUR_MS, toMs, stepMs: HOUR_MS });
    const overlap = [...whole].filter(([, row]) => row[0]! >= FROM_MS + 137 * HOUR_MS);
    expect(overlap.length).toBeGreaterThan(40 * CHUNK_ROWS * 0.9);
    expect([...later]).toHaveLength(overlap.length);
    expect(
      overlap.every(([key, row]) => row.every((value, c) => Object.is(value, later.get(key)?.[c]))),
    ).toBe(true);
  });

  it('a live reading says what history says of the same interval', () => {
    const grid = small();
    const scenario = openScenario('normal', grid, FROM_MS);
    const tsMs = FROM_MS + 500 * 15 * 60_000;
    const history = rowsOf(grid, { fromMs: tsMs, toMs: tsMs + 900_000, stepMs: 900_000, scenario });
    expect(history.size).toBeGreaterThanOrEqual(35);
    const live = new Map(
      liveReadings(grid, tsMs, 900_000, scenario).map(({ transformer, reading }) => [
        `${transformer.id}/${reading.pt ?? OUTLET}/${reading.ts}`,
        [
          reading.ts,
          reading.u.a,
          reading.u.b,
          reading.u.c,
          reading.i?.a ?? NaN,
          reading.i?.b ?? NaN,
          reading.i?.c ?? NaN,
          reading.p ?? NaN,
          reading.q ?? NaN,
        ],
      ]),
    );
    for (const [key, row] of history) expect(live.get(key)).toEqual(row);
  });

  it('the thread delivers the same chunks in the same order', async () => {
    const direct = [...historyChunks(small(), span)];
    const streamed = [];
    for await (const chunk of streamHistory({ grid: { transformers: 40, seed: 7 }, span }))
      streamed.push(chunk);
    expect(streamed).toEqual(direct);
  });
});

describe('what a history holds', () => {
  const grid = small();
  const span = { fromMs: FROM_MS, toMs: FROM_MS + 20 * DAY_MS, stepMs: HOUR_MS };

  it('every point has its rows, some missing in ordinary life and none in a quiet scenario', () => {
    const points = grid.transformers.length + grid.transformers.reduce((n, t) => n + t.tails.length, 0);
    const full = points * 20 * 24;
    const ordinary = rowsOf(grid, span).size;
    expect(ordinary).toBeLessThan(full);
    expect(ordinary).toBeGreaterThan(full * 0.99);
    expect(rowsOf(grid, { ...span, scenario: openScenario('calm', grid, FROM_MS) }).size).toBe(full);
  });

  it('tails have voltages alone; outages are zeros', () => {
    const year = { fromMs: FROM_MS, toMs: FROM_MS + 365 * DAY_MS, stepMs: HOUR_MS };
    let outages = 0;
    for (const chunk of historyChunks(grid, year)) {
      const tail = chunk.point !== OUTLET;
      expect(chunk.iaA.every(Number.isNaN)).toBe(tail);
      expect(chunk.uaV.some(Number.isNaN)).toBe(false);
      outages += chunk.uaV.reduce((n, u, i) => n + (u === 0 && chunk.ucV[i] === 0 ? 1 : 0), 0);
    }
    expect(outages).toBeGreaterThan(20);
    expect(outages).toBeLessThan(2000);
  });

  it('writes the CSV of the contract: one row a reading, nothing where nothing was measured', () => {
    const text = [...historyCsv(historyChunks(grid, span))].join('');
    const lines = text.trimEnd().split('\n');
    expect(lines[0]).toBe('transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point');
    expect(lines).toHaveLength(rowsOf(grid, span).size + 1);
    expect(lines.every((line) => line.split(',').length === 11)).toBe(true);
    const tail = lines.find((line) => line.includes('tail-'))!;
    expect(tail).toMatch(/^TQ\d{4},\d{13},[\d.]+,[\d.]+,[\d.]+,,,,,,tail-M\w+$/);
  });

  it('weather comes by the hour and station', () => {
    const samples = [...weatherSamples(grid, FROM_MS, FROM_MS + DAY_MS)];
    expect(samples).toHaveLength(24 * 3);
    expect(samples.every((s) => s.humidityPct >= 20 && s.humidityPct <= 100)).toBe(true);
    expect([...weatherCsv(samples)][1]).toMatch(/^WS1,\d{13},-?[\d.]+,\d+\n$/);
  });
});
