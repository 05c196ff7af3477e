import type { PeakSeason, Route } from '../../server/core/incident/settings.ts';
import type { Alerting, ContactPoint, DocumentKind, Documents, Drafts, PersonHours } from './alertApi.ts';
import type { ApiError } from './api.ts';

/** What every form of a document of the settings is given. */
export interface EditorProps<K extends DocumentKind> {
  /** null: a new one. */
  document: Documents[K] | null;
  busy: boolean;
  error: ApiError | null;
  onsave: (draft: Drafts[K]) => void;
  onclose: () => void;
  onremove?: (() => void) | undefined;
  onconflict?: ((take: 'theirs' | 'mine') => void) | undefined;
}

/** What is being set up; `version` is that of someone else, to be saved over. */
export type Editing = { version?: number | undefined } & (
  | { kind: 'policies'; document: Documents['policies'] | null }
  | { kind: 'routes'; document: Documents['routes'] | null }
  | { kind: 'schedules'; document: Documents['schedules'] | null }
  | { kind: 'seasons'; document: Documents['seasons'] | null }
  | { kind: 'contact-points'; document: ContactPoint | null; person: PersonHours }
  | { kind: 'hours'; person: PersonHours }
  | { kind: 'override'; schedule: Documents['schedules'] }
);

export type ChannelOffer = Alerting['channels'][number];

/** Between the numbers of two routes in order. */
const ORDER_STEP = 10;
const HIDDEN = '***';

/** Orders that change when a route of a list in order is moved; numbers that were there are used again. */
export function movedOrders(
  routes: readonly Pick<Route, 'id' | 'order'>[],
  from: number,
  to: number,
): { id: string; order: number }[] {
  const sequence = [...routes];
  sequence.splice(to, 0, ...sequence.splice(from, 1));
  const orders = routes.map(({ order }) => order);
  const distinct = orders.every((order, i) => i === 0 || order > orders[i - 1]!);
  return sequence
    .map(({ id, order: before }, i) => ({ id, before, order: distinct ? orders[i]! : (i + 1) * ORDER_STEP }))
    .filter(({ before, order }) => before !== order)
    .map(({ id, order }) => ({ id, order }));
}

/** Order of a new route: before all others, for what is new is mostly narrower than what was there. */
export function firstOrder(routes: readonly Pick<Route, 'order'>[]): number {
  return Math.max(0, Math.min(...routes.map(({ order }) => order), 100 + ORDER_STEP) - ORDER_STEP);
}

/** What the server hides of a setting, kept as long as nothing is typed in its place. */
export function isKeptSecret(shown: string | undefined): boolean {
  return shown?.endsWith(HIDDEN) ?? false;
}

/** Settings to send: what was typed; for a hidden value without a new one, the value as it was shown. */
export function contactSettings(
  fields: ChannelOffer['fields'],
  typed: Readonly<Record<string, string>>,
  before: ContactPoint['settings'],
  forgotten: readonly string[],
): Record<string, string> {
  const entries = fields.map(({ name }) => {
    const kept = isKeptSecret(before[name]) && !forgotten.includes(name) ? before[name]! : '';
    const value = (typed[name] ?? '').trim();
    return [name, value === '' ? kept : value] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** Policies that a season puts in place of others, without those that stay. */
export function replacements(
  chosen: Readonly<Record<string, string>>,
): PeakSeason['policyInstead'] & Record<string, string> {
  return Object.fromEntries(Object.entries(chosen).filter(([from, to]) => to !== '' && to !== from));
}
