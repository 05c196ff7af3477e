import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import AreaRanking from '../../web/components/AreaRanking.svelte';
import RunFigures from '../../web/components/RunFigures.svelte';
import { en } from '../../web/lib/i18n/en.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { comparedSeasons, differs } from '../../web/lib/readiness.ts';
import type { AreaSum, ReadinessAreas, ReadinessRun, Sensitivity } from '../../web/lib/readinessApi.ts';
import { NO_FILTER } from '../../web/lib/state/readiness.svelte.ts';

/** A callback that remembers what it was told. */
const spy = () => vi.fn<(...told: unknown[]) => void>();

const SEASON = {
  id: 'summer-2027',
  kind: 'summer',
  year: 2027,
  firstDay: 0,
  lastDay: 92,
  originDay: -1,
} as const;

function sum(areaId: string, fields: Partial<AreaSum> = {}): AreaSum {
  const counts = { transformers: 40, atRisk: 4, watch: 3, ready: 30, unknown: 3 };
  const expected = { expectedLow: 5.5, expectedLowHours: 60, customerHours: 3_000, coveragePct: 91 };
  return { areaId, ...counts, ...expected, ...fields };
}

function areasOf(ids: readonly string[], fields: Partial<AreaSum> = {}): ReadinessAreas {
  const areas = ids.map((id, i) => sum(id, { customerHours: 3_000 - i, ...fields }));
  const feeders = ids.flatMap((id) => ['F1', 'F2'].map((feederId) => ({ ...sum(id, fields), feederId })));
  const seasons = ids.flatMap((areaId) => [
    { seasonId: 'summer-2026', areaId, transformers: 40, known: 38, low: 3, customerHours: 900 },
    { seasonId: 'summer-2025', areaId, transformers: 40, known: 30, low: 2, customerHours: 500 },
  ]);
  return { areas, feeders, seasons };
}

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

describe('the ranking of the areas', () => {
  const props = {
    sums: areasOf(['A1', 'A2']),
    beside: null,
    filter: NO_FILTER,
    areaName: (id: string) => `Area ${id}`,
    feederName: (id: string) => `Feeder ${id}`,
    seasonName: (id: string) => id,
  };

  test('says of each area what is expected, how much of it is unknown, and what last season was', () => {
    render(AreaRanking, { ...props, onchange: spy() });
    const row = screen.getByRole('row', { name: /Area A1/ });
    expect(row.textContent).toMatch(/40.*4.*3.*30.*3.*5\.5.*3,000.*91.%.*3 of 38/s);
    expect(screen.getByRole('columnheader', { name: 'Seen low, summer-2026' })).toBeTruthy();
  });

  test('narrows to an area, then to one of its feeders, and back', async () => {
    const onchange = spy();
    const { rerender } = render(AreaRanking, { ...props, onchange });
    expect(screen.queryByRole('button', { name: 'Feeder F1' })).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: 'Area A2' }));
    expect(onchange).toHaveBeenLastCalledWith({ ...NO_FILTER, area: 'A2' });
    await rerender({ ...props, onchange, filter: { ...NO_FILTER, area: 'A2' } });
    expect(screen.getByRole('button', { name: 'Area A2', pressed: true })).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Feeder F1' }));
    expect(onchange).toHaveBeenLastCalledWith({ ...NO_FILTER, area: 'A2', feeder: 'F1' });
    await fireEvent.click(screen.getByRole('button', { name: 'Area A2' }));
    expect(onchange).toHaveBeenLastCalledWith(NO_FILTER);
  });

  test('shows the first of many areas and the one that is chosen; the others when asked', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `A${i}`);
    const filter = { ...NO_FILTER, area: 'A25' };
    render(AreaRanking, { ...props, sums: areasOf(ids), filter, onchange: spy() });
    const names = () => screen.getAllByRole('button', { name: /^Area/ });
    expect(names()).toHaveLength(9);
    expect(within(screen.getByRole('row', { name: /Area A25/ })).getAllByRole('cell')[0]?.textContent).toBe(
      '26',
    );
    await fireEvent.click(screen.getByRole('button', { name: 'Show all 30 areas' }));
    expect(names()).toHaveLength(30);
  });

  test('prints the first areas whatever feeders stand between them, and the one that is chosen', () => {
    const ids = Array.from({ length: 9 }, (_, i) => `A${i}`);
    const printed = (area: string) => {
      render(AreaRanking, { ...props, sums: areasOf(ids), filter: { ...NO_FILTER, area }, onchange: spy() });
      const rows = screen.getAllByRole('row', { name: /Area/ }).slice(1);
      cleanup();
      return rows.filter((row) => !row.classList.contains('not-printed')).length;
    };
    expect(printed('A0')).toBe(8);
    expect(printed('A8')).toBe(9);
  });

  test('sets other weather beside it', () => {
    const beside = { name: '1 °C warmer', sums: areasOf(['A1'], { atRisk: 9, customerHours: 4_000 }) };
    render(AreaRanking, { ...props, beside, onchange: spy() });
    expect(screen.getByRole('row', { name: /Area A1/ }).textContent).toMatch(/9.*5 more.*4,000.*1,000 more/s);
    expect(screen.getByRole('row', { name: /Area A2/ }).textContent).toContain('–');
  });
});

