import { cleanup, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import AreaBadge from '../../web/components/AreaBadge.svelte';
import ForecastCard from '../../web/components/ForecastCard.svelte';
import ForecastFacts from '../../web/components/ForecastFacts.svelte';
import MapLegend from '../../web/components/MapLegend.svelte';
import { dayRange } from '../../web/lib/forecast.ts';
import { forecastApi, type TransformerForecast } from '../../web/lib/forecastApi.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { forecastFigures, judgedRollUps } from '../../web/lib/map/layerFigures.ts';
import { makePointBuffers, paintPoints, POINT_SHAPE } from '../../web/lib/map/pointStyle.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { forecastColumns } from '../../web/lib/state/mapColumns.svelte.ts';
import { session } from '../../web/lib/state/session.svelte.ts';
import type { Tokens } from '../../web/lib/tokens.ts';
import { parseMapAddress } from '../../web/lib/urlState.ts';
import { snapshot } from './fixtures.ts';
import { forecastRow, mapForecast, ORIGIN_DAY, transformerForecast } from './forecastFixture.ts';

const words = (element: Element | null): string => element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

afterEach(() => {
  cleanup();
  session.leave();
  vi.restoreAllMocks();
  i18n.locale = 'en';
});

describe('a layer of the forecast', () => {
  const picture = fromSnapshot(snapshot({ condition: [7, 0, 0] }));

  test('is reached by a link', () => {
    expect(parseMapAddress('layer=readiness').layer).toBe('readiness');
    expect(parseMapAddress('layer=tonight').layer).toBe('tonight');
  });

  test('draws unknown as a dashed ring, never as ready: also before it is loaded, and beyond its rows', () => {
    const tokens = { conditions: ['#010101', '#020202', '#030303', '#040404', '#050505', '#060606'] };
    const buffers = makePointBuffers(3);
    const paint = (forecast: Parameters<typeof forecastFigures>[0]) => {
      const { looks } = forecastFigures(forecast, 'readiness', en, 'en');
      const whole = { layer: 'readiness' as const, visible: Uint8Array.of(1, 1, 1), nominalV: 220, looks };
      paintPoints(picture.columns, { ...whole, tokens: tokens as unknown as Tokens }, buffers, null);
      return [...buffers.shape];
    };
    const { ring, triangleDown, dashedRing, dot } = POINT_SHAPE;
    expect(paint(mapForecast())).toEqual([ring, triangleDown, dashedRing]);
    expect([buffers.color[0], buffers.color[4], buffers.color[8]]).toEqual([2, 6, 3]);
    expect(paint({ status: ['ready'], pLow: [0.01] })).toEqual([dot, dashedRing, dashedRing]);
    expect(paint(null)).toEqual([dashedRing, dashedRing, dashedRing]);
  });

  test('puts a number on who may go low, the likeliest first; what is not certain is not 100 %', () => {
    const figures = forecastFigures(
      mapForecast({ status: ['watch', 'at_risk', 'ready'], pLow: [0.28, 0.999, 0.02] }),
      'readiness',
      en,
      'en',
    );
    expect(figures.ranked(Uint8Array.of(1, 1, 1))).toEqual([1, 0]);
    expect(figures.ranked(Uint8Array.of(1, 0, 1))).toEqual([0]);
    expect([0, 1, 7].map((row) => figures.numberAt(row))).toEqual(['28\u202f%', '>99\u202f%', '']);
  });

  test('says of an area the worst in it, who is at risk and who is unknown; calm only when neither is', () => {
    const figures = forecastFigures(mapForecast(), 'readiness', en, 'en');
    const { areas, feeders } = judgedRollUps(picture.grid, figures);
    expect(areas.map(({ worst }) => worst)).toEqual(['watch', 'serious-low']);
    expect(feeders.map(({ worst }) => worst)).toEqual(['serious-low']);
    expect(areas.map((area) => figures.areaSays!(area))).toEqual([
      '',
      '1 at risk / 2 · 54 homes · 1 unknown',
    ]);
    const tonight = forecastFigures(null, 'tonight', en, 'en');
    expect(judgedRollUps(picture.grid, tonight).areas.map((area) => tonight.areaSays!(area))).toEqual([
      '1 unknown',
      '2 unknown',
    ]);
    render(AreaBadge, { name: 'Dongling', rollUp: areas[1]!, says: '1 unknown', onclick: () => undefined });
    expect(words(screen.getByRole('button'))).toBe('Dongling 1 unknown');
  });

  test('is asked for again soon while there is no run, seldom when there is one', async () => {
    const ask = vi.spyOn(forecastApi, 'mapReadiness');
    const { readiness } = forecastColumns;
    ask.mockResolvedValue(mapForecast({ run: null, missing: 'no-run', status: [], pLow: [] }));
    await readiness.need(4, 0);
    await readiness.need(4, 29_999);
    expect(ask).toHaveBeenCalledTimes(1);
    ask.mockResolvedValue(mapForecast());
    await readiness.need(4, 30_000);
    await readiness.need(4, 299_999);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(readiness.of(4)?.run?.id).toBe('R1');
    expect(readiness.of(5)).toBeNull();
    await readiness.need(4, 330_000);
    expect(ask).toHaveBeenCalledTimes(3);
  });
});

describe('the legend of a layer of the forecast', () => {
  const props = {
    layer: 'readiness' as const,
    byCondition: [3],
    rates: null,
    matches: Uint8Array.of(1, 1, 1),
    failed: false,
    onlayer: () => undefined,
  };
  const keysOf = (container: HTMLElement) => Array.from(container.querySelectorAll('.key'), words);

  test('tells the season, from which data, that it is simulated, and counts by status', () => {
    const { container } = render(MapLegend, { ...props, forecast: mapForecast() });
    expect(keysOf(container)).toEqual(['at risk 1', 'watch 1', 'ready 0', 'unknown 1']);
    expect(words(container.querySelector('.says'))).toBe(
      'Probability of a low hour in Winter 2026/27, from data to Nov 26 · at risk from 50 %, watch from 10 % · simulated',
    );
  });

  test('does not call simulated what is not, and counts only what the filters let through', () => {
    const forecast = mapForecast({ run: { ...mapForecast().run!, simulated: false } });
    const { container } = render(MapLegend, { ...props, forecast, matches: Uint8Array.of(0, 1, 0) });
    expect(keysOf(container)).toEqual(['at risk 1', 'watch 0', 'ready 0', 'unknown 0']);
    expect(container.textContent).not.toContain('simulated');
  });

  test('without a run says so, and leads to where one is computed by who may', () => {
    const forecast = mapForecast({ run: null, missing: 'no-run', status: [], pLow: [] });
    render(MapLegend, { ...props, forecast });
    expect(words(screen.getByRole('status'))).toBe(
      'No forecast of Winter 2026/27 yet. Compute it in Readiness',
    );
    expect(screen.getByRole('link').getAttribute('href')).toBe('#/readiness');
    cleanup();
    session.enter({ id: 'u', name: 'Lin', role: 'viewer', areaIds: null, via: 'session', can: [] });
    render(MapLegend, { ...props, forecast });
    expect(screen.getByRole('link').textContent).toBe('See Readiness');
  });

  test.each([
    ['no-weather', /^没有未来几天的天气预报/],
    ['no-run', /^未来几天尚无预测/],
    ['over', /^上次预测的日期均已过去/],
  ] as const)('of the next days says why there is nothing: %s', (missing, text) => {
    i18n.locale = 'zh-CN';
    const forecast = mapForecast({ run: null, missing, status: [], pLow: [] });
    render(MapLegend, { ...props, layer: 'tonight', forecast });
    expect(screen.getByRole('status').textContent.trim()).toMatch(text);
  });

  test('of the next days names them', () => {
    const days = { firstDay: ORIGIN_DAY + 1, lastDay: ORIGIN_DAY + 3 };
    const { container } = render(MapLegend, { ...props, layer: 'tonight', forecast: mapForecast(days) });
    expect(keysOf(container)).toEqual(['likely 1', 'possible 1', 'unlikely 0', 'unknown 1']);
    expect(words(container.querySelector('.says'))).toMatch(/likeliest day of Nov 27–Nov 29, from data/);
    expect(dayRange(ORIGIN_DAY, ORIGIN_DAY, 'en')).toBe('Nov 26');
  });

  test.each([
    [false, 'Loading the forecast'],
    [true, 'The forecast cannot be loaded; it is asked for again.'],
  ])('says what it waits for (failed: %s)', (failed, text) => {
    render(MapLegend, { ...props, forecast: null, failed });
    expect(screen.getByRole('status').textContent).toBe(text);
  });
});

describe('what is to come of one transformer', () => {
  const tonight = (change: Partial<TransformerForecast['tonight']>) => ({
    tonight: { ...transformerForecast().tonight, ...change },
  });
  const factsOf = (forecast: TransformerForecast) => {
    const { container } = render(ForecastFacts, { id: 'TQ-2', forecast });
    return Array.from(container.querySelectorAll('dd'), words);
  };

  test('is in the side panel the probability, the lowest hour and the likeliest of the next days', () => {
    expect(factsOf(transformerForecast())).toEqual([
      'at risk 94 % lowest hour 181 V to 193 V',
      'possible 31 % on Nov 28',
    ]);
    expect(screen.getByRole('link', { name: 'Winter 2026/27' }).getAttribute('href')).toBe(
      '#/readiness?t=TQ-2',
    );
  });

  test.each<[string, Partial<TransformerForecast>, string[]]>([
    [
      'no run and no weather',
      { run: null, row: null, ...tonight({ run: null, missing: 'no-weather', days: [], pLow: null }) },
      ['no forecast yet', 'no weather forecast'],
    ],
    [
      'not in the run',
      { row: null, ...tonight({ status: 'unknown', days: [], pLow: null }) },
      ['not in this run; unknown, not “ready”', 'not in this run; unknown, not “ready”'],
    ],
    [
      'too little data',
      {
        row: forecastRow({ status: 'unknown', unknownReason: 'low-coverage', pLow: null }),
        ...tonight({ status: 'ready', days: [], pLow: null }),
      },
      ['unknown, not “ready”: too few valid days', 'unlikely'],
    ],
  ])('says in words: %s', (_, change, facts) => {
    expect(factsOf(transformerForecast(change))).toEqual(facts);
  });

  const limits = { lowV: 198, highV: 235.4 };

  test('is on its page status, hours, quantiles, cause, and the measure with what it leaves', () => {
    render(ForecastCard, { id: 'TQ-2', forecast: transformerForecast(), limits });
    const card = screen.getByRole('heading', { name: 'Forecast' }).closest('section')!;
    const text = words(card);
    for (const part of [
      /Winter 2026\/27 .*from data to Nov 26 · simulated/,
      /Status at risk/,
      /94 %/,
      /181–187–193 V/,
      /Expected low hours 61 h/,
      /overload confidence 80 %/,
      /overload of 118 % at the peak/,
      /larger unit 315 → 630 kVA → lowest hour 203 V, p\(low\) 4 %/,
      /Nov 28 31 % 190–196–202 V/,
    ]) {
      expect(text).toMatch(part);
    }
    expect(within(card).getByRole('link').getAttribute('href')).toBe('#/readiness?t=TQ-2');
  });

  test('says that no measure suffices, and names it none where none was needed', () => {
    const none = { recommended: null, measuresTried: 6 };
    render(ForecastCard, { id: 'T', forecast: transformerForecast({ row: forecastRow(none) }), limits });
    expect(screen.getByText(/none suffices/).tagName).toBe('P');
    cleanup();
    const calm = forecastRow({ recommended: null, measuresTried: 0, status: 'ready', cause: null });
    render(ForecastCard, { id: 'T', forecast: transformerForecast({ row: calm }), limits });
    expect(screen.queryByText(/suffices/)).toBeNull();
  });

  test('is unknown in words and without numbers, in Chinese too', () => {
    i18n.locale = 'zh-CN';
    const row = forecastRow({ status: 'unknown', unknownReason: 'no-history', pLow: null, coveragePct: 0 });
    const forecast = transformerForecast({ row, ...tonight({ status: 'ready', days: [], pLow: null }) });
    render(ForecastCard, { id: 'T', forecast, limits });
    expect(screen.getByText(/未知，不等于“就绪”：无历史数据/).tagName).toBe('P');
    expect(screen.getByText('这几天均不太可能出现低电压小时。').tagName).toBe('P');
    expect(screen.queryByText('状态')).toBeNull();
  });

  test('without a run leads to where one is computed, and says what the next days lack', () => {
    const nothing = { run: null, row: null, ...tonight({ run: null, missing: 'no-weather', days: [] }) };
    render(ForecastCard, { id: 'T', forecast: transformerForecast(nothing), limits });
    expect(screen.getByRole('link', { name: 'Compute it in Readiness' }).getAttribute('href')).toBe(
      '#/readiness',
    );
    expect(screen.getByText(/^No weather forecast of the next days is stored/).tagName).toBe('P');
  });
});
