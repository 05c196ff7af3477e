import { setTimeout as delay } from 'node:timers/promises';
import type { ReadinessRun } from '../core/forecast/run.ts';
import type { PlanRequest, PlanResult } from './planning.ts';
import { problemOf, type RunningService } from './service.ts';

const ASK_AGAIN_MS = 1_000;

/** Asks the running service for the run, and follows it to its end. */
export async function planThroughService(
  service: RunningService,
  { kind, seasonId, originDay }: PlanRequest,
  onProgress: (share: number) => void,
): Promise<PlanResult> {
  const asked = await ask<ReadinessRun>(service, '/api/v1/readiness', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind, season: seasonId, originDay }),
  });
  const path = `/api/v1/readiness/${encodeURIComponent(asked.id)}`;
  for (;;) {
    const { run } = await ask<RunPage>(service, `${path}?limit=1`);
    if (run.state === 'failed') throw new Error(run.error ?? 'the run failed');
    if (run.state === 'done') break;
    onProgress(run.share);
    await delay(ASK_AGAIN_MS);
  }
  const csv = await (await answerOf(service, `${path}/ranking.csv`)).text();
  const items: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: RunPage = await ask<RunPage>(service, `${path}?limit=1000${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.cursor;
  }
  const { run } = await ask<RunPage>(service, `${path}?limit=1`);
  return { run, csv: csv.replace(/^\uFEFF/, ''), items };
}

interface RunPage {
  run: ReadinessRun;
  items: unknown[];
  cursor: string | null;
}

async function ask<T>(service: RunningService, path: string, init: RequestInit = {}): Promise<T> {
  return (await (await answerOf(service, path, init)).json()) as T;
}

/** @throws with the problem that the service tells */
async function answerOf(service: RunningService, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...service.headers, ...(init.headers as Record<string, string> | undefined) };
  const answer = await fetch(new URL(path, service.url), { ...init, headers });
  if (!answer.ok) throw new Error(await problemOf(answer));
  return answer;
}
