import type { ThresholdOutcome } from '../../server/pipeline/thresholdReplay.ts';
import { ApiError } from './api.ts';

export type { ThresholdOutcome };

/** The settings of a rule that the editor offers, with their bounds. */
export const RULE_FIELDS = [
  { key: 'seriousBelowPu', min: 0.1, max: 1, step: 0.01 },
  { key: 'severeBelowPu', min: 0.1, max: 1, step: 0.01 },
  { key: 'deadbandV', min: 0, max: 20, step: 0.5 },
  { key: 'mildDelayS', min: 0, max: 86_400, step: 60 },
  { key: 'seriousDelayS', min: 0, max: 86_400, step: 60 },
  { key: 'severeDelayS', min: 0, max: 86_400, step: 60 },
  { key: 'clearDelayS', min: 0, max: 86_400, step: 60 },
  { key: 'outageDelayS', min: 0, max: 86_400, step: 60 },
] as const;
export type RuleKey = (typeof RULE_FIELDS)[number]['key'];

export const PROFILES = [
  { id: 'gbt-12325', name: 'GB/T 12325' },
  { id: 'en-50160', name: 'EN 50160' },
  { id: 'ansi-c84.1', name: 'ANSI C84.1' },
] as const;

export interface RuleDraft {
  limits: { profile: string };
  detection: Record<RuleKey, number>;
}

/** What the editor offers of the rule in force. */
export function draftOf(inForce: {
  limits: Record<string, unknown>;
  detection: Record<string, unknown>;
}): RuleDraft {
  const values = RULE_FIELDS.map(({ key }) => [key, Number(inForce.detection[key])]);
  return {
    limits: { profile: String(inForce.limits['profile']) },
    detection: Object.fromEntries(values) as RuleDraft['detection'],
  };
}

/** The draft as lines for `peakvolt.yaml`. */
export function ruleYaml({ limits, detection }: RuleDraft): string {
  const settings = RULE_FIELDS.map(({ key }) => `  ${key}: ${detection[key]}\n`).join('');
  return `limits:\n  profile: ${limits.profile}\ndetection:\n${settings}`;
}

interface Line {
  progress?: { share: number };
  report?: ThresholdOutcome;
  problem?: { title: string; detail: string };
}

/** Replays a draft in the service and follows its lines to the report; an abort ends it there too. */
export async function replayRule(
  request: { rule: RuleDraft; fromMs: number; toMs: number; areaId?: string },
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<ThresholdOutcome> {
  const answer = await fetch('/api/v1/replays', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : new ApiError(0, 'network', '');
  });
  if (!answer.ok || answer.body === null) {
    const { title, detail } = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string };
    throw new ApiError(answer.status, title ?? answer.statusText, detail ?? '');
  }
  for await (const line of linesOf(answer.body)) {
    const { progress, report, problem } = JSON.parse(line) as Line;
    if (progress !== undefined) onProgress(progress.share);
    if (problem !== undefined) throw new ApiError(500, problem.title, problem.detail);
    if (report !== undefined) return report;
  }
  throw new ApiError(0, 'network', '');
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((part) => part !== '');
  }
}
