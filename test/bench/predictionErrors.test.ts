import { describe, expect, it } from 'vitest';
import { bandAround, predictionErrors, type Band, type Cell } from './predictionErrors.ts';

const band = (p05: number, p50: number, p95: number): Band => ({ p05, p50, p95 });
const cell = (observedV: number, said: Record<string, Band>, block = 0): Cell => ({ observedV, block, said });

describe('errors by hand', () => {
  it.each([
    { what: 'exact', observed: [230], said: band(228, 230, 232), rmse: 0, mae: 0, covered: 100 },
    { what: 'two volts too high', observed: [228], said: band(229, 230, 231), rmse: 2, mae: 2, covered: 0 },
    {
      what: 'three and four',
      observed: [233, 226],
      said: band(226, 230, 232),
      rmse: 3.5355,
      mae: 3.5,
      covered: 50,
    },
  ])('$what', ({ observed, said, rmse, mae, covered }) => {
    const { cells, methods } = predictionErrors(
      observed.map((v) => cell(v, { model: said })),
      1,
    );
    expect(cells).toBe(observed.length);
    expect(methods[0]!.rmseV.value).toBeCloseTo(rmse, 4);
    expect(methods[0]!.maeV.value).toBeCloseTo(mae, 6);
    expect(methods[0]!.coveragePct.value).toBe(covered);
  });

  it('pinball: under the low quantile costs 0.95 a volt, above the high one too, above the median a half', () => {
    const [m] = predictionErrors([cell(232, { model: band(234, 230, 231) })], 1).methods;
    expect(m).toMatchObject({ pinball05V: 0.95 * 2, pinball50V: 0.5 * 2 });
    expect(m!.pinball95V).toBeCloseTo(0.95, 6);
  });
});

it('compares all methods on the cells that every one of them has', () => {
  const known = band(228, 230, 232);
  const { cells, blocks, methods } = predictionErrors(
    [
      cell(231, { model: known, line: band(220, 225, 230) }, 1),
      cell(100, { model: known, line: band(NaN, 225, NaN) }, 2),
      cell(NaN, { model: known, line: known }, 3),
    ],
    1,
  );
  expect({ cells, blocks }).toEqual({ cells: 1, blocks: 1 });
  expect(methods.map(({ name, rmseV }) => [name, rmseV.value])).toEqual([
    ['model', 1],
    ['line', 6],
  ]);
  expect(methods[1]!.overFirstV.value).toBe(5);
});

it('draws whole blocks: cells of one week alone have no interval to speak of, many weeks have', () => {
  const of = (block: (i: number) => number): Cell[] =>
    Array.from({ length: 60 }, (_, i) => cell(230 + (i % 4), { model: band(229, 230, 231) }, block(i)));
  const one = predictionErrors(
    of(() => 5),
    1,
  ).methods[0]!.rmseV;
  const many = predictionErrors(
    of((i) => i),
    1,
  ).methods[0]!.rmseV;
  expect(one.high! - one.low!).toBe(0);
  expect(many.low!).toBeLessThan(many.value!);
  expect(many.high!).toBeGreaterThan(many.value!);
});

it('a band is that of the errors seen, wider by the level that is uncertain', () => {
  const errorsV = Float64Array.from({ length: 101 }, (_, i) => (i - 50) / 10);
  const plain = bandAround(230, errorsV);
  expect(plain.p05).toBeCloseTo(225.5, 6);
  expect(plain.p50).toBeCloseTo(230, 6);
  expect(plain.p95).toBeCloseTo(234.5, 6);
  const uncertain = bandAround(230, errorsV, 3);
  expect(uncertain.p50).toBeCloseTo(230, 6);
  expect(uncertain.p95 - uncertain.p05).toBeGreaterThan(10);
});
