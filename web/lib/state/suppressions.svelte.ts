import { alertApi, type Documents, type Drafts } from '../alertApi.ts';
import { type ApiError, asApiError } from '../api.ts';

const REFRESH_MS = 15_000;

/** Planned outages and silences, and what is changed of them. */
export class SuppressionState {
  outages = $state.raw<readonly Documents['outages'][] | null>(null);
  silences = $state.raw<readonly Documents['silences'][]>([]);
  error = $state.raw<ApiError | null>(null);
  /** Of the last change. */
  fault = $state.raw<ApiError | null>(null);
  busy = $state(false);

  start(): () => void {
    const timer = setInterval(() => void this.load(), REFRESH_MS);
    void this.load();
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    try {
      const [outages, silences] = await Promise.all([alertApi.list('outages'), alertApi.list('silences')]);
      this.outages = outages.items.toSorted((one, other) => one.fromMs - other.fromMs);
      this.silences = silences.items.toSorted((one, other) => other.toMs - one.toMs);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }

  saveOutage(of: Documents['outages'] | null, outage: Drafts['outages']): Promise<boolean> {
    return this.#act(() =>
      of === null
        ? alertApi.create('outages', outage)
        : alertApi.change('outages', of.id, { ...outage, version: of.version }),
    );
  }

  addSilence(silence: Drafts['silences']): Promise<boolean> {
    return this.#act(() => alertApi.create('silences', silence));
  }

  end(kind: 'outages' | 'silences', document: { id: string; version: number }): Promise<boolean> {
    return this.#act(() => alertApi.end(kind, document));
  }

  /** @returns whether it was done */
  async #act(run: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.fault = null;
    try {
      await run();
      return true;
    } catch (error) {
      this.fault = asApiError(error);
      return false;
    } finally {
      this.busy = false;
      await this.load();
    }
  }
}
