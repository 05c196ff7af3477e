import { type ApiError, asApiError } from '../api.ts';
import {
  type Budget,
  type ProtectionEntry,
  type RankingFilter,
  type Readiness,
  readinessApi,
  type ReadinessItem,
  type RegisteredMeasure,
  type TriedMeasure,
} from '../readinessApi.ts';

const FOLLOW_MS = 2_000;

export const NO_FILTER: Readonly<RankingFilter> = {
  area: '',
  feeder: '',
  status: '',
  cause: '',
  important: false,
};

/** One season's readiness: the run, its ranking as far as it was asked for, budget, protection and register. */
export class ReadinessState {
  /** Null: the season that runs, or the next. */
  seasonId = $state.raw<string | null>(null);
  standing = $state.raw<Readiness | null>(null);
  items = $state.raw<readonly ReadinessItem[]>([]);
  cursor = $state.raw<string | null>(null);
  budget = $state.raw<Budget | null>(null);
  protection = $state.raw<readonly ProtectionEntry[]>([]);
  measures = $state.raw<readonly RegisteredMeasure[]>([]);
  filter = $state.raw<RankingFilter>(NO_FILTER);
  error = $state.raw<ApiError | null>(null);
  #following: ReturnType<typeof setTimeout> | null = null;
  /** Answers to what was asked before something else was are dropped. */
  #asked = 0;

  async load(seasonId: string | null = this.seasonId): Promise<void> {
    this.seasonId = seasonId;
    await this.#try(async (current) => {
      const standing = await readinessApi.season(seasonId);
      if (!current()) return;
      const isOther = this.standing?.run?.id !== standing.run?.id;
      this.standing = standing;
      this.measures = (await readinessApi.measures(standing.season.id)).items;
      if (isOther) await this.#rank(current);
      if (standing.running !== null) this.#follow();
    });
  }

  async narrow(filter: RankingFilter): Promise<void> {
    this.filter = filter;
    await this.#try((current) => this.#rank(current));
  }

  async more(): Promise<void> {
    const runId = this.standing?.run?.id;
    if (runId === undefined || this.cursor === null) return;
    await this.#try(async (current) => {
      const page = await readinessApi.page(runId, this.filter, this.cursor);
      if (!current()) return;
      this.items = [...this.items, ...page.items];
      this.cursor = page.cursor;
    });
  }

  async request(kind: 'forecast' | 'backtest', seasonId: string): Promise<void> {
    await this.#try(async () => {
      await readinessApi.request(seasonId, kind);
    });
    await this.load();
  }

  async plan(transformerId: string, kind: TriedMeasure['kind'], tried: number): Promise<void> {
    const { season, run } = this.standing ?? {};
    if (season === undefined || run === undefined || run === null) return;
    await this.#try(async () => {
      const made = await readinessApi.plan({
        transformerId,
        seasonId: season.id,
        runId: run.id,
        kind,
        tried,
      });
      this.measures = [made, ...this.measures];
    });
  }

  async change(
    measure: RegisteredMeasure,
    state: 'planned' | 'done' | 'dropped',
    doneMs?: number,
  ): Promise<void> {
    await this.#replace(measure, () =>
      readinessApi.change(measure.id, {
        version: measure.version,
        state,
        ...(doneMs === undefined ? {} : { doneMs }),
      }),
    );
  }

  async verify(measure: RegisteredMeasure): Promise<void> {
    await this.#replace(measure, () => readinessApi.verify(measure.id));
  }

  stop(): void {
    if (this.#following !== null) clearTimeout(this.#following);
    this.#following = null;
    this.#asked++;
  }

  async #replace({ id }: RegisteredMeasure, ask: () => Promise<RegisteredMeasure>): Promise<void> {
    await this.#try(async () => {
      const kept = await ask();
      this.measures = this.measures.map((measure) => (measure.id === id ? kept : measure));
    });
    // Somebody else was faster: show what it is now.
    if (this.error?.status === 409 && this.standing !== null) {
      this.measures = (await readinessApi.measures(this.standing.season.id)).items;
    }
  }

  async #rank(current: () => boolean): Promise<void> {
    const runId = this.standing?.run?.id;
    if (runId === undefined) {
      this.items = [];
      this.cursor = null;
      this.budget = null;
      this.protection = [];
      return;
    }
    const [page, budget, { items: protection }] = await Promise.all([
      readinessApi.page(runId, this.filter, null),
      readinessApi.budget(runId, this.filter),
      readinessApi.protection(runId),
    ]);
    if (!current()) return;
    this.items = page.items;
    this.cursor = page.cursor;
    this.budget = budget;
    this.protection = protection;
  }

  #follow(): void {
    if (this.#following !== null) clearTimeout(this.#following);
    this.#following = setTimeout(() => void this.load(), FOLLOW_MS);
  }

  async #try(work: (current: () => boolean) => Promise<void>): Promise<void> {
    const asked = ++this.#asked;
    try {
      await work(() => asked === this.#asked);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }
}
