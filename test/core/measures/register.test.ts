import { expect, it } from 'vitest';
import type { MeasureKind } from '../../../server/core/measures/finding.ts';
import { judgedAs, type JudgedKind } from '../../../server/core/measures/register.ts';

it.each<[MeasureKind, MeasureKind | null, JudgedKind]>([
  ['tap', null, 'tap'],
  ['new-point', null, 'new-point'],
  ['rebalance', null, 'rebalance'],
  ['tap', 'capacity', 'capacity'],
  ['tap', 'rebalance', 'rebalance-pair'],
  ['rebalance', 'capacity', 'rebalance-pair'],
  ['rebalance', 'new-point', 'new-point'],
  ['tap', 'new-point', 'new-point'],
  ['capacity', 'new-point', 'new-point'],
  ['new-point', 'feeder', 'feeder'],
  ['tap', 'feeder', 'feeder'],
])('judges %s and %s as %s', (kind, other, judged) => {
  const second = other === null ? {} : { second: { kind: other, detail: {}, cost: 1 } };
  expect(judgedAs({ kind, ...second })).toBe(judged);
});
