import { api, type ApiError, asApiError, type Compliance, type MapQualification } from '../api.ts';

/** The server computes it again this often at most. */
const FRESH_MS = 10 * 60_000;
/** After a failure it is not asked again sooner. */
const RETRY_MS = 30_000;

/** Qualification of all transformers, for the map; loaded when someone looks at it. */
class QualificationState {
  columns = $state.raw<MapQualification | null>(null);
  error = $state.raw<ApiError | null>(null);
  #askedMs = -Infinity;
  #loading = false;

  /** The columns, when they are those of this registry. */
  of(gridVersion: number): MapQualification | null {
    return this.columns?.gridVersion === gridVersion ? this.columns : null;
  }

  /** Loads them when there are none, when they are old or of another registry. Cheap to call at any time. */
  async need(gridVersion: number, nowMs: number): Promise<void> {
    const wanted = this.of(gridVersion) === null ? RETRY_MS : FRESH_MS;
    const first = this.columns === null && this.error === null;
    if (this.#loading || (!first && nowMs - this.#askedMs < wanted)) return;
    this.#askedMs = nowMs;
    this.#loading = true;
    try {
      this.columns = await api.mapQualification();
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    } finally {
      this.#loading = false;
    }
  }
}

export const qualification = new QualificationState();

/** Compliance of one transformer by month. */
export class ComplianceState {
  compliance = $state.raw<Compliance | null>(null);
  error = $state.raw<ApiError | null>(null);

  async load(id: string, span: { from: number; to: number }): Promise<void> {
    try {
      this.compliance = await api.compliance(id, span);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }
}
