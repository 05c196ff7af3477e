import {
  alertApi,
  type Alerting,
  type DocumentKind,
  type Documents,
  type Drafts,
  type PersonHours,
  type Shift,
} from '../alertApi.ts';
import { type ApiError, asApiError } from '../api.ts';
import { dayStart } from '../rota.ts';
import { movedOrders } from '../settingsEditor.ts';
import { time } from './time.svelte.ts';

const REFRESH_MS = 15_000;
const ROTA_DAYS = 14;
const DAY_MS = 86_400_000;

/** Everything that the On-call page shows, and what is changed of it. */
export class OnCallState {
  alerting = $state.raw<Alerting | null>(null);
  people = $state.raw<readonly PersonHours[]>([]);
  schedules = $state.raw<readonly Documents['schedules'][]>([]);
  policies = $state.raw<readonly Documents['policies'][]>([]);
  routes = $state.raw<readonly Documents['routes'][]>([]);
  seasons = $state.raw<readonly Documents['seasons'][]>([]);
  contactPoints = $state.raw<readonly Documents['contact-points'][]>([]);
  shifts = $state.raw<ReadonlyMap<string, readonly Shift[]>>(new Map());
  error = $state.raw<ApiError | null>(null);
  fault = $state.raw<ApiError | null>(null);
  busy = $state(false);

  start(): () => void {
    const timer = setInterval(() => void this.load(), REFRESH_MS);
    void this.load();
    return () => clearInterval(timer);
  }

  async load(): Promise<void> {
    try {
      const [alerting, people, schedules, policies, routes, seasons, contactPoints] = await Promise.all([
        alertApi.alerting(),
        alertApi.people(),
        alertApi.list('schedules'),
        alertApi.list('policies'),
        alertApi.list('routes'),
        alertApi.list('seasons'),
        alertApi.list('contact-points'),
      ]);
      const shifts = await Promise.all(schedules.items.map((schedule) => this.#shiftsOf(schedule)));
      this.people = people.items;
      this.schedules = schedules.items;
      this.shifts = new Map(schedules.items.map(({ id }, i) => [id, shifts[i]!]));
      this.policies = policies.items;
      this.routes = routes.items.toSorted((one, other) => one.order - other.order);
      this.seasons = seasons.items;
      this.contactPoints = contactPoints.items.toSorted((one, other) => one.priority - other.priority);
      this.alerting = alerting;
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }

  /** Keeps a new document, or a change of the version that was seen. @returns whether it was done */
  save<K extends DocumentKind>(
    kind: K,
    of: { id: string; version: number } | null,
    draft: Drafts[K],
  ): Promise<boolean> {
    return this.act(() =>
      of === null
        ? alertApi.create(kind, draft)
        : alertApi.change(kind, of.id, { ...draft, version: of.version }),
    );
  }

  /** Moves a route in the order in which they are tried. */
  moveRoute(from: number, to: number): Promise<boolean> {
    const moved = movedOrders(this.routes, from, to);
    const send = ({ id, order }: (typeof moved)[number]): Promise<unknown> =>
      alertApi.change('routes', id, { ...this.routes.find((one) => one.id === id)!, order });
    return this.act(() => Promise.all(moved.map(send)));
  }

  /** Runs a change and loads again. @returns whether it was done */
  async act(run: () => Promise<unknown>): Promise<boolean> {
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

  async #shiftsOf({ id, timeZone }: Documents['schedules']): Promise<readonly Shift[]> {
    const from = dayStart(time.nowMs, timeZone);
    // A day more, for the hour that a clock change may add.
    return (await alertApi.shifts(id, from, from + (ROTA_DAYS + 1) * DAY_MS)).items;
  }
}
