import { nextSeason, seasonOf, type Season, type SeasonWindows } from '../../core/forecast/season.ts';
import { localDayOf } from '../../core/incident/wallTime.ts';
import { dayStart, type ZoneOffset } from '../../core/localTime.ts';
import type { Clock, Database, Logger } from '../../ports.ts';
import type { RunWish } from './planner.ts';

/** When planning runs by itself: each night for the season to come, each morning for the next three days. */

const MINUTE_MS = 60_000;

export interface ScheduleDeps {
  clock: Clock;
  log: Logger;
  offset: ZoneOffset;
  windows: SeasonWindows;
  database: Pick<Database, 'readiness' | 'weather'>;
  /** Clock times of the grid, `HH:MM`. */
  nightlyAt: string;
  morningAt: string;
  /** Nightly runs begin so many days before the season. */
  daysAhead: number;
  request(wish: RunWish): Promise<unknown>;
  /** Judges the measures that are done. */
  judge(): Promise<unknown>;
}

/** Begins; the result ends it. */
export function startSchedule(deps: ScheduleDeps): () => void {
  const cancels = [
    each(deps, deps.nightlyAt, () => nightly(deps)),
    each(deps, deps.morningAt, () => morning(deps)),
  ];
  return () => cancels.forEach((cancel) => cancel());
}

/** Runs at a clock time each day, from its next coming on. */
function each({ clock, log, offset }: ScheduleDeps, at: string, run: () => Promise<void>): () => void {
  const [hour, minute] = at.split(':').map(Number) as [number, number];
  const wait = (): (() => void) => {
    const nowMs = clock.nowMs();
    return clock.after(nextClockTime(nowMs, 60 * hour + minute, offset) - nowMs, () => {
      cancel = wait();
      void run().catch((error: unknown) => log.warn({ err: error }, 'a run of the forecast was not begun'));
    });
  };
  let cancel = wait();
  return () => cancel();
}

/** UTC time of the next local clock time, `minutes` from midnight, after a moment. */
export function nextClockTime(nowMs: number, minutes: number, offset: ZoneOffset): number {
  const day = localDayOf(nowMs, offset);
  const times = [day, day + 1].map((one) => dayStart(one, offset) + minutes * MINUTE_MS);
  return times.find((ms) => ms > nowMs)!;
}

type SeasonDeps = Pick<ScheduleDeps, 'clock' | 'offset' | 'windows' | 'database' | 'daysAhead'>;

/** The back-test first, where there is none yet: it decides what is published. No verdict is worth a night without a forecast. */
async function nightly(deps: ScheduleDeps): Promise<void> {
  await deps
    .judge()
    .catch((error: unknown) => deps.log.warn({ err: error }, 'the measures of the register were not judged'));
  for (const wish of await seasonWishes(deps)) await deps.request(wish);
}

/** What a night asks of the season to come: nothing while it is far. */
export async function seasonWishes(deps: SeasonDeps): Promise<RunWish[]> {
  const season = nextSeason(today(deps), deps.windows);
  if (season.firstDay - today(deps) > deps.daysAhead) return [];
  const last = seasonOf(season.kind, season.year - 1, deps.windows);
  const forecast: RunWish = { kind: 'forecast', season };
  return (await wasScored(deps, last)) ? [forecast] : [{ kind: 'backtest', season: last }, forecast];
}

/** Between seasons, where cold and heat come too, only if weather to come is fed: a run that cannot be made would be a complaint. */
async function morning(deps: ScheduleDeps): Promise<void> {
  const season = nextSeason(today(deps), deps.windows);
  if (season.firstDay > today(deps) && !(await isWeatherForecast(deps))) return;
  await deps.request({ kind: 'tonight', season });
}

/** Whether some of today's weather is known as it was forecast. */
export async function isWeatherForecast(
  deps: Pick<ScheduleDeps, 'clock' | 'offset'> & { database: Pick<Database, 'weather'> },
): Promise<boolean> {
  const day = today(deps);
  const [fromMs, toMs] = [dayStart(day, deps.offset), dayStart(day + 1, deps.offset)];
  return (await deps.database.weather.forecastStations(fromMs, toMs)).length > 0;
}

async function wasScored({ database }: SeasonDeps, { id }: Season): Promise<boolean> {
  const runs = await database.readiness.list({ kind: 'backtest', seasonId: id, limit: 1 });
  return runs.length > 0;
}

/** The local day. */
export function today({ clock, offset }: Pick<ScheduleDeps, 'clock' | 'offset'>): number {
  return localDayOf(clock.nowMs(), offset);
}
