import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../web/lib/api.ts';
import { type Readiness, type ReadinessAreas, readinessApi } from '../../web/lib/readinessApi.ts';
import { parseReadinessAddress, readinessPath } from '../../web/lib/readinessAddress.ts';
import { NO_FILTER, ReadinessState } from '../../web/lib/state/readiness.svelte.ts';

/** A season with a run that is done, as far as the state looks at it. */
function standingOf(year: number): Readiness {
  const season = { id: `summer-${year}`, kind: 'summer', year, firstDay: 0, lastDay: 92, originDay: -1 };
  const none = { run: null, running: null, failed: null };
  return {
    ...none,
    season,
    run: { id: `R${year}`, state: 'done' },
    lastSeason: { ...none, season },
    sensitivities: [],
  } as unknown as Readiness;
}

const NO_AREAS: ReadinessAreas = { areas: [], feeders: [], seasons: [] };

beforeEach(() => {
  vi.spyOn(readinessApi, 'season').mockImplementation((id) =>
    Promise.resolve(standingOf(Number(id?.slice('summer-'.length)))),
  );
  vi.spyOn(readinessApi, 'measures').mockResolvedValue({ items: [] });
  vi.spyOn(readinessApi, 'areas').mockResolvedValue(NO_AREAS);
  vi.spyOn(readinessApi, 'page').mockResolvedValue({ items: [], cursor: 'next', total: 1 } as never);
  vi.spyOn(readinessApi, 'budgetCurve').mockResolvedValue({ points: [] } as never);
  vi.spyOn(readinessApi, 'protection').mockResolvedValue({ items: [] });
});
afterEach(() => vi.restoreAllMocks());

test('areas of a season that is no longer looked at do not take the place of those that are', async () => {
  let answer: (areas: ReadinessAreas) => void = () => undefined;
  vi.mocked(readinessApi.areas).mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const state = new ReadinessState();
  const slow = state.load('summer-2026');
  await vi.waitFor(() => expect(readinessApi.areas).toHaveBeenCalledTimes(1));
  await state.load('summer-2027');
  answer(NO_AREAS);
  await slow;
  expect([...state.areas.keys()]).toEqual(['R2027']);
});

test('what failed is asked for by the next load, what is here is not asked for twice', async () => {
  vi.mocked(readinessApi.areas).mockRejectedValueOnce(new Error('gone'));
  const state = new ReadinessState();
  await state.load('summer-2027');
  expect(state.cursor).toBeNull();
  await state.load();
  expect(state.error).toBeNull();
  expect(state.cursor).toBe('next');
  await state.load();
  expect(readinessApi.page).toHaveBeenCalledTimes(1);
  expect(readinessApi.measures).toHaveBeenCalledTimes(1);
});

test('a register that was overtaken on its way is asked for again', async () => {
  let answer: (measures: { items: [] }) => void = () => undefined;
  vi.mocked(readinessApi.measures).mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const state = new ReadinessState();
  const slow = state.load('summer-2027');
  await vi.waitFor(() => expect(readinessApi.measures).toHaveBeenCalledTimes(1));
  const again = state.load();
  answer({ items: [] });
  await Promise.all([slow, again]);
  expect(readinessApi.measures).toHaveBeenCalledTimes(2);
});

test('a run that is refused stays refused on the page, one that is taken is looked for', async () => {
  const request = vi.spyOn(readinessApi, 'request');
  request.mockRejectedValueOnce(new ApiError(403, 'Not allowed', '')).mockResolvedValueOnce({} as never);
  const state = new ReadinessState();
  await state.load('summer-2027');
  await state.request('forecast', 'summer-2027');
  expect(state.error?.status).toBe(403);
  await state.request('forecast', 'summer-2027');
  expect(state.error).toBeNull();
  expect(readinessApi.season).toHaveBeenCalledTimes(2);
});

test('who waits for the first run is shown it when it has begun by itself', async () => {
  vi.useFakeTimers();
  const none = { ...standingOf(2027), run: null };
  vi.mocked(readinessApi.season).mockResolvedValueOnce(none);
  const state = new ReadinessState();
  await state.load('summer-2027');
  expect(state.standing?.run).toBeNull();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(state.standing?.run?.id).toBe('R2027');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readinessApi.season).toHaveBeenCalledTimes(2);
  state.stop();
  vi.useRealTimers();
});

test('a double click plans once', async () => {
  const made = { id: 'M1' } as never;
  const plan = vi.spyOn(readinessApi, 'plan').mockResolvedValue(made);
  const state = new ReadinessState();
  await state.load('summer-2027');
  await Promise.all([state.plan('T1', 'tap', 0), state.plan('T1', 'tap', 0)]);
  expect(plan).toHaveBeenCalledTimes(1);
  await state.plan('T1', 'tap', 0);
  expect(state.measures).toEqual([made]);
});

test('an address holds the season, what the ranking is narrowed to and a transformer', () => {
  const causes = ['overload', 'tap'];
  const query = 'season=winter-2026&area=A%261&feeder=F1&status=at_risk&cause=tap&important=1&t=T+1';
  const address = parseReadinessAddress(query, causes);
  expect(address).toEqual({
    season: 'winter-2026',
    filter: { area: 'A&1', feeder: 'F1', status: 'at_risk', cause: 'tap', important: true },
    transformer: 'T 1',
  });
  expect(readinessPath(address)).toBe(`/readiness?${query}`);
  const usual = parseReadinessAddress('season=monsoon-1&status=bad&cause=gremlins', causes);
  expect(usual).toEqual({ season: null, filter: NO_FILTER, transformer: '' });
  expect(readinessPath(usual)).toBe('/readiness');
});

test('what an address shows is asked for once, and again when something of it is another', async () => {
  const state = new ReadinessState();
  const filter = { ...NO_FILTER, area: 'A1' };
  await state.show('summer-2027', filter);
  expect(vi.mocked(readinessApi.page).mock.calls).toEqual([['R2027', filter, null]]);
  await state.show('summer-2027', { ...filter });
  expect(readinessApi.page).toHaveBeenCalledTimes(1);
  await state.show('summer-2027', NO_FILTER);
  await state.show('summer-2026', NO_FILTER);
  expect(vi.mocked(readinessApi.page).mock.calls.slice(1)).toEqual([
    ['R2027', NO_FILTER, null],
    ['R2026', NO_FILTER, null],
  ]);
});