describe('the figures of a run', () => {
  const summary = {
    transformers: 100,
    atRisk: 20,
    watch: 10,
    ready: 60,
    unknown: 10,
    expectedLowHours: 500,
    customerHours: 9_000,
    published: 'model',
  };
  const run = { id: 'R', startedMs: 1, state: 'done', addedK: null, summary } as unknown as ReadinessRun;
  const shifted = (addedK: number, fields: Partial<ReadinessRun>, isSameInput = true): Sensitivity =>
    ({ run: { ...run, startedMs: 2, addedK, ...fields }, isSameInput }) as Sensitivity;
  const props = { season: SEASON, run };

  test('offer a warmer and a colder season where there is none, to who may ask for it', async () => {
    const onshift = spy();
    const { unmount } = render(RunFigures, { ...props, sensitivities: [], onshift });
    await fireEvent.click(screen.getByRole('button', { name: /Compute 1.°C warmer/ }));
    expect(onshift).toHaveBeenCalledWith(1);
    unmount();
    render(RunFigures, { ...props, sensitivities: [] });
    expect(screen.queryByRole('row', { name: /warmer|colder/ })).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });

  test('stand beside those of the warmer season, with the difference', () => {
    const warm = shifted(1, { summary: { ...summary, atRisk: 31, customerHours: 8_990 } });
    render(RunFigures, { ...props, sensitivities: [warm], onshift: spy() });
    expect(screen.getByRole('row', { name: /warmer/ }).textContent).toMatch(
      /31.*11 more.*as many.*8,990.*10 fewer/s,
    );
    expect(screen.queryByText(/have changed since/)).toBeNull();
  });

  test('say how far a run is, why it failed, and that it knew more than the forecast', () => {
    const going = shifted(1, { state: 'running', share: 0.37, summary: null });
    const failed = shifted(-1, { state: 'failed', error: 'no weather is known', summary: null });
    const { unmount } = render(RunFigures, { ...props, sensitivities: [going, failed], onshift: spy() });
    expect(screen.getByRole('status').textContent).toMatch(/37.%/);
    expect(screen.getByText('no weather is known').lang).toBe('en');
    unmount();
    const again = shifted(1, { startedMs: 3, state: 'failed', error: 'the disk is full', summary: null });
    const overtaken = render(RunFigures, { ...props, sensitivities: [shifted(1, {}), again] });
    expect(screen.getByText('the disk is full').parentElement?.textContent).toMatch(/warmer.*failed/);
    overtaken.unmount();
    render(RunFigures, { ...props, sensitivities: [shifted(1, {}, false)], onshift: spy() });
    expect(screen.getByText(/have changed since/)).toBeTruthy();
  });

  test('say how much of the sum is weather: the mildest year, the hardest and the median', () => {
    const weatherYears = [2023, 2024, 2025, 2026].map((year, i) => ({
      year,
      lowHours: 1,
      customerHours: [700, 9_500, 4_000, 2_000][i]!,
    }));
    const props = { season: SEASON, sensitivities: [] };
    const { unmount } = render(RunFigures, {
      ...props,
      run: { ...run, summary: { ...summary, weatherYears } },
    });
    expect(screen.getByRole('figure').textContent).toMatch(
      /from 700.*Summer 2023.*to 9,500.*Summer 2024.*median of the 4 years 3,000/s,
    );
    expect(
      within(screen.getByRole('list', { name: /by weather year/ })).getAllByRole('listitem'),
    ).toHaveLength(4);
    unmount();
    render(RunFigures, {
      ...props,
      run: { ...run, summary: { ...summary, weatherYears: [weatherYears[0]!] } },
    });
    expect(screen.queryByRole('figure')).toBeNull();
  });

  test('offer no other weather where a baseline is published', () => {
    const baseline = { ...run, summary: { ...summary, published: 'last-minimum' } } as ReadinessRun;
    render(RunFigures, { season: SEASON, run: baseline, sensitivities: [], onshift: spy() });
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText(/baseline knows no weather/)).toBeTruthy();
  });
});

describe('seasons compared', () => {
  test('the past as it was measured and forecast, then the season to come; of one area or of all', () => {
    const now = areasOf(['A1', 'A2']);
    const last = areasOf(['A1', 'A2'], { expectedLow: 2, customerHours: 700 });
    const all = comparedSeasons(SEASON, now, last, '', en);
    expect(
      all.map(({ name, low, known, expected, hours, expectedHours }) => [
        name,
        low,
        known,
        expected,
        hours,
        expectedHours,
      ]),
    ).toEqual([
      ['Summer 2025', 4, 60, null, 1_000, null],
      ['Summer 2026', 6, 76, 4, 1_800, 1_400],
      ['Summer 2027', null, 0, 11, null, 5_999],
    ]);
    const [, one] = comparedSeasons(SEASON, now, null, 'A2', en);
    expect(one).toMatchObject({ low: 3, known: 38, expected: null });
  });

  test('a season of which nothing was measured is left out', () => {
    const now = { ...areasOf(['A1']), seasons: [] };
    expect(comparedSeasons(SEASON, now, null, '', en).map(({ seasonId }) => seasonId)).toEqual([
      'summer-2027',
    ]);
  });

  test('of nothing but unknown transformers nothing is expected, not even nought', () => {
    const unknown = { atRisk: 0, watch: 0, ready: 0, unknown: 40, expectedLow: 0, customerHours: 0 };
    const [coming] = comparedSeasons(SEASON, { ...areasOf(['A1'], unknown), seasons: [] }, null, '', en);
    expect(coming).toMatchObject({ expected: null, expectedHours: null });
  });

  test('a difference is told in whole numbers', () => {
    expect(differs(10.2, 10.4, en, 'en')).toBe('as many');
    expect(differs(8, 10, en, 'en')).toBe('2 fewer');
  });
});
