import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import BudgetCard from '../../web/components/BudgetCard.svelte';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import type { BudgetCurve } from '../../web/lib/readinessApi.ts';

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

const items: BudgetCurve['items'] = [
  {
    id: 'T1',
    kind: 'tap',
    detail: { from: 4, to: 5 },
    second: { kind: 'rebalance', detail: { fromPct: 60, toPct: 15 }, cost: 4_000 },
  },
  { id: 'feeder:F1', kind: 'feeder', detail: { transformers: 9 }, second: null },
];
const feeder = { item: 1, gain: 900 };
const pair = { item: 0, gain: 90 };
const nothing = { cost: 0, works: 0, avoided: 0, coveredPct: 0, optimumAtMostPct: 7, chosen: [] };
const onlyPair = { cost: 5_500, works: 2, avoided: 90, coveredPct: 4.5, optimumAtMostPct: 9, chosen: [pair] };
const both = { cost: 905_500, works: 3, avoided: 990, coveredPct: 49.5, optimumAtMostPct: 49.5 };
const common = { currency: 'CNY', expected: 2_000, items };
const crews: BudgetCurve = {
  ...common,
  by: 'crews',
  points: [
    {
      limit: 1,
      cost: 900_000,
      works: 1,
      avoided: 900,
      coveredPct: 45,
      optimumAtMostPct: 46,
      chosen: [feeder],
    },
    { limit: 3, ...both, chosen: [feeder, pair] },
  ],
};
const money: BudgetCurve = {
  ...common,
  by: 'money',
  points: [
    { limit: 5_000, ...nothing },
    { limit: 6_000, ...onlyPair },
    { limit: 1_000_000, ...both, chosen: [pair, feeder] },
  ],
};

function shown(curves: Record<'crews' | 'money', BudgetCurve> = { crews, money }) {
  return render(BudgetCard, {
    curves,
    nameOf: (id: string) => `at ${id}`,
    feederName: (id: string) => `line ${id}`,
  });
}
const slider = () => screen.getByRole('slider');
const slideTo = (index: number) => fireEvent.input(slider(), { target: { value: String(index) } });
const listed = () => screen.queryAllByRole('listitem').map((li) => li.textContent.match(/(at|line) \w+/)![0]);
const card = () => document.body.textContent;

test('crews: counts both measures of a pair, and lists what pays most for each work first', async () => {
  shown();
  expect(slider().getAttribute('aria-valuetext')).toBe('3 measures');
  expect(card()).toMatch(/3 measures cover 50\s% .*, for 905,500\sCNY/);
  expect(screen.getByText(/raise the tap .*\+ /)).toBeTruthy();
  expect(listed()).toEqual(['line F1', 'at T1']);
  await slideTo(0);
  expect(slider().getAttribute('aria-valuetext')).toBe('1 measure');
  expect(card()).toMatch(/1 measure covers 45\s%/);
  expect(card()).toMatch(/listed by gain per measure; no choice within 1 measure covers more than 46\s%/);
  expect(card()).toMatch(/All measures together reach 50\s%/);
  expect(listed()).toEqual(['line F1']);
});

test('money: begins with what those measures cost, in amounts of it, listed by gain for the cost', async () => {
  shown();
  await fireEvent.click(screen.getByRole('radio', { name: 'money' }));
  expect(slider().getAttribute('aria-valuetext')).toMatch(/^1,000,000\sCNY$/);
  expect(listed()).toEqual(['at T1', 'line F1']);
  await slideTo(1);
  expect(slider().getAttribute('aria-valuetext')).toMatch(/^6,000\sCNY$/);
  expect(card()).toMatch(/2 measures cover 5\s% .*, for 5,500\sCNY/);
  expect(card()).toMatch(/listed by gain for its cost; no choice within 6,000\sCNY covers more than 9\s%/);
  await slideTo(0);
  expect(card()).toContain('Nothing that helps is to be had within this limit.');
  expect(listed()).toEqual([]);
});

test('each choice keeps where its slider was', async () => {
  shown();
  await slideTo(0);
  await fireEvent.click(screen.getByRole('radio', { name: 'money' }));
  await slideTo(1);
  await fireEvent.click(screen.getByRole('radio', { name: 'crews' }));
  expect(slider().getAttribute('aria-valuetext')).toBe('1 measure');
  await fireEvent.click(screen.getByRole('radio', { name: 'money' }));
  expect(slider().getAttribute('aria-valuetext')).toMatch(/^6,000\sCNY$/);
});

test('another area keeps the limit, as far as there is something to buy with it', async () => {
  const { rerender } = shown();
  await slideTo(0);
  const [first, second] = crews.points as [BudgetCurve['points'][number], BudgetCurve['points'][number]];
  await rerender({ curves: { crews: { ...crews, points: [{ ...first, limit: 1 }, second] }, money } });
  expect(slider().getAttribute('aria-valuetext')).toBe('1 measure');
  await rerender({ curves: { crews: { ...crews, points: [] }, money: { ...money, points: [] } } });
  expect(screen.queryByRole('slider')).toBeNull();
  expect(card()).toContain('No measure is needed, or none would help.');
});

test('says it in Chinese', async () => {
  i18n.locale = 'zh-CN';
  shown();
  expect(card()).toMatch(/3 项措施覆盖预期低电压用户小时数的 50\s%，费用 905,500\s元。/);
  expect(card()).toMatch(/按每项措施的收益排序；在 3 项措施以内，任何选择覆盖不超过 50\s%/);
  await fireEvent.click(screen.getByRole('radio', { name: '资金' }));
  expect(slider().getAttribute('aria-valuetext')).toMatch(/^1,000,000\s元$/);
  expect(card()).toMatch(/，按单位费用收益排序；/);
});
