import type { Config } from '../config.ts';
import { parseSeason, type Season } from '../core/forecast/season.ts';
import { seasonWindowsOf } from '../planSide.ts';
import { UsageError } from '../usageError.ts';

/** The season of that name, whether a service runs or not. @throws UsageError where the text names none */
export function requireSeason(id: string, config: Pick<Config, 'seasons'>): Season {
  const season = parseSeason(id, seasonWindowsOf(config));
  if (season !== null) return season;
  throw new UsageError(`There is no season "${id}": summer-2027 or winter-2026.`);
}
