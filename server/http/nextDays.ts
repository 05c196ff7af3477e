import type { ReadinessRun } from '../core/forecast/run.ts';
import { TONIGHT_DAYS, type TonightReport } from '../core/forecast/tonight.ts';
import { DAY_MS, dayStart, type ZoneOffset } from '../core/localTime.ts';
import type { HttpDeps } from './deps.ts';

/** Why there is nothing to be said of the season, or of the next days. */
export const MISSING_REASONS = ['no-run', 'no-weather', 'over'] as const;
export type Missing = (typeof MISSING_REASONS)[number];

/** The newest run of the next days, as long as a day of it is to come; else why there is none. */
export type NextDays =
  | { run: ReadinessRun; report: TonightReport; today: number; missing: null }
  | { run: null; report: null; today: number; missing: Missing };

export async function nextDays(deps: HttpDeps, offset: ZoneOffset): Promise<NextDays> {
  const nowMs = deps.clock.nowMs();
  const today = Math.floor((nowMs + offset(nowMs)) / DAY_MS);
  const [run] = await deps.database.readiness.list({ kind: 'tonight', state: 'done', limit: 1 });
  const report = (run?.report ?? null) as TonightReport | null;
  if (run !== undefined && report !== null && report.originDay + TONIGHT_DAYS >= today) {
    // Runs that were kept before do not say who is unlikely: all of them are unknown then, and not ready.
    return { run, report: { ...report, unlikely: report.unlikely ?? [] }, today, missing: null };
  }
  const missing = !(await hasWeather(deps, today, offset))
    ? 'no-weather'
    : report === null
      ? 'no-run'
      : 'over';
  return { run: null, report: null, today, missing };
}

/** Whether some station has a forecast of the next days. */
async function hasWeather({ database }: HttpDeps, today: number, offset: ZoneOffset): Promise<boolean> {
  const [fromMs, toMs] = [dayStart(today, offset), dayStart(today + TONIGHT_DAYS, offset)];
  return (await database.weather.forecastStations(fromMs, toMs)).length > 0;
}
