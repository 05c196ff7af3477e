import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import NoReading from '../../web/components/NoReading.svelte';
import PanelLead from '../../web/components/PanelLead.svelte';
import { api, type TransformerDetail } from '../../web/lib/api.ts';
import { forecastApi } from '../../web/lib/forecastApi.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { site } from '../../web/lib/state/site.svelte.ts';
import SidePanel from '../../web/views/SidePanel.svelte';
import { series, snapshot } from './fixtures.ts';
import { transformerForecast } from './forecastFixture.ts';

const AT_MS = Date.parse('2026-07-20T12:00:00Z');
const point = { point: 'outlet', tsMs: AT_MS, intervalS: 60, uaV: 184.2, ubV: 219, ucV: 220 };
const rest = { iaA: 310, ibA: 402, icA: 288, inA: null, pKw: null, qKvar: null, condition: 'serious-low' };
const detail = {
  limits: { nominalV: 220, lowV: 198, highV: 235.4 },
  live: {
    condition: 'serious-low',
    sinceMs: AT_MS,
    tsMs: AT_MS,
    loadPct: 104,
    points: [{ ...point, ...rest }],
  },
  points: [],
} as unknown as TransformerDetail;

class Observer {
  observe(): void {}
  disconnect(): void {}
}

beforeEach(() => {
  site.timeZone = 'Asia/Shanghai';
  vi.stubGlobal('ResizeObserver', Observer);
  vi.spyOn(api, 'transformer').mockResolvedValue(detail);
  vi.spyOn(api, 'readings').mockResolvedValue(series({ tsMs: [] }));
  vi.spyOn(forecastApi, 'ofTransformer').mockResolvedValue(transformerForecast());
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  site.timeZone = 'UTC';
});

describe('the side panel', () => {
  const picture = fromSnapshot(snapshot());
  const props = { picture, row: 1, outlook: null, onclose: () => undefined };

  test('tells of now', async () => {
    render(SidePanel, { ...props, past: null });
    await screen.findByText('lowest A');
    const text = screen.getByRole('complementary').textContent;
    expect(text).toMatch(/184\.2.V\s*serious low\s*lowest A\s*since Jul 20, 20:00/);
    expect(text).not.toContain('Replay');
  });

  test.each([
    [null, /lowest A.*Load.*at risk 94/],
    ['readiness' as const, /at risk 94.*Load/],
  ])('has a line of what is to come, first where the map shows it (%s)', async (outlook, order) => {
    render(SidePanel, { ...props, past: null, outlook });
    await screen.findByText(/lowest hour 181/);
    await screen.findByText('lowest A');
    expect(screen.getByRole('complementary').textContent.replace(/\s+/g, ' ')).toMatch(order);
  });

  test('in the replay leads with that moment, and calls what is of now by its name', async () => {
    const columns = { condition: Uint8Array.of(0, 3, 0), worstV: Float32Array.of(221, 195.5, NaN) };
    render(SidePanel, { ...props, past: { columns, atMs: AT_MS - 7_200_000 } });
    await screen.findByText(/184\.2/);
    const [before, after] = screen
      .getByRole('complementary')
      .textContent!.split('Now, not at the replayed time');
    expect(before).toMatch(/195\.5.V\s*mild low\s*lowest\s*Replay: Jul 20, 18:00/);
    expect(before).not.toContain('184.2');
    expect(after).toContain('184.2');
  });
});

test('a number that was not measured is a dash', () => {
  const props = { of: [], sinceMs: null, replayedMs: AT_MS, timeZone: 'UTC' };
  render(PanelLead, { ...props, volts: null, condition: 'no-data' });
  expect(screen.getByText(/^–/).tagName).toBe('STRONG');
});

test.each([
  [null, 'No reading now. Last reading: Apr 14, 2020, 02:50 GMT+8.'],
  ['tail-1', 'No reading now. Last reading: Apr 13, 2020, 02:50 GMT+8.'],
  ['tail-2', 'No reading yet.'],
])('without a reading now at %s the last one is named, where there is one', (asked, text) => {
  const lastMs = Date.parse('2020-04-13T18:50:00Z');
  const points = [
    { point: 'outlet', firstMs: 0, lastMs, count: 9 },
    { point: 'tail-1', firstMs: 0, lastMs: lastMs - 86_400_000, count: 9 },
  ];
  render(NoReading, { points, point: asked, timeZone: 'Asia/Shanghai' });
  expect(screen.getByText(text).tagName).toBe('P');
});
