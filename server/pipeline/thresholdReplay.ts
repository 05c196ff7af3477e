import type { GridModel } from '../core/grid.ts';
import type { Limits } from '../core/limits.ts';
import { zoneOffset } from '../core/localTime.ts';
import type { Episode } from '../core/replay/episode.ts';
import { replayReport, type ReplayReport } from '../core/replay/replayReport.ts';
import { ThresholdReplay } from '../core/replay/thresholdReplay.ts';
import type { DetectionSettings } from '../core/settings.ts';
import type { ReadingStore } from '../ports.ts';

/** Beyond this a rule is no rule; what is kept of each is some 150 bytes. */
const EPISODES_MAX = 300_000;

/** A rule to try: what detection is tuned by, and the limits that it gives a point. */
export interface RuleToTry {
  detection: Partial<DetectionSettings>;
  limitsOf(transformerId: string, point: string): Limits;
}

export interface ReplaySpan {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** Areas that are replayed; null: all. */
  areaIds: readonly string[] | null;
}

/** The draft beside the rule in force, over the same means of the same scan. */
export interface ThresholdOutcome {
  fromMs: number;
  toMs: number;
  points: number;
  /** Means that were judged. */
  rows: number;
  draft: ReplayReport;
  inForce: ReplayReport;
}

/**
 * What a rule would have raised over a stretch of stored means, beside what the rule in force would have.
 *
 * @throws when the signal ends it, when the store fails, or when a rule raises more than {@link EPISODES_MAX} conditions.
 */
export async function replayThresholds(
  rules: { draft: RuleToTry; inForce: RuleToTry },
  span: ReplaySpan,
  deps: { store: Pick<ReadingStore, 'scanMeans'>; grid: GridModel; timeZone: string },
  watch: { onProgress?(share: number): void; signal?: AbortSignal } = {},
): Promise<ThresholdOutcome> {
  const feeders = new Map(deps.grid.transformers.map((t) => [t.id, t.feederId]));
  const draft = begin(rules.draft);
  const inForce = begin(rules.inForce);
  let [points, rows] = [0, 0];
  await deps.store.scanMeans({
    ...watch,
    fromMs: span.fromMs,
    toMs: span.toMs,
    transformerIds: idsIn(deps.grid, span.areaIds),
    onPoint(columns) {
      points++;
      rows += columns.tsMs.length;
      for (const { replay, rule } of [draft, inForce]) {
        replay.addPoint(columns, rule.limitsOf(columns.transformerId, columns.point));
      }
    },
  });
  const ground = { feederOf: (id: string) => feeders.get(id), offset: zoneOffset(deps.timeZone) };
  const { fromMs, toMs } = span;
  return {
    fromMs,
    toMs,
    points,
    rows,
    draft: replayReport(draft.episodes, span, ground),
    inForce: replayReport(inForce.episodes, span, ground),
  };
}

function begin(rule: RuleToTry) {
  const episodes: Episode[] = [];
  const replay = new ThresholdReplay(rule.detection, (episode) => {
    if (episodes.push(episode) > EPISODES_MAX) {
      throw new Error(
        `the rule raises more than ${EPISODES_MAX} conditions; take a shorter span, one area, or another limit`,
      );
    }
  });
  return { rule, replay, episodes };
}

/** Transformers that are registered now: the limits of others are not known. */
function idsIn(grid: GridModel, areaIds: readonly string[] | null): ReadonlySet<string> {
  const areas = areaIds === null ? null : new Set(areaIds);
  const inside = grid.transformers.filter((t) => areas === null || areas.has(t.areaId));
  return new Set(inside.map(({ id }) => id));
}
