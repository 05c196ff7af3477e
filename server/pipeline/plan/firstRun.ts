import { nextSeason, seasonOf } from '../../core/forecast/season.ts';
import { dayStart } from '../../core/localTime.ts';
import { OUTLET_POINT } from '../../core/reading.ts';
import type { Database, ReadingStore } from '../../ports.ts';
import { isWeatherForecast, seasonWishes, today, type ScheduleDeps } from './schedule.ts';
import type { RunWish } from './planner.ts';

/** What nobody should have to ask for, nor wait a night for: the first runs once there is history to make them from. */

/** What comes in may be one of several files, and a start has other work first. */
const SETTLING_MS = 10_000;
/** Share of the registered transformers that were measured on a day of which history is said to be in. */
const MEASURED_SHARE_MIN = 0.5;

export interface FirstRunDeps extends Omit<ScheduleDeps, 'database' | 'nightlyAt' | 'morningAt' | 'judge'> {
  database: Pick<Database, 'readiness' | 'registry' | 'weather'>;
  store: Pick<ReadingStore, 'dailies'>;
}

/**
 * Looks, some seconds after each `dataArrived`, whether a run is due that was never made, and asks for it.
 */
export function watchForFirstRun(deps: FirstRunDeps): { dataArrived(): void; stop(): Promise<void> } {
  const { clock, log } = deps;
  let cancel = (): void => undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    try {
      for (const wish of await firstWishes(deps)) await deps.request(wish);
    } catch (error) {
      log.warn({ err: error }, 'a first run of the forecast was not begun');
    }
  };
  return {
    dataArrived() {
      cancel();
      cancel = clock.after(SETTLING_MS, () => {
        looking = looking.then(look);
      });
    },
    /** Resolves when it looks no more. */
    async stop() {
      cancel();
      await looking;
    },
  };
}

/** Today's run of the next days where it is missing, then the season to come where no run of it was ever asked for. */
async function firstWishes(deps: FirstRunDeps): Promise<RunWish[]> {
  // Loads are learned from measured weather.
  if ((await deps.database.weather.stations()).length === 0) return [];
  const season = nextSeason(today(deps), deps.windows);
  const last = seasonOf(season.kind, season.year - 1, deps.windows);
  const { transformers } = await deps.database.registry.load();
  const isMeasured = async (day: number): Promise<boolean> =>
    transformers.length > 0 && (await measuredOn(day, deps)) >= MEASURED_SHARE_MIN * transformers.length;
  const wishes: RunWish[] = [];
  // Yesterday may still be under way to the store.
  if ((await isTonightMissing(deps)) && (await isMeasured(today(deps) - 2))) {
    wishes.push({ kind: 'tonight', season });
  }
  const [asked] = await deps.database.readiness.list({ kind: 'forecast', seasonId: season.id, limit: 1 });
  if (asked === undefined && (await isMeasured(middleOf(last)))) {
    wishes.push(...(await seasonWishes(deps)));
  }
  return wishes;
}

/** Weather to come is stored, and nobody has looked at it today. */
async function isTonightMissing(deps: FirstRunDeps): Promise<boolean> {
  const [newest] = await deps.database.readiness.list({ kind: 'tonight', limit: 1 });
  if (newest !== undefined && newest.originDay >= today(deps) - 1) return false;
  return isWeatherForecast(deps);
}

async function measuredOn(day: number, { store, offset }: FirstRunDeps): Promise<number> {
  const rows = await store.dailies({ fromMs: dayStart(day, offset), toMs: dayStart(day + 1, offset) });
  return rows.filter(({ point }) => point === OUTLET_POINT).length;
}

function middleOf({ firstDay, lastDay }: { firstDay: number; lastDay: number }): number {
  return Math.floor((firstDay + lastDay) / 2);
}
