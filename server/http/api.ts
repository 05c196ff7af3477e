import { OpenAPIHono } from '@hono/zod-openapi';
import type { HttpDeps } from './deps.ts';
import { alertingRoutes } from './routes/alerting.ts';
import { alertRuleRoutes, alertSettingRoutes, contactPointRoutes } from './routes/alertSettings.ts';
import { accountRoutes } from './routes/accounts.ts';
import { auditRoutes } from './routes/audit.ts';
import { authRoutes } from './routes/auth.ts';
import { calendarFeedRoutes } from './routes/calendarFeeds.ts';
import { budgetRoutes } from './routes/budget.ts';
import { complianceRoutes } from './routes/compliance.ts';
import { backtestRoutes } from './routes/backtests.ts';
import { backupRoutes } from './routes/backups.ts';
import { deadLetterRoutes } from './routes/deadLetters.ts';
import { forecastRoutes } from './routes/forecasts.ts';
import { importRoutes } from './routes/imports.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { mapRoutes } from './routes/map.ts';
import { readingRoutes } from './routes/readings.ts';
import { measureRoutes } from './routes/measures.ts';
import { rankingRoutes } from './routes/rankings.ts';
import { readinessAreaRoutes } from './routes/readinessAreas.ts';
import { readinessRoutes } from './routes/readiness.ts';
import { replayRoutes } from './routes/replays.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import { ssoRoutes } from './routes/sso.ts';
import { systemRoutes } from './routes/system.ts';
import { tonightRoutes } from './routes/tonight.ts';
import { transformerRoutes } from './routes/transformers.ts';

/** The resources under `/api/v1`, chained so that `AppType` carries every route's types to the browser. */
export function apiRoutes(deps: HttpDeps) {
  return new OpenAPIHono()
    .route('/', authRoutes(deps))
    .route('/', ssoRoutes(deps))
    .route('/', accountRoutes(deps))
    .route('/', auditRoutes(deps))
    .route('/', mapRoutes(deps))
    .route('/', transformerRoutes(deps))
    .route('/', readingRoutes(deps))
    .route('/', complianceRoutes(deps))
    .route('/', systemRoutes(deps))
    .route('/', deadLetterRoutes(deps))
    .route('/', incidentRoutes(deps))
    .route('/', alertingRoutes(deps))
    .route('/', calendarFeedRoutes(deps))
    .route('/', alertSettingRoutes(deps))
    .route('/', alertRuleRoutes(deps))
    .route('/', contactPointRoutes(deps))
    .route('/', suppressionRoutes(deps))
    .route('/', importRoutes(deps))
    .route('/', replayRoutes(deps))
    .route('/', readinessRoutes(deps))
    .route('/', tonightRoutes(deps))
    .route('/', readinessAreaRoutes(deps))
    .route('/', forecastRoutes(deps))
    .route('/', rankingRoutes(deps))
    .route('/', backtestRoutes(deps))
    .route('/', budgetRoutes(deps))
    .route('/', measureRoutes(deps))
    .route('/', backupRoutes(deps));
}

/** For Hono's typed client: `hc<AppType>('/api/v1')`. */
export type AppType = ReturnType<typeof apiRoutes>;
