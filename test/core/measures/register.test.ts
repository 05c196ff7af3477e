import { expect, it } from 'vitest';
import type { MeasureKind } from '../../../server/core/measures/finding.ts';
import { judgedAs } from '../../../server/core/measures/register.ts';

it.each<[MeasureKind, MeasureKind | null, MeasureKind]>([
  ['tap', null, 'tap'],
  ['new-point', null, 'new-point'],
  ['tap', 'rebalance', 'rebalance'],
  ['rebalance', 'capacity', 'rebalance'],
  ['tap', 'new-point', 'new-point'],
  ['capacity', 'new-point', 'new-point'],
  ['new-point', 'feeder', 'feeder'],
  ['tap', 'feeder', 'feeder'],
])('judges %s and %s as %s', (kind, other, judged) => {
  const second = other === null ? {} : { second: { kind: other, detail: {}, cost: 1 } };
  expect(judgedAs({ kind, ...second })).toBe(judged);
});
