import { DAY_MS, HOUR_MS } from '../localTime.ts';
import type { WeatherSample } from '../reading.ts';

/** Whose weather forecast a measured station goes by. */

/** What was forecast is compared with what was measured over so long. */
export const COMPARED_MS = 14 * DAY_MS;
/** Fewer common hours do not tell one place from another. */
const COMMON_HOURS_MIN = 24;

type Sample = Pick<WeatherSample, 'tsMs' | 'tempC'>;

/**
 * Which of several stations that only forecast stands in for a measured one: the only one there is, else the one whose
 * forecasts of the last days came closest to what was measured (no station has a place, so temperature has to tell). Null
 * where that cannot be told.
 */
export function standInForecast(
  measured: readonly Sample[],
  candidates: ReadonlyMap<string, readonly Sample[]>,
): string | null {
  if (candidates.size === 1) return [...candidates.keys()][0]!;
  const errors = [...candidates].map(([stationId, forecast]) => ({
    stationId,
    errorK: meanErrorK(measured, forecast),
  }));
  // One that cannot be compared may be the nearest.
  if (errors.length === 0 || errors.some(({ errorK }) => errorK === null)) return null;
  return errors.reduce((best, other) => (other.errorK! < best.errorK! ? other : best)).stationId;
}

/** Mean absolute difference at common clock hours, K; null with fewer than a day of them. */
function meanErrorK(measured: readonly Sample[], forecast: readonly Sample[]): number | null {
  const tempC = new Map(measured.map((sample) => [Math.floor(sample.tsMs / HOUR_MS), sample.tempC]));
  let sumK = 0;
  let hours = 0;
  for (const sample of forecast) {
    const atC = tempC.get(Math.floor(sample.tsMs / HOUR_MS));
    if (atC === undefined) continue;
    sumK += Math.abs(sample.tempC - atC);
    hours++;
  }
  return hours < COMMON_HOURS_MIN ? null : sumK / hours;
}
