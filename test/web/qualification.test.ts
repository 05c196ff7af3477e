import { cleanup, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import ComplianceCard from '../../web/components/ComplianceCard.svelte';
import MapLegend from '../../web/components/MapLegend.svelte';
import QualificationFact from '../../web/components/QualificationFact.svelte';
import { ApiError, type Compliance } from '../../web/lib/api.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { rateFigures } from '../../web/lib/map/layerFigures.ts';
import { makePointBuffers, paintPoints, POINT_SHAPE } from '../../web/lib/map/pointStyle.ts';
import {
  barFromPct,
  barPct,
  monthRows,
  pageSpan,
  poorRows,
  rateLook,
  shortRate,
} from '../../web/lib/qualification.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import type { Tokens } from '../../web/lib/tokens.ts';
import { snapshot } from './fixtures.ts';

const rates = { gridVersion: 1, days: 30, ratePct: [91, null, 100], completenessPct: [100, 20, 100] };

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

test.each([
  [100, 'normal'],
  [99.5, 'normal'],
  [99.49, 'watch'],
  [98, 'watch'],
  [97.99, 'mild-low'],
  [95, 'mild-low'],
  [94.99, 'serious-low'],
  [0, 'serious-low'],
  [null, 'no-data'],
  [undefined, 'no-data'],
])('a rate of %s looks like %s', (rate, look) => {
  expect(rateLook(rate)).toBe(look);
});

test('a short rate is cut, not rounded up into the next band', () => {
  expect([97.99, 97.9, 100, 0.29, null].map(shortRate)).toEqual([97.9, 97.9, 100, 0.2, null]);
});

test('numbers go to poor rates that pass the filters, the lowest first; unknown has none', () => {
  expect(poorRows([97, null, 90, 99, 80], Uint8Array.of(1, 1, 1, 1, 0))).toEqual([2, 0]);
});

test.each([
  [[100, 99], 90],
  [[100, 89.9], 80],
  [[3, null], 0],
  [[], 90],
])('bars of %s begin at %d', (rates, from) => {
  expect(barFromPct(rates)).toBe(from);
});

test('a bar fills what lies between its begin and 100', () => {
  expect([95, 100, 90, 80].map((rate) => barPct(rate, 90))).toEqual([50, 100, 0, 0]);
});

test('the page begins with the same month of the year before, in the zone of the grid', () => {
  const to = Date.parse('2026-10-31T17:00Z');
  expect(pageSpan(to, 'Asia/Shanghai')).toEqual({ from: Date.parse('2025-10-31T16:00Z'), to });
  expect(pageSpan(to, 'UTC')).toEqual({ from: Date.parse('2025-10-01T00:00Z'), to });
});

test('the layer gives each rate a shape; unknown is a dashed ring, also while rates are loading', () => {
  const tokens = { conditions: ['#010101', '#020202', '#030303', '#040404', '#050505', '#060606'] };
  const { columns } = fromSnapshot(snapshot({ condition: [7, 0, 0] }));
  const paint = {
    layer: 'rate' as const,
    tokens: tokens as unknown as Tokens,
    visible: Uint8Array.of(1, 1, 1),
    nominalV: 220,
  };
  const buffers = makePointBuffers(3);
  paintPoints(
    columns,
    { ...paint, looks: rateFigures({ ...rates, ratePct: [100, 80, null] }, 'en').looks },
    buffers,
    null,
  );
  expect([...buffers.shape]).toEqual([POINT_SHAPE.dot, POINT_SHAPE.triangleDown, POINT_SHAPE.dashedRing]);
  expect([buffers.color[0], buffers.color[4], buffers.color[8]]).toEqual([1, 6, 3]);
  paintPoints(columns, { ...paint, looks: rateFigures(null, 'en').looks }, buffers, null);
  expect(new Set(buffers.shape)).toEqual(new Set([POINT_SHAPE.dashedRing]));
});

describe('the legend of the rate layer', () => {
  const props = {
    layer: 'rate' as const,
    byCondition: [3],
    matches: Uint8Array.of(1, 1, 0),
    forecast: null,
    failed: false,
    onlayer: vi.fn<() => void>(),
  };

  test('counts what is shown, unknown apart', () => {
    const { container } = render(MapLegend, { ...props, rates });
    const keys = Array.from(container.querySelectorAll('.key'), (key) => key.textContent?.trim());
    expect(keys).toEqual(['<95 1', '<98 0', '<99.5 0', '≥99.5 0', 'unknown 1']);
    expect(screen.getByText('Qualification rate, 30 d, %').tagName).toBe('SPAN');
  });

  test.each([
    [false, 'Loading the rates'],
    [true, 'The rates cannot be loaded; they are asked for again.'],
  ])('says what it waits for (failed: %s)', (hasFailed, text) => {
    render(MapLegend, { ...props, rates: null, failed: hasFailed });
    expect(screen.getByRole('status').textContent).toBe(text);
  });

  test.each([
    [0, /91\.00.%\s+data 100\.0.%/],
    [1, /unknown\s+data 20\.0.%/],
  ])('row %d in the side panel', (row, text) => {
    const { container } = render(QualificationFact, { rates, row });
    expect(container.querySelector('dd')?.textContent).toMatch(text);
  });
});

describe('the compliance of a transformer', () => {
  const sums = { monitoredMin: 1, validHours: 700, lowHours: 0, outageSharePct: 0 };
  const month = (name: string, next: string, ratePct: number | null, completenessPct: number) => ({
    month: name,
    fromMs: Date.parse(`${name}-01T00:00Z`),
    toMs: Date.parse(next),
    ...sums,
    ratePct,
    completenessPct,
  });
  const compliance: Compliance = {
    transformerId: 'T1',
    fromMs: 0,
    toMs: 1,
    completenessMinPct: 90,
    points: [
      {
        point: 'outlet',
        total: { ...sums, ratePct: 99.12, completenessPct: 97 },
        months: [
          month('2026-06', '2026-07-01T00:00Z', null, 41.5),
          { ...month('2026-07', '2026-08-01T00:00Z', 93.21, 99.9), lowHours: 37, outageSharePct: 0.25 },
          month('2026-08', '2026-08-11T00:00Z', 100, 100),
        ],
      },
      { point: 'tail-9', total: { ...sums, ratePct: 88.5, completenessPct: 95 }, months: [] },
    ],
  };
  const props = { compliance, error: null, point: 'outlet', timeZone: 'UTC' };

  test('lists months, newest first, each rate beside its completeness; scarce data is unknown', () => {
    render(ComplianceCard, props);
    const [, ...rows] = screen.getAllByRole('row');
    const words = (cell: Element): string => cell.textContent?.replace(/\s+/g, ' ').trim() ?? '';
    expect(rows.map((row) => [...row.querySelectorAll('th, td:not(.bars)')].map(words))).toEqual([
      ['Aug 2026 so far', '100.00 %', '100.0 %', '0 h', '0.00 %'],
      ['Jul 2026', '93.21 %', '99.9 %', '37 h', '0.25 %'],
      ['Jun 2026', 'unknown', '41.5 %', '0 h', '0.00 %'],
    ]);
    expect(rows[2]!.querySelectorAll('.unknown')).toHaveLength(1);
    expect(rows[2]!.querySelectorAll('.bar:not(.thin) .fill')).toHaveLength(0);
  });

  test('shows the line end beside the outlet, in Chinese too', () => {
    i18n.locale = 'zh-CN';
    render(ComplianceCard, props);
    const card = screen.getByRole('heading', { name: '电压合格率' }).closest('section')!;
    const totals = Array.from(card.querySelectorAll('dl > div'), (e) => e.textContent?.replace(/\s+/g, ''));
    expect(totals).toEqual([
      expect.stringMatching(/99\.12%数据97\.0%$/),
      expect.stringMatching(/9.*88\.50%/),
    ]);
    expect(within(card).getByText('至今').tagName).toBe('SPAN');
  });

  test('says so when no day is over, and when it could not be loaded', () => {
    const empty = { ...compliance, points: [{ ...compliance.points[0]!, months: [] }] };
    const { unmount } = render(ComplianceCard, { ...props, compliance: empty });
    expect(screen.getByText('No day of readings is complete yet.').tagName).toBe('P');
    unmount();
    render(ComplianceCard, { ...props, compliance: null, error: new ApiError(503, 'busy', '') });
    expect(screen.getByText(/^This could not be loaded: The server says/).textContent).toMatch(/busy/);
  });

  test('marks only a month that is not over', () => {
    expect(monthRows(compliance.points[0]!.months).map((m) => m.partial)).toEqual([true, false, false]);
  });
});
