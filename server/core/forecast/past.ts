import type { Transformer } from '../grid.ts';
import { DAY_MS } from '../localTime.ts';
import { yearsEarlier } from './calendar.ts';
import type { ForecastInput, SeasonOutcome } from './forecast.ts';
import { seasonOutcome } from './outcome.ts';
import type { Season } from './season.ts';
import { lowLimitV } from './supplyLimits.ts';

/** What the registry and the measurements said at an earlier time. */

/** The same season of an earlier year. */
export function seasonBefore(season: Season, years: number): Season {
  return {
    id: `${season.kind}-${season.year - years}`,
    kind: season.kind,
    year: season.year - years,
    firstDay: yearsEarlier(season.firstDay, years),
    lastDay: yearsEarlier(season.lastDay, years),
    originDay: yearsEarlier(season.originDay, years),
  };
}

/** What was measured in a season, whether or not it is enough for a label. */
export function measuredSeason(
  input: ForecastInput,
  transformer: Transformer,
  season: Season,
): SeasonOutcome {
  const { coverageMinPct } = input.options;
  const options = { lowV: lowLimitV(transformer, input), coverageMinPct, breakDays: [] };
  return seasonOutcome(transformer.id, input.histories.get(transformer.id), season, options);
}

/** The input as it stood at the origin of a season: nameplates of that day, changes up to it. */
export function inputAt(input: ForecastInput, season: Season): ForecastInput {
  const endMs = (season.originDay + 1) * DAY_MS;
  const versions = new Map(
    [...input.versions].map(([id, all]) => [id, all.filter((version) => version.validFromMs < endMs)]),
  );
  const transformers = input.transformers.map(
    (transformer): Transformer => versions.get(transformer.id)?.at(-1)?.transformer ?? transformer,
  );
  return { ...input, season, transformers, versions };
}
