import { api, type ApiError, asApiError, type MapQualification } from '../api.ts';
import { forecastApi, type MapForecast } from '../forecastApi.ts';

/** After a failure they are not asked for again sooner, nor while there is nothing of this registry. */
const RETRY_MS = 30_000;
/** The server computes the rates again this often at most. */
const RATES_FRESH_MS = 10 * 60_000;
/** A run is made each night, or when a planner asks. */
const FORECAST_FRESH_MS = 5 * 60_000;

/** Columns parallel to the rows of the map, loaded when someone looks at them. */
class MapColumns<C extends { gridVersion: number }> {
  columns = $state.raw<C | null>(null);
  error = $state.raw<ApiError | null>(null);
  readonly #ask: () => Promise<C>;
  readonly #freshMs: (columns: C) => number;
  #askedMs = -Infinity;
  #loading = false;

  constructor(ask: () => Promise<C>, freshMs: (columns: C) => number) {
    this.#ask = ask;
    this.#freshMs = freshMs;
  }

  /** The columns, when they are those of this registry. */
  of(gridVersion: number): C | null {
    return this.columns?.gridVersion === gridVersion ? this.columns : null;
  }

  /** Loads them when there are none, when they are old or of another registry. Cheap to call at any time. */
  async need(gridVersion: number, nowMs: number): Promise<void> {
    const known = this.of(gridVersion);
    const wanted = known === null ? RETRY_MS : this.#freshMs(known);
    const first = this.columns === null && this.error === null;
    if (this.#loading || (!first && nowMs - this.#askedMs < wanted)) return;
    this.#askedMs = nowMs;
    this.#loading = true;
    try {
      this.columns = await this.#ask();
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    } finally {
      this.#loading = false;
    }
  }
}

/** Qualification of all transformers. */
export const qualification = new MapColumns<MapQualification>(
  () => api.mapQualification(),
  () => RATES_FRESH_MS,
);

// Who waits for the first run sees it soon.
const forecastFreshMs = ({ run }: MapForecast): number => (run === null ? RETRY_MS : FORECAST_FRESH_MS);

/** The forecast of all transformers, by the layer that shows it. */
export const forecastColumns = {
  readiness: new MapColumns<MapForecast>(() => forecastApi.mapReadiness(), forecastFreshMs),
  tonight: new MapColumns<MapForecast>(() => forecastApi.mapTonight(), forecastFreshMs),
};
