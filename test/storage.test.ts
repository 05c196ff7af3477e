import { expect, it } from 'vitest';
import { loadConfig } from '../server/config.ts';
import { Engine } from '../server/core/engine.ts';
import type { Transformer } from '../server/core/grid.ts';
import { emptyReading } from '../server/core/reading.ts';
import { limitsFor } from '../server/storage.ts';
import { gridOf, transformerOf } from './fixtures/transformers.ts';

const defaults = loadConfig({ env: {} });
const config = {
  ...defaults,
  limits: {
    ...defaults.limits,
    overrides: [
      { transformerId: 'T1', lowV: 204.6 },
      { transformerId: 'T1', point: 'tail-7', highV: 240 },
      { transformerId: 'T2', point: 'outlet', lowV: 200 },
      { kind: 'rural', lowV: 193.6 },
      { areaId: 'A3', lowV: 196 },
      { areaId: 'A3', kind: 'rural', lowV: 197 },
      { important: true as const, lowV: 205 },
      { point: 'tail-9', lowV: 190 },
    ],
  },
};
const rural = { kind: 'rural' };
const inA3 = { areaId: 'A3' };
const important = { importantCustomers: 2 };

it.each<[string, string, number, number, Partial<Transformer>?]>([
  ['T1', 'outlet', 204.6, 235.4],
  ['T1', 'tail-7', 198, 240],
  ['T2', 'outlet', 200, 235.4],
  ['T2', 'tail-7', 198, 235.4],
  ['T3', 'outlet', 198, 235.4],
  ['T3', 'outlet', 193.6, 235.4, rural],
  ['T3', 'outlet', 196, 235.4, inA3],
  ['T3', 'outlet', 197, 235.4, { ...rural, ...inA3 }],
  ['T3', 'outlet', 205, 235.4, { ...rural, ...inA3, ...important }],
  ['T3', 'tail-9', 190, 235.4, { ...rural, ...inA3, ...important }],
  ['T1', 'tail-9', 204.6, 235.4, { ...rural, ...inA3, ...important }],
])('judges %s %s by its own limits, as detection does', (id, point, lowV, highV, over = {}) => {
  const subject = transformerOf(id, { importantCustomers: 0, ...over });
  expect(limitsFor(config, subject, point)).toMatchObject({ lowV, highV });
  const engine = new Engine({ ...config.limits, detection: config.detection });
  engine.setGrid({ ...gridOf(subject), version: 1 }, 0);
  const judged = (uaV: number, fromMs: number): string[] => {
    for (let ms = fromMs; ms < fromMs + 3 * 3_600_000; ms += 900_000) {
      engine.step({ ...emptyReading(id, point, ms), intervalS: 900, uaV }, ms + 900_000);
    }
    return engine.takeEvents().flatMap((e) => (e.kind === 'raised' ? [`${e.condition} ${e.limitV}`] : []));
  };
  expect(judged(lowV, 0)).toEqual([]);
  expect(judged(lowV - 0.1, 4 * 3_600_000)).toEqual([`under-voltage ${lowV}`]);
});
