import {
  type ApiError,
  api,
  asApiError,
  type DeadLetterCount,
  type DeadLetterRecord,
  type RefusalReason,
  type SystemStatus,
  type UnknownTransformer,
} from '../api.ts';
import { session } from './session.svelte.ts';

const REFRESH_MS = 2_000;
const PAGE = 25;

/** What the System page shows: the flow every two seconds, the letters when their number changed. */
export class SystemState {
  status = $state.raw<SystemStatus | null>(null);
  error = $state.raw<ApiError | null>(null);
  counts = $state.raw<readonly DeadLetterCount[]>([]);
  unknown = $state.raw<readonly UnknownTransformer[]>([]);
  letters = $state.raw<readonly DeadLetterRecord[]>([]);
  cursor = $state.raw<string | null>(null);
  reason = $state<RefusalReason | null>(null);
  lettersError = $state.raw<ApiError | null>(null);
  config = $state.raw<Record<string, unknown> | null>(null);
  busy = $state(false);
  #deadLettered = -1;

  start(): () => void {
    const timer = setInterval(() => void this.refresh(), REFRESH_MS);
    void this.refresh();
    void this.#loadConfig();
    return () => clearInterval(timer);
  }

  async refresh(): Promise<void> {
    try {
      this.status = await api.system();
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
      return;
    }
    // Dead letters are of all areas.
    if (!session.may('GET /deadletters')) return;
    const { deadLettered } = this.status.pipeline.conservation;
    if (deadLettered === this.#deadLettered) return;
    this.#deadLettered = deadLettered;
    await this.loadLetters();
  }

  async choose(reason: RefusalReason | null): Promise<void> {
    this.reason = reason;
    await this.loadLetters();
  }

  async loadLetters(): Promise<void> {
    await this.#act(async () => {
      const [counts, unknown, page] = await Promise.all([
        api.deadLetterCounts(),
        api.unknownTransformers(),
        api.deadLetters({ limit: PAGE, ...(this.reason === null ? {} : { reason: this.reason }) }),
      ]);
      this.counts = counts.items;
      this.unknown = unknown.items;
      this.letters = page.items;
      this.cursor = page.cursor;
    });
  }

  async loadMore(): Promise<void> {
    const { cursor, reason } = this;
    if (cursor === null) return;
    await this.#act(async () => {
      const page = await api.deadLetters({ limit: PAGE, cursor, ...(reason === null ? {} : { reason }) });
      this.letters = [...this.letters, ...page.items];
      this.cursor = page.cursor;
    });
  }

  /** Replays one letter, or all of a reason. @returns what became of them, `null` when it failed. */
  async replay(what: { id: string } | { reason: RefusalReason }): Promise<{
    replayed: number;
    refusedAgain: number;
  } | null> {
    const report = await this.#act(() =>
      'id' in what ? api.replayLetter(what.id) : api.replayReason(what.reason),
    );
    await this.loadLetters();
    return report;
  }

  async #loadConfig(): Promise<void> {
    if (!session.may('GET /config')) return;
    try {
      this.config = await api.config();
    } catch {
      this.config = null;
    }
  }

  async #act<T>(run: () => Promise<T>): Promise<T | null> {
    this.busy = true;
    try {
      const result = await run();
      this.lettersError = null;
      return result;
    } catch (error) {
      this.lettersError = asApiError(error);
      return null;
    } finally {
      this.busy = false;
    }
  }
}
