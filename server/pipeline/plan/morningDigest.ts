import type { ReadinessRun } from '../../core/forecast/run.ts';
import type { TonightReport } from '../../core/forecast/tonight.ts';
import { DAY_MS, type ZoneOffset } from '../../core/localTime.ts';
import type { Clock, Database } from '../../ports.ts';

/** Tells people of the next three days once a run of them is done, and after a start of what a stop kept from being told. */

export interface MorningDigestDeps {
  clock: Pick<Clock, 'nowMs'>;
  offset: ZoneOffset;
  database: Pick<Database, 'readiness'>;
  /** Queues the messages; idempotent for a day. */
  tell(report: TonightReport): Promise<void>;
}

/** What a run that an earlier version made does not hold. */
const UNSAID_EARLIER: Pick<TonightReport, 'weather' | 'unusedForecasts'> = {
  weather: [],
  unusedForecasts: [],
};

/** Tells of a run, if it is one of the next three days that is done. */
export async function tellOf({ kind, state, report }: ReadinessRun, deps: MorningDigestDeps): Promise<void> {
  if (kind !== 'tonight' || state !== 'done' || report === null) return;
  await deps.tell({ ...UNSAID_EARLIER, ...(report as TonightReport) });
}

/** Of the newest run that knows all up to yesterday. */
export async function tellMissed(deps: MorningDigestDeps): Promise<void> {
  const { clock, offset, database } = deps;
  const nowMs = clock.nowMs();
  const yesterday = Math.floor((nowMs + offset(nowMs)) / DAY_MS) - 1;
  const [newest] = await database.readiness.list({ kind: 'tonight', state: 'done', limit: 1 });
  if (newest?.originDay === yesterday) await tellOf(newest, deps);
}
