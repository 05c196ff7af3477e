import type { IncidentCommand } from '../../../server/alertPorts.ts';
import { alertApi, conflictOf, type IncidentDetail, type Person, type ShownIncident } from '../alertApi.ts';
import { type ApiError, asApiError } from '../api.ts';
import { byUrgency, isWaiting } from '../incident.ts';
import { Backoff } from './backoff.svelte.ts';
import { live } from './live.svelte.ts';

/** While the live stream has not yet spoken of incidents, they are asked for this often; then only to be sure. */
const POLL_MS = 5_000;
const POLLS_SKIPPED = 6;
/** A burst of changes asks once. */
const SOON_MS = 300;
const PAGE = 200;
const RESOLVED_PAGE = 50;

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

/** The unresolved incidents, most urgent first, for list, rail and header; and the names of people. */
class Incidents {
  active = $state.raw<readonly ShownIncident[] | null>(null);
  error = $state.raw<ApiError | null>(null);
  persons = $state.raw<readonly Person[]>([]);
  people = $state.raw<ReadonlyMap<string, string>>(new Map());
  readonly waiting = $derived((this.active ?? []).filter(isWaiting).length);
  readonly retry = new Backoff(() => void this.load());

  start(): () => void {
    const stop = followIncidents(() => void this.load());
    void this.#loadPeople();
    return () => {
      stop();
      this.retry.stop();
    };
  }

  async load(): Promise<void> {
    try {
      const { items } = await alertApi.incidents({ state: 'active', limit: PAGE });
      this.active = items.toSorted(byUrgency);
      this.error = null;
      this.retry.succeeded();
    } catch (error) {
      this.error = asApiError(error);
      this.retry.failed();
    }
  }

  async act({ id, version }: ShownIncident, command: IncidentCommand): Promise<Acted> {
    const acted = await run(id, version, command);
    await this.load();
    return acted;
  }

  async #loadPeople(): Promise<void> {
    try {
      const { items } = await alertApi.people();
      this.persons = items;
      this.people = new Map(items.map(({ id, name }) => [id, name]));
    } catch {
      // Names are a comfort: the ids stand in.
    }
  }
}

export const incidents = new Incidents();

/** Those that are over, page by page. */
export class ResolvedIncidents {
  items = $state.raw<readonly ShownIncident[] | null>(null);
  cursor = $state.raw<string | null>(null);
  error = $state.raw<ApiError | null>(null);

  async load(more = false): Promise<void> {
    const cursor = more ? this.cursor : null;
    try {
      const page = await alertApi.incidents({
        state: 'resolved',
        limit: RESOLVED_PAGE,
        ...(cursor === null ? {} : { cursor }),
      });
      this.items = more ? [...(this.items ?? []), ...page.items] : page.items;
      this.cursor = page.cursor;
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }
}

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
    const acted = await run(this.id, version, command);
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
