import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ThresholdOutcome } from '../pipeline/thresholdReplay.ts';
import { problemOf, type RunningService } from './service.ts';

interface ServiceLine {
  progress?: { share: number };
  report?: ThresholdOutcome;
  problem?: { title: string; detail: string };
}

/** Lets the running service replay a rule and follows its lines of JSON to the report. */
export async function replayThroughService(
  service: RunningService,
  { tree, fromMs, toMs, areaId }: { tree: unknown; fromMs: number; toMs: number; areaId: string | null },
  onProgress: (share: number) => void,
): Promise<ThresholdOutcome> {
  const answer = await fetch(new URL('/api/v1/replays', service.url), {
    method: 'POST',
    headers: { ...service.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ rule: tree ?? {}, fromMs, toMs, ...(areaId === null ? {} : { areaId }) }),
  });
  if (!answer.ok || answer.body === null) throw new Error(await problemOf(answer));
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  for await (const text of createInterface({ input: body })) {
    const line = JSON.parse(text) as ServiceLine;
    if (line.progress !== undefined) onProgress(line.progress.share);
    if (line.report !== undefined) return line.report;
    if (line.problem !== undefined) throw new Error(`${line.problem.title}: ${line.problem.detail}`);
  }
  throw new Error('the service ended the answer before its report; start it again');
}
