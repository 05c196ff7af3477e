import { type ApiError, asApiError } from '../api.ts';
import {
  type BudgetCurve,
  type ProtectionEntry,
  type RankingFilter,
  type Readiness,
  type ReadinessAreas,
  readinessApi,
  type ReadinessItem,
  type RegisteredMeasure,
  type TriedMeasure,
} from '../readinessApi.ts';

const FOLLOW_MS = 2_000;
/** The first run begins by itself: who waits for it is shown it. */
const FIRST_RUN_MS = 10_000;

export const NO_FILTER: Readonly<RankingFilter> = {
  area: '',
  feeder: '',
  status: '',
  cause: '',
  important: false,
};

/** Whether a run is under way that the page shows. */
function isGoingOn({ running, lastSeason, sensitivities }: Readiness): boolean {
  return (
    running !== null ||
    lastSeason.running !== null ||
    sensitivities.some(({ run }) => run.state === 'running')
  );
}

/** One season's readiness: the run, its ranking as far as it was asked for, budget, protection and register. */
export class ReadinessState {
  /** Null: the season that runs, or the next. */
  seasonId = $state.raw<string | null>(null);
  standing = $state.raw<Readiness | null>(null);
  items = $state.raw<readonly ReadinessItem[]>([]);
  cursor = $state.raw<string | null>(null);
  /** What crews buy, and what money buys. */
  budget = $state.raw<Record<BudgetCurve['by'], BudgetCurve> | null>(null);
  protection = $state.raw<readonly ProtectionEntry[]>([]);
  measures = $state.raw<readonly RegisteredMeasure[]>([]);
  /** Areas and feeders by run: of the forecast, of runs with other weather, of the last back-test. */
  areas = $state.raw<ReadonlyMap<string, ReadinessAreas>>(new Map());
  filter = $state.raw<RankingFilter>(NO_FILTER);
  error = $state.raw<ApiError | null>(null);
  #following: ReturnType<typeof setTimeout> | null = null;
  /** Answers to what was asked before something else was are dropped: of the season, and of its ranking. */
  #standings = 0;
  #rankings = 0;
  /** Season whose register, and run whose ranking, is here: what failed or was overtaken is asked for again. */
  #registerOf: string | null = null;
  #rankingOf: string | null = null;
  #isPlanning = false;
  #isShown = false;

  /** Shows a season and what its ranking is narrowed to; what is shown already is not asked for again. */
  async show(seasonId: string | null, filter: RankingFilter): Promise<void> {
    const isOther = JSON.stringify(filter) !== JSON.stringify(this.filter);
    if (this.#isShown && seasonId === this.seasonId) {
      if (isOther) await this.narrow(filter);
      return;
    }
    this.#isShown = true;
    this.filter = filter;
    if (isOther) this.#rankingOf = null;
    await this.load(seasonId);
  }

  async load(seasonId: string | null = this.seasonId): Promise<void> {
    this.seasonId = seasonId;
    const asked = ++this.#standings;
    await this.#try(async () => {
      const standing = await readinessApi.season(seasonId);
      if (asked !== this.#standings) return;
      this.standing = standing;
      if (this.#registerOf !== standing.season.id) {
        const { items } = await readinessApi.measures(standing.season.id);
        if (asked !== this.#standings) return;
        this.measures = items;
        this.#registerOf = standing.season.id;
      }
      const areas = await this.#areasOf(standing);
      if (asked !== this.#standings) return;
      this.areas = areas;
      // The rows are asked for only when there is another run to show.
      if (this.#rankingOf !== (standing.run?.id ?? null)) await this.#rank();
    });
    const { standing } = this;
    if (asked !== this.#standings || standing === null) return;
    if (isGoingOn(standing)) this.#follow(FOLLOW_MS);
    else if (standing.run === null) this.#follow(FIRST_RUN_MS);
  }

  async narrow(filter: RankingFilter): Promise<void> {
    this.filter = filter;
    await this.#try(() => this.#rank());
  }

  async more(): Promise<void> {
    const runId = this.standing?.run?.id;
    if (runId === undefined || this.cursor === null) return;
    const asked = ++this.#rankings;
    await this.#try(async () => {
      const page = await readinessApi.page(runId, this.filter, this.cursor);
      if (asked !== this.#rankings) return;
      this.items = [...this.items, ...page.items];
      this.cursor = page.cursor;
    });
  }

  async request(kind: 'forecast' | 'backtest', seasonId: string): Promise<void> {
    await this.#try(async () => {
      await readinessApi.request(seasonId, kind);
    });
    await this.#unlessRefused();
  }

  /** Asks for the season with weather that is so many K warmer. */
  async shift(addedK: number): Promise<void> {
    const seasonId = this.standing?.season.id;
    if (seasonId === undefined) return;
    await this.#try(async () => {
      await readinessApi.shift(seasonId, addedK);
    });
    await this.#unlessRefused();
  }

  async plan(transformerId: string, kind: TriedMeasure['kind'], tried: number): Promise<void> {
    const { season, run } = this.standing ?? {};
    // The second click of a double click is no second wish.
    if (season === undefined || run === undefined || run === null || this.#isPlanning) return;
    this.#isPlanning = true;
    await this.#try(async () => {
      const made = await readinessApi.plan({
        transformerId,
        seasonId: season.id,
        runId: run.id,
        kind,
        tried,
      });
      // Somebody else may have planned the same: then it is the one that is there.
      this.measures = [made, ...this.measures.filter(({ id }) => id !== made.id)];
    });
    this.#isPlanning = false;
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
    this.#standings++;
    this.#rankings++;
  }

  /** A load that went well would take away why nothing was begun. */
  async #unlessRefused(): Promise<void> {
    if (this.error === null) await this.load();
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

  /** Areas of the runs that are done; those that were not asked for yet are asked for. */
  async #areasOf({ run, lastSeason, sensitivities }: Readiness): Promise<typeof this.areas> {
    const runs = [run, lastSeason.run, ...sensitivities.map((one) => one.run)];
    const ids = runs.flatMap((one) => (one?.state === 'done' ? [one.id] : []));
    const found = await Promise.all(
      ids.map(async (id) => [id, this.areas.get(id) ?? (await readinessApi.areas(id))] as const),
    );
    return new Map(found);
  }

  async #rank(): Promise<void> {
    const asked = ++this.#rankings;
    const runId = this.standing?.run?.id;
    if (runId === undefined) {
      this.items = [];
      this.cursor = null;
      this.budget = null;
      this.protection = [];
      this.#rankingOf = null;
      return;
    }
    const [page, crews, money, { items: protection }] = await Promise.all([
      readinessApi.page(runId, this.filter, null),
      readinessApi.budgetCurve(runId, 'crews', this.filter),
      readinessApi.budgetCurve(runId, 'money', this.filter),
      readinessApi.protection(runId),
    ]);
    if (asked !== this.#rankings) return;
    this.items = page.items;
    this.cursor = page.cursor;
    this.budget = { crews, money };
    this.protection = protection;
    this.#rankingOf = runId;
  }

  #follow(afterMs: number): void {
    if (this.#following !== null) clearTimeout(this.#following);
    this.#following = setTimeout(() => void this.load(), afterMs);
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }
}
