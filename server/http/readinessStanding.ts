import type { Principal } from '../core/access.ts';
import type { ReadinessRun, RunKind } from '../core/forecast/run.ts';
import type { Season } from '../core/forecast/season.ts';
import type { HttpDeps } from './deps.ts';
import { requireSeason, seenRun, withShare } from './readinessSight.ts';
import { runView } from './readinessView.ts';

/**
 * Where the forecast of a season stands: what is done, under way, failed. Asked for every other second while a run goes on,
 * so it reads the records of a few runs and none of their rows.
 */

/** Shifts that anybody asks for are few; of each the runs of the last days. */
const SENSITIVITIES_READ = 8;

export async function standingView(deps: HttpDeps, who: Principal, season: Season) {
  const last = requireSeason(deps, `${season.kind}-${season.year - 1}`);
  const [own, backtest] = await Promise.all([
    newestRuns(deps, 'forecast', season.id),
    newestRuns(deps, 'backtest', last.id),
  ]);
  return {
    season: { ...season },
    ...(await runsView(deps, who, own)),
    lastSeason: { season: { ...last }, ...(await runsView(deps, who, backtest)) },
    sensitivities: own.done === null ? [] : await sensitivities(deps, who, own.done),
  };
}

interface NewestRuns {
  done: ReadinessRun | null;
  running: ReadinessRun | null;
  failed: ReadinessRun | null;
}

/** The newest run of a kind for a season that is done, one that is under way, and one that failed since. */
async function newestRuns(deps: HttpDeps, kind: RunKind, seasonId: string): Promise<NewestRuns> {
  const newest = async (state: ReadinessRun['state']): Promise<ReadinessRun | null> =>
    (await deps.database.readiness.list({ kind, seasonId, state, limit: 1 }))[0] ?? null;
  const [done, running, failed] = await Promise.all([newest('done'), newest('running'), newest('failed')]);
  const isFailedLater = failed !== null && (done === null || failed.startedMs > done.startedMs);
  return { done, running, failed: isFailedLater ? failed : null };
}

async function runsView(deps: HttpDeps, who: Principal, { done, running, failed }: NewestRuns) {
  return {
    run: done === null ? null : await seenRun(deps, who, done),
    running: running === null ? null : runView(withShare(deps, running), who),
    failed: failed === null ? null : runView(failed, who),
  };
}

/** What was computed beside the run with other weather: from the same origin, the newest of each shift and state. */
async function sensitivities(deps: HttpDeps, who: Principal, run: ReadinessRun) {
  const { seasonId, originDay } = run;
  const runs = await deps.database.readiness.list({
    kind: 'sensitivity',
    seasonId,
    limit: SENSITIVITIES_READ,
  });
  const newest = new Map<string, ReadinessRun>();
  for (const one of runs) {
    const key = `${one.addedK} ${one.state}`;
    if (one.originDay === originDay && !newest.has(key)) newest.set(key, one);
  }
  return Promise.all(
    [...newest.values()].map(async (one) => ({
      run: await seenRun(deps, who, one),
      isSameInput: inputName(one) === inputName(run),
    })),
  );
}

/** What must be the same of two runs for nothing but the shift to lie between them; a run under way has none of it yet. */
function inputName({ inputs }: ReadinessRun): string {
  if (inputs === null) return '';
  const { program, gridVersion, historyChecksum, weatherStations, options } = inputs;
  return JSON.stringify([
    program,
    gridVersion,
    historyChecksum,
    weatherStations,
    { ...options, warmingK: 0 },
  ]);
}

/** The day up to which a sensitivity run may know history: that of the forecast beside which it will stand. */
export async function originBeside(deps: HttpDeps, seasonId: string): Promise<number | null> {
  return (await newestRuns(deps, 'forecast', seasonId)).done?.originDay ?? null;
}
