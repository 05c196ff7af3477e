import type { ForecastInput } from './forecast.ts';
import { measuredSeason, seasonBefore } from './past.ts';
import type { FeederSum, ReadinessRow, RunSummary, SeenSeason, YearSum } from './run.ts';

/** What a run says of feeders, areas and the whole, added up once when the run ends. */

/** Seasons that are looked back at, at most. */
const SEEN_SEASONS_MAX = 5;

const COUNTED = { at_risk: 'atRisk', watch: 'watch', ready: 'ready', unknown: 'unknown' } as const;

/** Rows added up by area and feeder, in the order of the names. */
export function feederSums(rows: readonly ReadinessRow[]): FeederSum[] {
  const sums = new Map<string, FeederSum>();
  for (const { areaId, feederId, customers, forecast } of rows) {
    const hours = forecast.expectedLowHours ?? 0;
    const one: AreaSum = {
      ...nothing(areaId),
      transformers: 1,
      [COUNTED[forecast.status]]: 1,
      expectedLow: forecast.pLow ?? 0,
      expectedLowHours: hours,
      customerHours: hours * customers,
      coveragePct: forecast.coveragePct ?? 0,
      ...(forecast.weatherYears !== undefined && {
        weatherYears: forecast.weatherYears.flatMap(({ year, lowHours }) =>
          year === null || lowHours === null ? [] : [{ year, lowHours, customerHours: lowHours * customers }],
        ),
      }),
    };
    const key = JSON.stringify([areaId, feederId]);
    sums.set(key, { ...added(sums.get(key) ?? nothing(areaId), one), feederId });
  }
  return [...sums.values()].toSorted(
    (a, b) => compared(a.areaId, b.areaId) || compared(a.feederId, b.feederId),
  );
}

/** An area with the sums of its feeders. */
export type AreaSum = Omit<FeederSum, 'feederId'>;

/** Feeders added up by area. A feeder that supplies two areas is in each with what it has there. */
export function areaSums(feeders: readonly FeederSum[]): AreaSum[] {
  const areas = new Map<string, AreaSum>();
  for (const feeder of feeders) {
    const { areaId } = feeder;
    areas.set(areaId, added(areas.get(areaId) ?? nothing(areaId), feeder));
  }
  return [...areas.values()];
}

/** Where most customer-hours of low voltage are expected comes first; where most is unknown before what is ready. */
export function byBurden(a: AreaSum, b: AreaSum): number {
  return (
    b.customerHours - a.customerHours ||
    b.expectedLow - a.expectedLow ||
    b.unknown - a.unknown ||
    compared(a.areaId, b.areaId)
  );
}

/** The numbers of a run over these feeders. */
export function summaryOfSums(feeders: readonly FeederSum[], published: string): RunSummary {
  const { areaId: _area, expectedLow: _low, coveragePct: _pct, ...sum } = feeders.reduce(added, nothing(''));
  return { ...sum, published };
}

/**
 * What the seasons of the same kind before this one were, by area as the transformers belong to areas now; only seasons of
 * which something is known. A transformer with too few measured days counts among `transformers` alone.
 */
export function seenSeasons(input: ForecastInput): SeenSeason[] {
  const seen: SeenSeason[] = [];
  for (let back = 1; back <= SEEN_SEASONS_MAX; back++) {
    const season = seasonBefore(input.season, back);
    // What was measured after the origin is not read, of a season that was not over then not all.
    if (season.lastDay > input.season.originDay) continue;
    const areas = new Map<string, SeenSeason>();
    for (const transformer of input.transformers) {
      const { areaId, customers } = transformer;
      const outcome = measuredSeason(input, transformer, season);
      let area = areas.get(areaId);
      if (area === undefined) {
        area = { seasonId: season.id, areaId, transformers: 0, known: 0, low: 0, customerHours: 0 };
        areas.set(areaId, area);
      }
      area.transformers += 1;
      if (outcome.low === null) continue;
      area.known += 1;
      area.low += Number(outcome.low);
      area.customerHours += outcome.lowHours * customers;
    }
    if ([...areas.values()].some(({ known }) => known > 0)) seen.push(...areas.values());
  }
  return seen;
}

function nothing(areaId: string): AreaSum {
  const counts = { transformers: 0, atRisk: 0, watch: 0, ready: 0, unknown: 0 };
  const expected = { expectedLow: 0, expectedLowHours: 0, customerHours: 0 };
  return { areaId, ...counts, ...expected, coveragePct: 0 };
}

/** Named as the first; coverage is the mean over both. */
function added(a: AreaSum, b: AreaSum): AreaSum {
  const transformers = a.transformers + b.transformers;
  const covered = a.coveragePct * a.transformers + b.coveragePct * b.transformers;
  return {
    areaId: a.areaId,
    transformers,
    atRisk: a.atRisk + b.atRisk,
    watch: a.watch + b.watch,
    ready: a.ready + b.ready,
    unknown: a.unknown + b.unknown,
    expectedLow: a.expectedLow + b.expectedLow,
    expectedLowHours: a.expectedLowHours + b.expectedLowHours,
    customerHours: a.customerHours + b.customerHours,
    coveragePct: transformers === 0 ? 0 : covered / transformers,
    ...byYear(a.weatherYears, b.weatherYears),
  };
}

/** Only years that both know: stations have records of unlike length. Of whom nothing is expected adds nothing to any. */
function byYear(a: AreaSum['weatherYears'], b: AreaSum['weatherYears']): Pick<AreaSum, 'weatherYears'> {
  if (a === undefined || b === undefined) {
    const one = a ?? b;
    return one === undefined ? {} : { weatherYears: one.toSorted((p, q) => p.year - q.year) };
  }
  const others = new Map(b.map((sum) => [sum.year, sum]));
  return {
    weatherYears: a.flatMap(({ year, lowHours, customerHours }): YearSum[] => {
      const other = others.get(year);
      if (other === undefined) return [];
      return [
        { year, lowHours: lowHours + other.lowHours, customerHours: customerHours + other.customerHours },
      ];
    }),
  };
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
