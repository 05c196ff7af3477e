import { seesArea, type Role } from '../access.ts';
import type { TonightItem, TonightReport } from '../forecast/tonight.ts';
import type { Transformer } from '../grid.ts';
import { DIGEST_TIMES_MIN, nextDigestMs } from './digest.ts';
import { reachOf, type EscalationContext } from './escalate.ts';
import { byFeeder, firstTold } from './foreseen.ts';
import { offsetOf, spanEndMs, wallTimeMs } from './wallTime.ts';

/**
 * Who is told in the morning which transformers may go low in the next three days: one message each, of the areas that
 * are theirs. Nobody is told when no transformer is likely to.
 */

/** `on-call`: whom low voltage there would reach first this evening; `planners`: users of that role. */
export const TONIGHT_READERS = ['on-call', 'planners'] as const;
export type TonightReader = (typeof TONIGHT_READERS)[number];

/** When people go over to the night, minutes from midnight: whose evening it is is asked of the rota at this time. */
const EVENING_MIN = DIGEST_TIMES_MIN.at(-1)!;
/** Quiet spans that are waited out, one after the other; who is always quiet has it with a digest. */
const QUIET_SPANS_MAX = 2;

export interface TonightNotice {
  userId: string;
  /** Areas of which this person is told. */
  areaIds: string[];
  /** When it may go out: not before the morning, and not in quiet hours. */
  sendMs: number;
}

export interface TonightContext extends EscalationContext {
  timeZone: string;
  readers: readonly TonightReader[];
  /** Those with an account, and what of the grid they may see. */
  users: readonly { id: string; role: Role; areaIds: readonly string[] | null }[];
  /** Probability of a low clock hour from which a transformer is likely to go low on a day, 0–1. */
  likelyP: number;
  /** Earliest time of the message on its day, minutes from midnight. */
  morningMin: number;
  transformerOf(id: string): Transformer | null;
}

/** Transformers that are likely to go low on one of the days. */
export function likelyItems({ items }: Pick<TonightReport, 'items'>, likelyP: number): TonightItem[] {
  return items.filter(({ days }) => days.some(({ pLow }) => pLow >= likelyP));
}

/** Empty where nothing is to be said, or where it comes too late: on another day than the first, or in its evening. */
export function tonightNotices(report: TonightReport, context: TonightContext): TonightNotice[] {
  const { nowMs, timeZone, morningMin, users } = context;
  const today = report.originDay + 1;
  const offset = offsetOf(timeZone);
  const eveningMs = wallTimeMs(today, EVENING_MIN, offset);
  if (nowMs < wallTimeMs(today, 0, offset) || nowMs >= eveningMs) return [];
  const earliestMs = Math.max(nowMs, wallTimeMs(today, morningMin, offset));
  const areasOf = readersByArea(report, { ...context, nowMs: eveningMs });
  const notices: TonightNotice[] = [];
  for (const { id, areaIds } of users) {
    const seen = [...(areasOf.get(id) ?? [])].filter((areaId) => seesArea({ areaIds }, areaId));
    if (seen.length === 0) continue;
    notices.push({ userId: id, areaIds: seen.toSorted(), sendMs: afterQuiet(id, earliestMs, context) });
  }
  return notices;
}

/** Areas with something to tell, by the user ids of those who want to know. */
function readersByArea(report: TonightReport, context: TonightContext): Map<string, Set<string>> {
  const areas = new Map<string, Set<string>>();
  const add = (userId: string, areaId: string): void => {
    areas.set(userId, (areas.get(userId) ?? new Set<string>()).add(areaId));
  };
  const likely = likelyItems(report, context.likelyP);
  if (context.readers.includes('planners')) {
    const planners = context.users.filter(
      ({ id, role }) => role === 'planner' && reachOf(id, context) === null,
    );
    for (const { id } of planners) for (const { areaId } of likely) add(id, areaId);
  }
  if (context.readers.includes('on-call')) {
    const transformers = likely.flatMap(({ transformerId }) => context.transformerOf(transformerId) ?? []);
    const foreseen = { id: '', condition: 'under-voltage' as const, fromMs: context.nowMs, feederId: null };
    for (const group of byFeeder(transformers)) {
      for (const userId of firstTold(foreseen, group, context)) add(userId, group[0]!.areaId);
    }
  }
  return areas;
}

/** The first time from `fromMs` on at which it is not someone's quiet hours. */
function afterQuiet(userId: string, fromMs: number, { settings, timeZone }: TonightContext): number {
  const own = settings.people.find(({ id }) => id === userId);
  if (own === undefined || own.quietHours === null) return fromMs;
  let ms = fromMs;
  for (let spans = 0; spans <= QUIET_SPANS_MAX; spans++) {
    const endMs = spanEndMs(own.quietHours, ms, offsetOf(own.timeZone));
    if (endMs === null) return ms;
    ms = endMs;
  }
  return nextDigestMs(fromMs, timeZone);
}
