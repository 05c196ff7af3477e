import type { TonightItem, TonightReport } from '../../core/forecast/tonight.ts';
import type { GridModel } from '../../core/grid.ts';
import { areaNames, registered, transformerNames } from '../../core/gridNames.ts';
import type { AlertFacts, Delivery, TonightFacts, TonightWorst } from '../../core/incident/delivery.ts';
import { likelyItems, tonightNotices, type TonightContext } from '../../core/incident/tonightNotice.ts';
import { DAY_MS } from '../../core/localTime.ts';
import { contactsOf, newDelivery } from './dispatch.ts';
import type { FactsOptions } from './facts.ts';

/** The morning's forecast as messages: one for each reader and day, whatever restarts and however often it is made. */

const WORST_MAX = 5;
const AREAS_MAX = 6;

export interface TonightDigestContext extends Omit<TonightContext, 'transformerOf' | 'timeZone'> {
  model: GridModel;
  options: FactsOptions;
}

/** Rows of the outbox; the same report asked again, or another one of the day, gives rows of the same ids. */
export function tonightDeliveries(
  report: TonightReport,
  { model, options, ...context }: TonightDigestContext,
): Delivery[] {
  const { timeZone } = options;
  const transformerOf = (id: string) => registered(model, id);
  return tonightNotices(report, { ...context, timeZone, transformerOf }).flatMap(
    ({ userId, areaIds, sendMs }) => {
      const [contact] = contactsOf(context.settings, userId);
      if (contact === undefined) return [];
      const seen = within(report, new Set(areaIds));
      const facts = factsOf(seen, context.likelyP, context.nowMs, model, options);
      const day = new Date((report.originDay + 1) * DAY_MS).toISOString().slice(0, '2026-07-16'.length);
      return [newDelivery(`tonight-${day}-${userId}`, contact, facts, context.nowMs, sendMs)];
    },
  );
}

function within(report: TonightReport, areaIds: ReadonlySet<string>): TonightReport {
  const { items, unknown, weather } = report;
  return {
    ...report,
    items: items.filter(({ areaId }) => areaIds.has(areaId)),
    unknown: unknown.filter(({ areaId }) => areaIds.has(areaId)),
    weather: weather.filter((station) => station.areaIds.some((areaId) => areaIds.has(areaId))),
  };
}

function factsOf(
  report: TonightReport,
  likelyP: number,
  nowMs: number,
  model: GridModel,
  options: FactsOptions,
): AlertFacts {
  const likely = likelyItems(report, likelyP);
  const tonight = tonightFacts(report, likely, likelyP, model, options);
  const [worst] = tonight.worst;
  return {
    kind: 'tonight',
    incidentId: null,
    number: null,
    severity: 'mild',
    condition: 'under-voltage',
    place: worst?.place ?? { zh: '', en: '' },
    worstV: worst?.p50V ?? null,
    limitV: null,
    startedMs: nowMs,
    resolvedMs: null,
    ...totals(likely, model),
    cause: null,
    tonight,
    simulated: options.simulated,
    isTest: false,
    url: `${options.publicUrl}/#/?layer=tonight`,
    timeZone: options.timeZone,
  };
}

function tonightFacts(
  { originDay, unknown, weather }: TonightReport,
  likely: readonly TonightItem[],
  likelyP: number,
  model: GridModel,
  { publicUrl }: FactsOptions,
): TonightFacts {
  const dayCount = Math.max(...likely.map(({ days }) => days.length), 0);
  const onDay = (items: readonly TonightItem[], d: number): TonightItem[] =>
    items.filter(({ days }) => (days[d]?.pLow ?? 0) >= likelyP);
  const dayNumbers = Array.from({ length: dayCount }, (_, d) => originDay + 1 + d);
  const areas = [...Map.groupBy(likely, ({ areaId }) => areaId)].toSorted(
    ([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1),
  );
  return {
    likelyP,
    days: dayNumbers.map((day, d) => ({
      day,
      ...totals(onDay(likely, d), model),
      ...temperatures(weather, d),
    })),
    worst: likely
      .map((item) => worstOf(item, model))
      .toSorted((a, b) => a.p50V - b.p50V)
      .slice(0, WORST_MAX),
    areas: areas.slice(0, AREAS_MAX).map(([areaId, items]) => ({
      place: areaNames(model, areaId),
      transformers: dayNumbers.map((_, d) => onDay(items, d).length),
    })),
    moreAreas: Math.max(0, areas.length - AREAS_MAX),
    unknown: unknown.length,
    readinessUrl: `${publicUrl}/#/readiness`,
  };
}

/** The day on which it is lowest. */
function worstOf({ transformerId, customers, days }: TonightItem, model: GridModel): TonightWorst {
  const { day, pLow, p10V, p50V } = days.reduce((worst, other) => (other.p50V < worst.p50V ? other : worst));
  return {
    place: transformerNames(model, transformerId),
    day,
    pLow,
    p10V,
    p50V,
    customers,
    importantCustomers: registered(model, transformerId)?.importantCustomers ?? 0,
  };
}

function totals(
  items: readonly TonightItem[],
  model: GridModel,
): Pick<AlertFacts, 'transformers' | 'customers' | 'importantCustomers'> {
  return {
    transformers: items.length,
    customers: items.reduce((sum, { customers }) => sum + customers, 0),
    importantCustomers: items.reduce(
      (sum, { transformerId }) => sum + (registered(model, transformerId)?.importantCustomers ?? 0),
      0,
    ),
  };
}

/** Over all stations: from the coldest hour of one to the warmest of another. */
function temperatures(
  weather: TonightReport['weather'],
  d: number,
): { minC: number | null; maxC: number | null } {
  const known = (values: (number | null | undefined)[]): number[] =>
    values.filter((value): value is number => typeof value === 'number');
  const mins = known(weather.map(({ days }) => days[d]?.minC));
  const maxs = known(weather.map(({ days }) => days[d]?.maxC));
  return {
    minC: mins.length === 0 ? null : Math.min(...mins),
    maxC: maxs.length === 0 ? null : Math.max(...maxs),
  };
}
