import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import Failure from '../../web/components/Failure.svelte';
import { api, ApiError, type SystemStatus } from '../../web/lib/api.ts';
import { live } from '../../web/lib/state/live.svelte.ts';
import { site } from '../../web/lib/state/site.svelte.ts';
import { snapshot } from './fixtures.ts';

const away = new ApiError(0, 'network', '');
const status = {
  timeZone: 'Asia/Shanghai',
  version: '1',
  seasons: { summer: { from: '06-15', to: '09-15' }, winter: { from: '12-01', to: '02-28' } },
  components: [] as SystemStatus['components'],
} as SystemStatus;

class SilentSource {
  addEventListener(): void {}
  close(): void {}
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', SilentSource);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('times are in UTC, and said to be, until the server tells its zone; it is asked again ever more slowly', async () => {
  const ask = vi.spyOn(api, 'system').mockRejectedValue(away);
  const stop = site.start();
  expect([site.timeZone, site.known, site.late]).toEqual(['UTC', false, false]);
  await vi.advanceTimersByTimeAsync(0);
  expect(site.late).toBe(true);
  for (const [ms, asked] of [
    [999, 1],
    [1, 2],
    [1_999, 2],
    [1, 3],
    [4_000, 4],
    [8_000, 5],
    [16_000, 6],
    [30_000, 7],
    [30_000, 8],
  ] as const) {
    await vi.advanceTimersByTimeAsync(ms);
    expect(ask).toHaveBeenCalledTimes(asked);
  }
  ask.mockResolvedValue(status);
  await vi.advanceTimersByTimeAsync(30_000);
  expect([site.timeZone, site.known, site.late, site.retry.atMs]).toEqual([
    'Asia/Shanghai',
    true,
    false,
    null,
  ]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(ask).toHaveBeenCalledTimes(9);
  stop();
});

test('the first picture is asked for until it comes', async () => {
  const ask = vi.spyOn(api, 'map').mockRejectedValue(away);
  const stop = live.start();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(ask).toHaveBeenCalledTimes(2);
  expect([live.error, live.picture]).toEqual([away, null]);
  expect(live.retry.atMs).not.toBeNull();
  ask.mockResolvedValue(snapshot());
  await vi.advanceTimersByTimeAsync(2_000);
  expect([live.error, live.retry.atMs, live.picture?.grid.rows]).toEqual([null, null, 3]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(ask).toHaveBeenCalledTimes(3);
  stop();
});

test('nothing is asked for any more after the page is gone', async () => {
  const asks = [
    vi.spyOn(api, 'map').mockRejectedValue(away),
    vi.spyOn(api, 'system').mockRejectedValue(away),
  ];
  const stops = [live.start(), site.start()];
  await vi.advanceTimersByTimeAsync(10);
  stops.forEach((stop) => stop());
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asks.map((ask) => ask.mock.calls.length)).toEqual([1, 1]);
});

test('a failure that is tried again by itself says when', () => {
  render(Failure, { error: away, retryInMs: 4_200 });
  expect(screen.getByRole('alert').textContent).toContain('Trying again in 4\u202fs.');
});
