import type { Kept } from './bookEdit.ts';
import type { BookSettings } from './bookSettings.ts';
import type { Link } from './conditionFamily.ts';
import { levelOf, type Level } from './feederLevels.ts';
import type { EvidenceNow, GridEvidence } from './gridEvidence.ts';
import type { GridPlaces } from './gridPlaces.ts';

/** Assumed of a device that has not said how often it reads. */
const INTERVAL_DEFAULT_S = 900;

/** The evidence of one step, asked for once. */
export class EvidenceView {
  readonly places: GridPlaces;
  readonly settings: BookSettings;
  readonly nowMs: number;
  #evidence: GridEvidence;
  #now = new Map<string, EvidenceNow | null>();
  #levels = new Map<string, readonly Level[]>();

  constructor(evidence: GridEvidence, places: GridPlaces, settings: BookSettings, nowMs: number) {
    this.#evidence = evidence;
    this.places = places;
    this.settings = settings;
    this.nowMs = nowMs;
  }

  now(transformerId: string): EvidenceNow | null {
    let now = this.#now.get(transformerId);
    if (now === undefined) this.#now.set(transformerId, (now = this.#evidence.now(transformerId)));
    return now;
  }

  beforeV(transformerId: string, atMs: number): number {
    return this.#evidence.beforeV(transformerId, atMs);
  }

  /** All transformers of a feeder beside their own yesterday. */
  levels(feederId: string): readonly Level[] {
    let levels = this.#levels.get(feederId);
    if (levels === undefined) {
      levels = this.places.onFeeder(feederId).map((t) => levelOf(t, this));
      this.#levels.set(feederId, levels);
    }
    return levels;
  }

  intervalMs(transformerId: string): number {
    const intervalS = this.now(transformerId)?.intervalS ?? NaN;
    return (intervalS > 0 ? intervalS : INTERVAL_DEFAULT_S) * 1000;
  }

  /** How far apart onsets of this kind may be and still be together. */
  windowMs(transformerId: string, link: Link): number {
    if (link === 'slow') return this.settings.slowTogetherS * 1000;
    return this.settings.togetherS * 1000 + this.intervalMs(transformerId);
  }

  /** Transformers without supply by which a whole feeder is; small feeders count as out when all of it is. */
  #enough(feederId: string): number {
    const { feederCount, feederSharePct } = this.settings;
    const total = this.places.onFeeder(feederId).length;
    return Math.min(Math.max(feederCount, (feederSharePct / 100) * total), total);
  }

  /** Feeders whose outage an incident is, and which last. */
  feedersOut({ set }: Kept): Set<string> {
    const out = new Map<string, number>();
    for (const { condition, clearedMs, transformerId } of set.members) {
      if (condition !== 'outage' || clearedMs !== null) continue;
      const feederId = this.places.feederOf(transformerId);
      if (feederId !== null) out.set(feederId, (out.get(feederId) ?? 0) + 1);
    }
    return new Set([...out].filter(([id, count]) => count >= this.#enough(id)).map(([id]) => id));
  }

  /** Whether an incident is the outage of a whole feeder, and lasts. */
  isFeederOut({ set }: Kept, feederId: string): boolean {
    const enough = this.#enough(feederId);
    if (enough === 0 || (set.feeders.get(feederId) ?? 0) < enough) return false;
    let out = 0;
    for (const m of set.members) {
      if (m.condition !== 'outage' || m.clearedMs !== null) continue;
      if (this.places.feederOf(m.transformerId) === feederId && ++out >= enough) return true;
    }
    return false;
  }
}
