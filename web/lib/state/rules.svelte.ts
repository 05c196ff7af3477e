import { api, type ApiError, asApiError } from '../api.ts';
import { draftOf, replayRule, type RuleDraft, type ThresholdOutcome } from '../replayRule.ts';

/** The rule in force, a draft beside it, and the replay that runs. */
export class RulesState {
  inForce = $state.raw<RuleDraft | null>(null);
  draft = $state<RuleDraft | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** Share that is done; null while nothing runs. */
  share = $state.raw<number | null>(null);
  outcome = $state.raw<ThresholdOutcome | null>(null);
  #running: AbortController | null = null;

  async load(): Promise<void> {
    try {
      this.inForce = draftOf(await api.rules());
      this.error = null;
      this.reset();
    } catch (error) {
      this.error = asApiError(error);
    }
  }

  reset(): void {
    this.draft = structuredClone(this.inForce);
  }

  async run(span: { fromMs: number; toMs: number; areaId?: string }): Promise<void> {
    if (this.draft === null || this.#running !== null) return;
    const running = new AbortController();
    this.#running = running;
    this.share = 0;
    this.error = null;
    try {
      const rule = $state.snapshot(this.draft);
      this.outcome = await replayRule({ rule, ...span }, (share) => (this.share = share), running.signal);
    } catch (error) {
      if (!running.signal.aborted) this.error = asApiError(error);
    } finally {
      this.#running = null;
      this.share = null;
    }
  }

  stop(): void {
    this.#running?.abort();
  }
}
