import type { InferResponseType } from 'hono/client';
import type { BacktestReport, ReportShares } from '../../server/core/forecast/backtestReport.ts';
import { answerOf } from './api.ts';
import { BASE, client } from './client.ts';

const run = client.readiness[':runId'];

export type Readiness = InferResponseType<typeof client.readiness.$get, 200>;
export type ReadinessRun = NonNullable<Readiness['run']>;
export type ReadinessPage = InferResponseType<typeof run.$get, 200>;
export type ReadinessItem = ReadinessPage['items'][number];
export type ReadinessDetail = InferResponseType<(typeof run.transformers)[':transformerId']['$get'], 200>;
export type TriedMeasure = ReadinessDetail['measures'][number];
export type Finding = TriedMeasure['notes'][number];
export type BudgetCurve = InferResponseType<(typeof run)['budget-curve']['$get'], 200>;
export type ReadinessAreas = InferResponseType<typeof run.areas.$get, 200>;
export type AreaSum = ReadinessAreas['areas'][number];
export type FeederSum = ReadinessAreas['feeders'][number];
export type Sensitivity = Readiness['sensitivities'][number];
export type ProtectionEntry = InferResponseType<typeof run.protection.$get, 200>['items'][number];
export type RegisteredMeasure = InferResponseType<typeof client.measures.$get, 200>['items'][number];
/** Without its counts for who does not see all areas. */
export type SeenReport = BacktestReport | ReportShares;

export type Status = ReadinessItem['status'];
export type CauseKind = NonNullable<ReadinessItem['cause']>['kind'];

/** What the ranking is narrowed to; an empty text is no filter. */
export interface RankingFilter {
  area: string;
  feeder: string;
  status: Status | '';
  cause: CauseKind | '';
  important: boolean;
}

function queryOf({ area, feeder, status, cause, important }: RankingFilter) {
  return {
    ...(area === '' ? {} : { area }),
    ...(feeder === '' ? {} : { feeder }),
    ...(status === '' ? {} : { status }),
    ...(cause === '' ? {} : { cause }),
    ...(important ? { important: 'true' as const } : {}),
  };
}

/** Calls about readiness and the register of measures. */
export const readinessApi = {
  season: (season: string | null) =>
    answerOf(client.readiness.$get({ query: season === null ? {} : { season } })),
  request: (season: string, kind: 'forecast' | 'backtest') =>
    answerOf(client.readiness.$post({ json: { season, kind } })),
  /** The forecast of a season with every weather year so many K warmer. */
  shift: (season: string, addedK: number) =>
    answerOf(client.readiness.$post({ json: { season, kind: 'sensitivity', addedK } })),
  areas: (runId: string) => answerOf(run.areas.$get({ param: { runId } })),
  areasUrl: (runId: string) => `${BASE}/readiness/${encodeURIComponent(runId)}/areas.csv`,
  page: (runId: string, filter: RankingFilter, cursor: string | null) =>
    answerOf(
      run.$get({
        param: { runId },
        query: { ...queryOf(filter), ...(cursor === null ? {} : { cursor }), limit: 100 },
      }),
    ),
  detail: (runId: string, transformerId: string) =>
    answerOf(run.transformers[':transformerId'].$get({ param: { runId, transformerId } })),
  budgetCurve: (runId: string, by: BudgetCurve['by'], { area, feeder }: RankingFilter) =>
    answerOf(
      run['budget-curve'].$get({
        param: { runId },
        query: { ...queryOf({ area, feeder, status: '', cause: '', important: false }), by },
      }),
    ),
  protection: (runId: string) => answerOf(run.protection.$get({ param: { runId } })),
  fileUrl: (runId: string, filter: RankingFilter, extension: 'csv' | 'xlsx') =>
    `${BASE}/readiness/${encodeURIComponent(runId)}/ranking.${extension}?${new URLSearchParams(queryOf(filter))}`,
  measures: (season: string) => answerOf(client.measures.$get({ query: { season } })),
  plan: (json: {
    transformerId: string;
    seasonId: string;
    runId: string;
    kind: TriedMeasure['kind'];
    /** Index among the measures that were tried. */
    tried: number;
  }) => answerOf(client.measures.$post({ json })),
  change: (id: string, json: { version: number; state: 'planned' | 'done' | 'dropped'; doneMs?: number }) =>
    answerOf(client.measures[':id'].$put({ param: { id }, json })),
  verify: (id: string) => answerOf(client.measures[':id'].verify.$post({ param: { id } })),
};
