import { cleanup, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import ProtectionList from '../../web/components/ProtectionList.svelte';
import type { ProtectionEntry } from '../../web/lib/readinessApi.ts';

afterEach(cleanup);

const entry = {
  transformerId: 'T1',
  areaId: 'A1',
  importantCustomers: 2,
  status: 'at_risk',
  pLow: 0.8,
  minHourV: { p05: 180, p10: 185, p50: 192, p90: 199, p95: 201 },
  cause: { kind: 'tap', confidence: 0.8, evidence: [], second: null },
  recommended: null,
  secondSource: { state: 'same-feeder', text: 'T7', pLow: null },
} satisfies ProtectionEntry;

test('each figure of an important customer stands under what it is', () => {
  render(ProtectionList, { entries: [entry], nameOf: () => 'Hospital' });
  const heads = screen.getAllByRole('columnheader').map(({ textContent }) => textContent);
  expect(heads).toEqual([
    'Transformer',
    'Important customers',
    'Status',
    'p(low)',
    'Lowest hour',
    'Measure',
    'Second source',
  ]);
  const row = screen.getByRole('row', { name: /^Hospital 2 at risk/ });
  const cells = within(row).getAllByRole('cell');
  expect(cells.map(({ dataset }) => dataset['label'])).toEqual(heads.slice(1));
  expect(cells.map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim())).toEqual([
    '2',
    'at risk',
    '80 %',
    '192 V',
    'none suffices',
    'on the same feeder (T7)',
  ]);
});

test('without an important customer it says so, and has no empty table', () => {
  render(ProtectionList, { entries: [], nameOf: () => '' });
  expect(screen.queryByRole('table')).toBeNull();
});
