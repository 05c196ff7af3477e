import type { DetectedCondition, Severity } from '../event.ts';
import { severityRank } from '../incident/severity.ts';
import { OUTLET_POINT } from '../reading.ts';
import type { Episode } from './episode.ts';

/**
 * Incidents of a replay. They are grouped by feeder and time, a low line end by its transformer alone: the root cause that
 * live grouping weighs needs loads and neighbours, which a replay of voltage means does not read.
 */

/** What begins so soon after the latest beginning of an incident of the same feeder is part of it. */
const TOGETHER_MS = 3_600_000;
/** What comes back to a transformer so soon after its incident ended is the same incident again. */
const REOPEN_MS = 900_000;

export interface ReplayIncident {
  /** Null: the transformer has none. */
  feederId: string | null;
  condition: DetectedCondition;
  /** Worst that it reached. */
  severity: Severity;
  startedMs: number;
  /** Null: it lasts beyond the span. */
  endedMs: number | null;
  transformerIds: readonly string[];
  episodes: number;
  worstV: number | null;
  limitV: number | null;
  /** Told at once: serious, severe, or no supply. What is mild goes into the digest. */
  pages: boolean;
}

interface Draft extends ReplayIncident {
  transformerIds: string[];
  latestMs: number;
  endMs: number;
}

/** Groups the episodes of one rule; ascending by start. */
export function replayIncidents(
  episodes: readonly Episode[],
  feederOf: (transformerId: string) => string | undefined,
): ReplayIncident[] {
  const drafts: Draft[] = [];
  const ofFeeder = new Map<string, Draft>();
  const ofTransformer = new Map<string, Draft>();
  for (const episode of episodes.toSorted((left, right) => left.fromMs - right.fromMs)) {
    const feederId = feederOf(episode.transformerId) ?? null;
    const family = familyOf(episode.condition);
    const feederKey = JSON.stringify([feederId ?? episode.transformerId, feederId === null, family]);
    const transformerKey = JSON.stringify([episode.transformerId, family]);
    const isAlone = isLineEndLow(episode);
    const together = isAlone ? undefined : ofFeeder.get(feederKey);
    const again = ofTransformer.get(transformerKey);
    let draft: Draft;
    if (again !== undefined && episode.fromMs <= again.endMs + REOPEN_MS) draft = again;
    else if (together !== undefined && episode.fromMs - together.latestMs <= TOGETHER_MS) draft = together;
    else drafts.push((draft = draftOf(episode, feederId)));
    join(draft, episode);
    ofTransformer.set(transformerKey, draft);
    if (isAlone) continue;
    if (together === undefined || draft.startedMs >= together.startedMs) ofFeeder.set(feederKey, draft);
  }
  return drafts.map(({ latestMs: _latest, endMs: _end, ...incident }) => incident);
}

/** What is low at a line end was lost behind the transformer, on its own line: it says nothing of the feeder. */
function isLineEndLow({ condition, point }: Episode): boolean {
  return condition === 'under-voltage' && point !== OUTLET_POINT;
}

/** Homes are dark either way: a lost supply and a lost phase are one matter. */
function familyOf(condition: DetectedCondition): string {
  return condition === 'phase-loss' ? 'outage' : condition;
}

function draftOf(episode: Episode, feederId: string | null): Draft {
  const { condition, severity, fromMs, worstV, limitV } = episode;
  return {
    feederId,
    condition,
    severity,
    startedMs: fromMs,
    endedMs: fromMs,
    transformerIds: [],
    episodes: 0,
    worstV,
    limitV,
    pages: false,
    latestMs: fromMs,
    endMs: fromMs,
  };
}

function join(draft: Draft, episode: Episode): void {
  draft.episodes++;
  draft.latestMs = Math.max(draft.latestMs, episode.fromMs);
  draft.endMs = Math.max(draft.endMs, episode.toMs ?? Infinity);
  draft.endedMs = draft.endMs === Infinity ? null : draft.endMs;
  if (!draft.transformerIds.includes(episode.transformerId)) draft.transformerIds.push(episode.transformerId);
  if (severityRank(episode.severity) > severityRank(draft.severity)) draft.severity = episode.severity;
  if (isWorse(episode, draft)) {
    draft.worstV = episode.worstV;
    draft.limitV = episode.limitV;
  }
  draft.pages ||= episode.severity !== 'mild' || familyOf(episode.condition) === 'outage';
}

function isWorse(episode: Episode, draft: Draft): boolean {
  if (episode.worstV === null) return false;
  if (draft.worstV === null) return true;
  return episode.condition === 'over-voltage' ? episode.worstV > draft.worstV : episode.worstV < draft.worstV;
}
