import { createRoute } from '@hono/zod-openapi';
import { seesArea, type Principal } from '../../core/access.ts';
import { FORECAST_OPTIONS } from '../../core/forecast/forecast.ts';
import type { ReadinessRun, Standing } from '../../core/forecast/run.ts';
import { daysToCome, TONIGHT_DAYS, tonightStandings } from '../../core/forecast/tonight.ts';
import { zoneOffset } from '../../core/localTime.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { PROBLEMS } from '../errors.ts';
import { mapForecastSchema, transformerForecastSchema } from '../forecastSchemas.ts';
import { nextDays, type NextDays } from '../nextDays.ts';
import { jsonContent, resource } from '../openapi.ts';
import { readinessQuery } from '../readinessSchemas.ts';
import { requireSeason } from '../readinessSight.ts';
import { detailView, isRowSeen } from '../readinessView.ts';
import { idParam } from '../schemas.ts';
import { requireTransformer } from './transformers.ts';

const UNKNOWN: Standing = { status: 'unknown', pLow: null };

/** The forecast where it is not the subject: on the map and on the page of one transformer. */
export function forecastRoutes(deps: HttpDeps) {
  const offset = zoneOffset(deps.info.timeZone);
  const standings = new StandingsCache(deps);
  return resource()
    .openapi(mapReadinessRoute, async (c) => {
      const season = requireSeason(deps, c.req.valid('query').season);
      const run = await newestRun(deps, season.id);
      const known = run === null ? null : await standings.of(run.id);
      return c.json(
        {
          ...rowsOf(deps, principalOf(c), known),
          season: { ...season },
          run: run === null ? null : originView(run),
          missing: run === null ? ('no-run' as const) : null,
          firstDay: season.firstDay,
          lastDay: season.lastDay,
        },
        200,
      );
    })
    .openapi(mapTonightRoute, async (c) => {
      const next = await nextDays(deps, offset);
      const { run, missing, today } = next;
      return c.json(
        {
          ...rowsOf(deps, principalOf(c), standingsOf(next)),
          season: { ...requireSeason(deps, run?.seasonId) },
          run: run === null ? null : originView(run),
          missing,
          firstDay: today,
          lastDay: run === null ? today + TONIGHT_DAYS - 1 : run.originDay + TONIGHT_DAYS,
        },
        200,
      );
    })
    .openapi(transformerRoute, async (c) => {
      const { id } = c.req.valid('param');
      const who = principalOf(c);
      requireTransformer(deps, id, who);
      const season = requireSeason(deps, undefined);
      const [run, next] = await Promise.all([newestRun(deps, season.id), nextDays(deps, offset)]);
      const row = run === null ? null : await deps.database.readiness.row(run.id, id);
      return c.json(
        {
          season: { ...season },
          run: run === null ? null : originView(run),
          row: row === null || !isRowSeen(row, who) ? null : detailView(row),
          tonight: tonightView(next, id),
        },
        200,
      );
    });
}

async function newestRun({ database }: HttpDeps, seasonId: string): Promise<ReadinessRun | null> {
  const [run] = await database.readiness.list({ kind: 'forecast', seasonId, state: 'done', limit: 1 });
  return run ?? null;
}

/** A run does not change: where its transformers stand is read once for all who ask for the newest. */
class StandingsCache {
  readonly #deps: HttpDeps;
  #kept: { runId: string; standings: Promise<ReadonlyMap<string, Standing>> } | null = null;

  constructor(deps: HttpDeps) {
    this.#deps = deps;
  }

  of(runId: string): Promise<ReadonlyMap<string, Standing>> {
    if (this.#kept?.runId === runId) return this.#kept.standings;
    const standings = this.#deps.database.readiness.standings(runId);
    this.#kept = { runId, standings };
    standings.catch(() => (this.#kept = null));
    return standings;
  }
}

/** Columns of what is in sight, parallel to the map's; who is not in the run is unknown, never ready. */
function rowsOf(
  deps: HttpDeps,
  who: Pick<Principal, 'areaIds'>,
  standings: ReadonlyMap<string, Standing> | null,
) {
  const { version, transformers } = deps.grid();
  const seen = transformers.filter(({ areaId }) => seesArea(who, areaId));
  const rows = standings === null ? [] : seen.map(({ id }) => standings.get(id) ?? UNKNOWN);
  return {
    gridVersion: version,
    status: rows.map(({ status }) => status),
    pLow: rows.map(({ pLow }) => shortened(pLow)),
  };
}

/** Three decimals are enough for a map; what is not certain is not rounded to 1. */
function shortened(pLow: number | null): number | null {
  if (pLow === null || pLow === 1) return pLow;
  return Math.min(0.999, Math.round(1000 * pLow) / 1000);
}

/** Where the map's layers begin is configuration, and a run keeps it. */
function boundsOf({ inputs }: ReadinessRun) {
  return inputs?.options ?? FORECAST_OPTIONS;
}

function originView(run: ReadinessRun) {
  const { id, seasonId, originDay, finishedMs, simulated } = run;
  const { atRiskP, watchP } = boundsOf(run);
  return { id, seasonId, originDay, finishedMs, simulated, atRiskP, watchP };
}

function standingsOf({ run, report, today }: NextDays): ReadonlyMap<string, Standing> | null {
  return run === null ? null : tonightStandings(report, today, boundsOf(run));
}

/** The next days of one transformer. */
function tonightView(next: NextDays, id: string) {
  const { status, pLow } = standingsOf(next)?.get(id) ?? UNKNOWN;
  const item = next.report?.items.find(({ transformerId }) => transformerId === id);
  const unknown = next.report?.unknown.find(({ transformerId }) => transformerId === id);
  return {
    run: next.run === null ? null : originView(next.run),
    missing: next.missing,
    status,
    unknownReason: unknown?.reason ?? null,
    pLow,
    days: item === undefined ? [] : daysToCome(item, next.today).map((day) => ({ ...day })),
  };
}

const mapReadinessRoute = createRoute({
  method: 'get',
  path: '/map/readiness',
  summary: 'Where every transformer stands for a season, by the newest run of it',
  request: { query: readinessQuery },
  responses: {
    200: jsonContent(mapForecastSchema, 'Columns parallel to those of the map snapshot'),
    ...PROBLEMS,
  },
});

const mapTonightRoute = createRoute({
  method: 'get',
  path: '/map/tonight',
  summary: 'Where every transformer stands for the next three days, by the likeliest of them',
  responses: {
    200: jsonContent(mapForecastSchema, 'Columns parallel to those of the map snapshot'),
    ...PROBLEMS,
  },
});

const transformerRoute = createRoute({
  method: 'get',
  path: '/transformers/{id}/forecast',
  summary: 'Forecast of one transformer for the season that runs or comes, and for the next three days',
  request: { params: idParam },
  responses: { 200: jsonContent(transformerForecastSchema, 'The forecast'), ...PROBLEMS },
});
