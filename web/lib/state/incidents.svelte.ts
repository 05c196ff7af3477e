import type { IncidentCommand } from '../../../server/alertPorts.ts';
import {
  alertApi,
  conflictOf,
  type IncidentDetail,
  type IncidentPage,
  type ShownIncident,
} from '../alertApi.ts';
import { type ApiError, asApiError } from '../api.ts';
import { Backoff } from './backoff.svelte.ts';
import { live } from './live.svelte.ts';

/** While the live stream has not yet spoken of incidents, they are asked for this often; then only to be sure. */
const POLL_MS = 5_000;
const POLLS_SKIPPED = 6;
/** A burst of changes asks once. */
const SOON_MS = 300;
/** What a phone draws at once. */
const PAGE = 50;
/** Most that the server gives in one answer. */
const ANSWER_MAX = 500;

type IncidentCounts = NonNullable<IncidentPage['counts']>;

/** Calls `load` when incidents changed, and every few seconds as long as nothing tells of changes. */
function followIncidents(load: () => void): () => void {
  let told = false;
  let polls = 0;
  let soon: ReturnType<typeof setTimeout> | null = null;
  const stopLive = live.onIncidents(() => {
    told = true;
    soon ??= setTimeout(() => {
      soon = null;
      load();
    }, SOON_MS);
  });
  const timer = setInterval(() => {
    polls += 1;
    if (!told || live.connection !== 'live' || polls % POLLS_SKIPPED === 0) load();
  }, POLL_MS);
  load();
  return () => {
    stopLive();
    clearInterval(timer);
    if (soon !== null) clearTimeout(soon);
  };
}

/** What came of a command, for the sentence that is shown. */
export type Acted =
  | { kind: 'done' }
  /** Someone else was first: the incident as it is now. */
  | { kind: 'conflict'; incident: ShownIncident }
  | { kind: 'failed'; error: ApiError };

/** A list of incidents as far as it was opened; loading again keeps what is shown. */
export class IncidentPages {
  items = $state.raw<readonly ShownIncident[] | null>(null);
  counts = $state.raw<IncidentCounts | null>(null);
  /** There are more than are shown. */
  more = $state(false);
  error = $state.raw<ApiError | null>(null);
  readonly retry = new Backoff(() => void this.load());
  readonly #query: { state: 'active' | 'resolved'; suppressed?: 'true' | 'false' };
  #wanted = PAGE;
  #loading = false;
  #again = false;

  constructor(query: { state: 'active' | 'resolved'; suppressed?: 'true' | 'false' }) {
    this.#query = query;
  }

  async load(): Promise<void> {
    // In a storm changes come faster than answers: one more look after this one is enough.
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    do {
      this.#again = false;
      await this.#fetch();
    } while (this.#again);
    this.#loading = false;
  }

  /** Shows a page more. */
  async open(): Promise<void> {
    this.#wanted += PAGE;
    await this.load();
  }

  async #fetch(): Promise<void> {
    try {
      const found: ShownIncident[] = [];
      let cursor: string | null = null;
      let counts: IncidentCounts | null = null;
      do {
        const limit = Math.min(this.#wanted - found.length, ANSWER_MAX);
        const page: IncidentPage = await alertApi.incidents({
          ...this.#query,
          limit,
          ...(cursor === null ? {} : { cursor }),
        });
        found.push(...page.items);
        ({ cursor, counts } = page);
      } while (cursor !== null && found.length < this.#wanted);
      [this.items, this.counts, this.more] = [found, counts, cursor !== null];
      this.error = null;
      this.retry.succeeded();
    } catch (error) {
      this.error = asApiError(error);
      this.retry.failed();
    }
  }
}

/** The unresolved incidents, most urgent first, for list, rail and header; and the names of people. */
class Incidents {
  readonly pages = new IncidentPages({ state: 'active', suppressed: 'false' });
  /** Those that something suppresses: loaded while somebody looks at them. */
  readonly held = new IncidentPages({ state: 'active', suppressed: 'true' });
  heldShown = $state(false);
  people = $state.raw<ReadonlyMap<string, string>>(new Map());
  readonly waiting = $derived(this.pages.counts?.waiting ?? 0);

  start(): () => void {
    const stop = followIncidents(() => void this.load());
    void this.#loadPeople();
    return () => {
      stop();
      this.pages.retry.stop();
      this.held.retry.stop();
    };
  }

  async load(): Promise<void> {
    await Promise.all([this.pages.load(), ...(this.heldShown ? [this.held.load()] : [])]);
  }

  async act({ id, version }: ShownIncident, command: IncidentCommand): Promise<Acted> {
    const acted = await run(id, version, command);
    await this.load();
    return acted;
  }

  async #loadPeople(): Promise<void> {
    try {
      const { items } = await alertApi.people();
      this.people = new Map(items.map(({ id, name }) => [id, name]));
    } catch {
      // Names are a comfort: the ids stand in.
    }
  }
}

export const incidents = new Incidents();

/** One incident with its story, kept fresh. */
export class IncidentState {
  detail = $state.raw<IncidentDetail | null>(null);
  error = $state.raw<ApiError | null>(null);
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  start(): () => void {
    return followIncidents(() => void this.load());
  }

  async load(): Promise<void> {
    try {
      this.detail = await alertApi.incident(this.id);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }

  async act(version: number, command: IncidentCommand): Promise<Acted> {
    // The address may name it by its number.
    const acted = await run(this.detail?.incident.id ?? this.id, version, command);
    await this.load();
    void incidents.load();
    return acted;
  }
}

async function run(id: string, version: number, command: IncidentCommand): Promise<Acted> {
  try {
    await alertApi.act(id, version, command);
    return { kind: 'done' };
  } catch (error) {
    const incident = conflictOf(error);
    return incident === null ? { kind: 'failed', error: asApiError(error) } : { kind: 'conflict', incident };
  }
}
