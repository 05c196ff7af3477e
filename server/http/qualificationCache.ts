import { pastDays, rateOver } from '../core/compliance.ts';
import type { GridModel } from '../core/grid.ts';
import { zoneOffset } from '../core/localTime.ts';
import { OUTLET_POINT } from '../core/reading.ts';
import type { HttpDeps } from './deps.ts';

/** A past day changes only when late data come: a figure over days may be this old. */
const KEPT_MS = 10 * 60_000;
/** Spans that are kept at once; the pages ask for one. */
const SPANS_MAX = 4;

const NOTHING = { monitoredMin: 0, qualifiedMin: 0, coveredMin: 0 };

/** Outlet figures parallel to the rows of the map snapshot of the same grid version. */
export interface QualificationColumns {
  gridVersion: number;
  days: number;
  ratePct: (number | null)[];
  completenessPct: number[];
}

interface Kept {
  model: GridModel;
  untilMs: number;
  columns: Promise<QualificationColumns>;
}

/**
 * Qualification of all transformers, computed at most once in ten minutes a span and shared by all who ask meanwhile.
 */
export class QualificationCache {
  #deps: Pick<HttpDeps, 'clock' | 'grid' | 'store' | 'info'>;
  #kept = new Map<number, Kept>();

  constructor(deps: Pick<HttpDeps, 'clock' | 'grid' | 'store' | 'info'>) {
    this.#deps = deps;
  }

  /** Of the last `days` local days that are over. Rejects when the store does; that is not kept. */
  columns(days: number): Promise<QualificationColumns> {
    const nowMs = this.#deps.clock.nowMs();
    const model = this.#deps.grid();
    const found = this.#kept.get(days);
    if (found !== undefined && found.model === model && nowMs < found.untilMs) return found.columns;
    const kept: Kept = { model, untilMs: nowMs + KEPT_MS, columns: this.#compute(model, days, nowMs) };
    kept.columns.catch(() => {
      if (this.#kept.get(days) === kept) this.#kept.delete(days);
    });
    this.#kept.delete(days);
    this.#kept.set(days, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > SPANS_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return kept.columns;
  }

  async #compute(model: GridModel, days: number, nowMs: number): Promise<QualificationColumns> {
    const offset = zoneOffset(this.#deps.info.timeZone);
    const span = pastDays(days, nowMs, offset);
    const outlets = (await this.#deps.store.monitoredTimes(span)).filter((t) => t.point === OUTLET_POINT);
    const times = new Map(outlets.map((time) => [time.transformerId, time]));
    const rows = model.transformers.map(({ id }) => rateOver(times.get(id) ?? NOTHING, span));
    return {
      gridVersion: model.version,
      days,
      ratePct: rows.map((row) => row.ratePct),
      completenessPct: rows.map((row) => row.completenessPct),
    };
  }
}
