import { isUnfinished } from '../../core/forecast/history.ts';
import { nextSeason, seasonOf } from '../../core/forecast/season.ts';
import { dayStart } from '../../core/localTime.ts';
import { OUTLET_POINT } from '../../core/reading.ts';
import type { DailySummary } from '../../core/summary.ts';
import type { Database, ReadingStore } from '../../ports.ts';
import { isWeatherForecast, seasonWishes, today, type ScheduleDeps } from './schedule.ts';
import type { RunWish } from './planner.ts';

/** What nobody should have to ask for, nor wait a night for: the first runs once there is history to make them from. */

/** What comes in may be one of several files, and a start has other work first. */
const SETTLING_MS = 10_000;
/** Share of the registered transformers that were measured on a day of which history is said to be in. */
const MEASURED_SHARE_MIN = 0.5;
/** Late readings are added up some seconds after they came: yesterday is waited for, until so much of it is in. */
const WHOLE_SHARE_MIN = 0.95;
/** So often is looked; what is not in by then may never come. */
const LOOKS_MAX = 12;

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
  let hasStopped = false;
  let looking: Promise<void> = Promise.resolve();
  const lookLater = (looks: number): void => {
    cancel();
    cancel = clock.after(SETTLING_MS, () => {
      looking = looking.then(() => look(looks));
    });
  };
  const look = async (looks: number): Promise<void> => {
    try {
      if (looks < LOOKS_MAX && !(await isYesterdayIn(deps))) {
        if (!hasStopped) lookLater(looks + 1);
        return;
      }
      for (const wish of await firstWishes(deps)) await deps.request(wish);
    } catch (error) {
      log.warn({ err: error }, 'a first run of the forecast was not begun');
    }
  };
  return {
    dataArrived: () => lookLater(1),
    /** Resolves when it looks no more. */
    async stop() {
      hasStopped = true;
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

/** Whether yesterday is added up for as many transformers as the day before, bar some. */
async function isYesterdayIn(deps: FirstRunDeps): Promise<boolean> {
  const [yesterday, before] = [today(deps) - 1, today(deps) - 2];
  const whole = (await outletsOn(yesterday, deps)).filter((row) => !isUnfinished(row)).length;
  return whole >= WHOLE_SHARE_MIN * (await measuredOn(before, deps));
}

async function measuredOn(day: number, deps: FirstRunDeps): Promise<number> {
  return (await outletsOn(day, deps)).length;
}

async function outletsOn(day: number, { store, offset }: FirstRunDeps): Promise<DailySummary[]> {
  const rows = await store.dailies({ fromMs: dayStart(day, offset), toMs: dayStart(day + 1, offset) });
  return rows.filter(({ point }) => point === OUTLET_POINT);
}

function middleOf({ firstDay, lastDay }: { firstDay: number; lastDay: number }): number {
  return Math.floor((firstDay + lastDay) / 2);
}
