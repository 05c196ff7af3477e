import { createRawSnippet } from 'svelte';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { detailView, itemView } from '../../server/http/readinessView.ts';
import ReadinessDetail from '../../web/components/ReadinessDetail.svelte';
import ReadinessTable from '../../web/components/ReadinessTable.svelte';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import type {
  ReadinessDetail as Detail,
  RegisteredMeasure,
  TriedMeasure,
} from '../../web/lib/readinessApi.ts';
import { registeredMeasure, rowOf } from '../fixtures/readiness.ts';

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

const minHourV = { p05: 198, p10: 199, p50: 203, p90: 206, p95: 208 };
const after = {
  pLow: 0.03,
  expectedLowHours: 0.1,
  minHourV,
  highestV: 229,
  peakLoadPct: { p50: 70, p90: 80 },
};
const tap = {
  kind: 'tap',
  detail: { from: 4, to: 5 },
  cost: 1_500,
  avoidedCustomerHours: 40,
  notes: [],
} as const;
const second = { kind: 'rebalance', detail: { fromPct: 60, toPct: 15 }, cost: 4_000 } as const;
const row = rowOf('RUN', 1, {
  measures: [
    { ...tap, after: { ...after, pLow: 0.4 }, suffices: false },
    { ...tap, second, cost: 5_500, after, suffices: true },
  ],
  recommended: 1,
  cause: {
    kind: 'unbalance',
    confidence: 0.7,
    evidence: [{ code: 'unbalance', values: { pct: 60, volts: 9 } }],
    second: { kind: 'upstream', evidence: [{ code: 'feeder-drop', values: { volts: 14 } }] },
  },
  notes: [{ code: 'pair-needed', values: { tried: 1 } }],
});

function shown(registered: readonly RegisteredMeasure[] = [], of = row) {
  const onplan = vi.fn<(kind: TriedMeasure['kind'], tried: number) => void>();
  const limits = { lowV: 198, highV: 235.4 };
  const detail = detailView(of) as unknown as Detail;
  render(ReadinessDetail, { detail, limits, currency: 'CNY', registered, onplan });
  return onplan;
}

test('a pair is one line with both names and the cost of both, and goes into the register as one', async () => {
  const onplan = shown();
  const line = screen.getByRole('row', { name: /raise the tap 4 → 5 \+ rebalance phases 60 → 15/ });
  expect(within(line).getByText(/5,500 CNY/)).toBeTruthy();
  await fireEvent.click(screen.getAllByRole('button', { name: 'Put into the register' })[1]!);
  expect(onplan).toHaveBeenCalledWith('tap', 1);
});

test('one that is in the register is told from its first part by itself', () => {
  const one = registeredMeasure('m-1', { transformerId: row.transformerId, detail: tap.detail });
  shown([{ ...one, second: null } as RegisteredMeasure]);
  expect(screen.getAllByText('In the register')).toHaveLength(1);
  expect(screen.getAllByRole('button', { name: 'Put into the register' })).toHaveLength(1);
});

test('what contributes beside the cause is said, in both languages', async () => {
  shown();
  expect(screen.getByText(/Beside it: feeder or its source/).parentElement!.textContent).toContain(
    '14.0\u202fV',
  );
  expect(screen.getByText(/it takes two/)).toBeTruthy();
  cleanup();
  i18n.locale = 'zh-CN';
  shown();
  expect(screen.getByText(/次要原因：馈线或电源侧/)).toBeTruthy();
  expect(screen.getByText(/需两项并举/)).toBeTruthy();
});

test('a measure that would lift light-load nights over the limit is not offered, and it is said why', () => {
  const notes = [{ code: 'over-voltage', values: { volts: 239, limitV: 235.4 } }];
  shown([], rowOf('RUN', 1, { measures: [{ ...tap, after, suffices: false, notes }] }));
  expect(screen.queryByRole('button', { name: 'Put into the register' })).toBeNull();
  expect(screen.getByText('Not offered: over-voltage at light load')).toBeTruthy();
  const why = screen.getByText(/would reach 239.0\u202fV \(limit 235.4\u202fV\)/, {
    normalizer: (text) => text,
  });
  expect(why).toBeTruthy();
});

test('the ranking says how ready a transformer is also where a measure was decided, and how far the newest of them is', () => {
  const { transformerId } = row;
  const states = ['dropped', 'done', 'planned'] as const;
  const registered = states.map((state, i) => registeredMeasure(`m-${i}`, { transformerId, state }));
  const atRisk = { ...row, forecast: { ...row.forecast, status: 'at_risk' as const } };
  render(ReadinessTable, {
    items: [itemView(atRisk)],
    registered,
    lowVOf: () => 198,
    nameOf: (id: string) => id,
    areaName: (id: string) => id,
    open: null,
    onopen: () => undefined,
    detail: createRawSnippet(() => ({ render: () => '<p></p>' })),
  } as never);
  expect(screen.getByText('at risk').parentElement!.textContent).toMatch(/^at risk\s*measure: done$/);
});
