import { describe, expect, it, vi } from 'vitest';
import type { ReadinessRun } from '../../../server/core/forecast/run.ts';
import { SEASON_WINDOWS } from '../../../server/core/forecast/season.ts';
import { DAY_MS, zoneOffset } from '../../../server/core/localTime.ts';
import { watchForFirstRun, type FirstRunDeps } from '../../../server/pipeline/plan/firstRun.ts';
import { recordingLog } from '../../fixtures/world.ts';
import { runOf } from '../../fixtures/readiness.ts';
import { gridModel, handClock, transformer } from '../../http/deps.ts';

const NOW_MS = Date.parse('2027-05-30T20:00+08:00');
const YESTERDAY = Date.parse('2027-05-29T00:00Z') / DAY_MS;
const SETTLED_MS = 60_000;
const shanghai = zoneOffset('Asia/Shanghai');

interface World {
  /** Transformers measured on every day from this one on. */
  measured?: { count: number; fromMs: number };
  runs?: readonly Pick<ReadinessRun, 'kind' | 'seasonId' | 'originDay'>[];
  stations?: number;
  hasForecast?: boolean;
  /** Whether yesterday is added up to its end, at the nth look. */
  isYesterdayWhole?: (look: number) => boolean;
}

const FOUR_YEARS = { count: 4, fromMs: NOW_MS - 1500 * DAY_MS };

function watched({
  measured = FOUR_YEARS,
  runs = [],
  stations = 1,
  hasForecast = true,
  isYesterdayWhole,
}: World) {
  const { clock, advance } = handClock(NOW_MS);
  const wishes: string[] = [];
  let looks = 0;
  const model = gridModel(['T1', 'T2', 'T3', 'T4'].map((id) => transformer(id)));
  const database = {
    registry: { load: async () => model },
    weather: {
      stations: async () => {
        looks++;
        return Array.from({ length: stations }, (_, i) => ({ stationId: `W${i}` }));
      },
      forecastStations: async () => (hasForecast ? ['W0'] : []),
    },
    readiness: {
      list: async ({ kind, seasonId }: { kind: string; seasonId?: string }) =>
        runs.filter((run) => run.kind === kind && (seasonId === undefined || run.seasonId === seasonId)),
    },
  };
  let asked = 0;
  const store = {
    dailies: async ({ fromMs }: { fromMs: number }) => {
      if (fromMs < measured.fromMs) return [];
      const isYesterday = fromMs + 8 * 3_600_000 === YESTERDAY * DAY_MS;
      const validHours = isYesterday && isYesterdayWhole?.(++asked) === false ? 9 : 24;
      return Array.from({ length: measured.count }, () =>
        ['outlet', 'tail-1'].map((point) => ({ point, validHours })),
      ).flat();
    },
  };
  const watch = watchForFirstRun({
    clock,
    log: recordingLog(),
    offset: shanghai,
    windows: SEASON_WINDOWS,
    daysAhead: 180,
    database: database as unknown as FirstRunDeps['database'],
    store: store as unknown as FirstRunDeps['store'],
    request: async ({ kind, season }) => void wishes.push(`${kind} ${season.id}`),
  });
  return {
    wishes,
    looks: () => looks,
    /** Data comes, things settle, and it has looked. */
    async arrive() {
      watch.dataArrived();
      advance(SETTLED_MS);
      await watch.stop();
      expect(looks).toBeGreaterThan(0);
      return wishes;
    },
    watch,
    advance,
  };
}

const ALL = ['tonight summer-2027', 'backtest summer-2026', 'forecast summer-2027'];

describe('first runs', () => {
  it('are made when history of the last same season, weather and a weather forecast are in', async () => {
    expect(await watched({}).arrive()).toEqual(ALL);
  });

  it.each([
    ['the season was asked for before', { runs: [runOf('R', { seasonId: 'summer-2027' })] }, ALL.slice(0, 1)],
    [
      'the last season was scored',
      { runs: [runOf('R', { kind: 'backtest', seasonId: 'summer-2026' })] },
      [ALL[0], ALL[2]],
    ],
    ['today was looked at', { runs: [runOf('R', { kind: 'tonight', originDay: YESTERDAY })] }, ALL.slice(1)],
    ['only a day before was', { runs: [runOf('R', { kind: 'tonight', originDay: YESTERDAY - 1 })] }, ALL],
    ['no weather forecast was fed', { hasForecast: false }, ALL.slice(1)],
    ['no weather is known at all', { stations: 0 }, []],
    ['most transformers have no history', { measured: { ...FOUR_YEARS, count: 1 } }, []],
    [
      'history is younger than that season',
      { measured: { count: 4, fromMs: NOW_MS - 100 * DAY_MS } },
      ALL.slice(0, 1),
    ],
  ] as const)('where %s', async (_, world: World, expected) => {
    expect(await watched(world).arrive()).toEqual(expected);
  });

  it('wait until the last of several files is in', async () => {
    const { watch, advance, looks, arrive } = watched({});
    watch.dataArrived();
    advance(5_000);
    watch.dataArrived();
    advance(5_000);
    expect(looks()).toBe(0);
    expect(await arrive()).toEqual(ALL);
    expect(looks()).toBe(1);
  });

  it('wait for yesterday to be added up, but not for ever', async () => {
    const { watch, advance, wishes } = watched({ isYesterdayWhole: (look) => look > 2 });
    watch.dataArrived();
    for (const expected of [[], [], ALL]) {
      advance(SETTLED_MS);
      await vi.waitFor(() => expect(wishes).toEqual(expected));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const never = watched({ isYesterdayWhole: () => false });
    never.watch.dataArrived();
    await vi.waitFor(() => {
      never.advance(SETTLED_MS);
      expect(never.wishes).toEqual(ALL);
    });
    await watch.stop();
  });

  it('are not asked for after the stop', async () => {
    const { watch, advance, wishes } = watched({});
    watch.dataArrived();
    await watch.stop();
    advance(SETTLED_MS);
    expect(wishes).toEqual([]);
  });
});
