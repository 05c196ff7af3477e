import { settingsFaults } from '../core/incident/settingsFaults.ts';
import { VersionConflictError } from '../alertPorts.ts';
import type { Principal } from '../core/access.ts';
import { keptSettings, redactedSettings } from '../core/incident/contact.ts';
import type { AlertSettings } from '../core/incident/settings.ts';
import type { SettingsKind } from '../ports.ts';
import { inSight, isMatchWithin, isWithin, touchesScope } from './alertScope.ts';
import type { HttpDeps } from './deps.ts';
import { HttpProblem } from './errors.ts';

/** What people configure of alerting, as who asks may see and change it. */

type Document<K extends SettingsKind> = AlertSettings[K][number];
type Deps = Pick<HttpDeps, 'alerts' | 'grid' | 'clock' | 'newId' | 'database'>;

/** Kinds that are lists of their own; people are in alertPeople.ts. */
export type DocumentKind = Exclude<SettingsKind, 'people'>;

/** Fields that the program sets, with their value in a new document; a change keeps them. */
const OWN_FIELDS: Record<DocumentKind, object> = {
  routes: {},
  policies: {},
  schedules: {},
  silences: { author: '', endedMs: null },
  outages: { author: '', startedMs: null, endedMs: null, cancelledMs: null, endCheck: null },
  seasons: {},
  contactPoints: {},
};

export function listedDocuments<K extends DocumentKind>(deps: Deps, who: Principal, kind: K): Document<K>[] {
  const documents = deps.alerts.settings()[kind] as readonly Document<K>[];
  return documents.filter((d) => mayRead(deps, who, kind, d)).map((d) => shown(deps, who, kind, d));
}

/** @throws HttpProblem 403, 422 */
export async function createDocument<K extends DocumentKind>(
  deps: Deps,
  who: Principal,
  kind: K,
  body: object,
): Promise<Document<K>> {
  const own = 'author' in OWN_FIELDS[kind] ? { author: who.id } : {};
  const made = { ...body, ...OWN_FIELDS[kind], ...own, id: deps.newId(), version: 0 };
  return put(deps, who, kind, made as unknown as Document<K>, null);
}

/** @throws HttpProblem 403, 404, 409 with the document as it is now, 422 */
export async function changeDocument<K extends DocumentKind>(
  deps: Deps,
  who: Principal,
  kind: K,
  id: string,
  body: { version: number },
): Promise<Document<K>> {
  const before = requireDocument(deps, who, kind, id);
  const kept = Object.keys(OWN_FIELDS[kind]).map((name) => [name, before[name as keyof Document<K>]]);
  const changed = { ...body, ...Object.fromEntries(kept), id };
  return put(deps, who, kind, changed as unknown as Document<K>, before);
}

/**
 * Silences and planned outages end and stay known; everything else is removed.
 *
 * @throws HttpProblem 403, 404, 409
 */
export async function endDocument(
  deps: Deps,
  who: Principal,
  kind: DocumentKind,
  id: string,
  version: number,
): Promise<void> {
  const before = requireDocument(deps, who, kind, id);
  requireWrite(deps, who, kind, before);
  const nowMs = deps.clock.nowMs();
  await orConflict(deps, who, kind, id, async () => {
    if (kind === 'silences') {
      await deps.alerts.put('silences', { ...(before as Document<'silences'>), version, endedMs: nowMs });
    } else if (kind === 'outages') {
      await deps.alerts.put('outages', { ...(before as Document<'outages'>), version, cancelledMs: nowMs });
    } else {
      await deps.alerts.remove(kind, id, version);
    }
  });
  await audited(deps, who, `${kind}.end`, id);
}

/** @throws HttpProblem 404, of what is out of sight too */
export function requireDocument<K extends DocumentKind>(
  deps: Deps,
  who: Principal,
  kind: K,
  id: string,
): Document<K> {
  const documents = deps.alerts.settings()[kind] as readonly Document<K>[];
  const found = documents.find((document) => document.id === id);
  if (found !== undefined && mayRead(deps, who, kind, found)) return found;
  throw new HttpProblem(
    404,
    'No such thing',
    `There is no ${id} here, or it was removed.`,
    {},
    { code: 'gone' },
  );
}

async function put<K extends DocumentKind>(
  deps: Deps,
  who: Principal,
  kind: K,
  sent: Document<K>,
  before: Document<K> | null,
): Promise<Document<K>> {
  requireOrder(sent);
  if (before !== null) requireWrite(deps, who, kind, before);
  requireWrite(deps, who, kind, sent);
  const document = withSecrets(kind, sent, before);
  requireSound(deps, kind, document);
  const stored = await orConflict(deps, who, kind, sent.id, () => deps.alerts.put(kind, document));
  await audited(deps, who, `${kind}.${before === null ? 'create' : 'change'}`, sent.id);
  return shown(deps, who, kind, stored);
}

function audited({ database, clock }: Deps, { id, name }: Principal, action: string, subject: string) {
  return database.access.audit.add({ actor: { id, name }, action, subject, detail: {} }, clock.nowMs());
}

/** @throws HttpProblem 422 that names every fault */
export function requireSound<K extends SettingsKind>(
  deps: Pick<Deps, 'alerts'>,
  kind: K,
  sent: Document<K>,
): void {
  const found = settingsFaults(kind, sent, deps.alerts.settings(), deps.alerts.people());
  if (found.length === 0) return;
  const faults = found.map(({ path, message: { code, values } }) => ({
    path,
    message: code,
    code,
    values: { ...values },
  }));
  const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new HttpProblem(422, 'This cannot be kept', detail, {}, { code: 'faults', faults });
}

/** A new address must not be sent the secrets of the old one. */
function withSecrets<K extends DocumentKind>(
  kind: K,
  sent: Document<K>,
  before: Document<K> | null,
): Document<K> {
  if (kind !== 'contactPoints') return sent;
  const contact = sent as Document<'contactPoints'>;
  const known = before as Document<'contactPoints'> | null;
  // The secrets of another channel are none of this one.
  const kept = known?.channel === contact.channel ? known.settings : null;
  const settings = keptSettings(contact.channel, contact.settings, kept);
  if (settings !== null) return { ...sent, settings };
  throw new HttpProblem(
    422,
    'Send the secrets again',
    'A secret is hidden and its address was changed.',
    {},
    { code: 'secrets-again' },
  );
}

async function orConflict<T>(
  deps: Deps,
  who: Principal,
  kind: DocumentKind,
  id: string,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    const current = listedDocuments(deps, who, kind).find((document) => document.id === id);
    throw new HttpProblem(
      409,
      'Someone else changed it',
      'Nothing was changed. See what it is now.',
      {},
      { code: 'changed', ...(current === undefined ? {} : { current: { ...current } }) },
    );
  }
}

/** @throws HttpProblem 422 */
function requireOrder(document: object): void {
  const { fromMs, toMs } = document as { fromMs?: number; toMs?: number };
  if (fromMs === undefined || toMs === undefined || fromMs < toMs) return;
  throw new HttpProblem(
    422,
    'It would end before it begins',
    'Choose an end after the beginning.',
    {},
    {
      code: 'end-before-begin',
      faults: [{ path: 'toMs', message: 'is not after fromMs', code: 'not-after', values: {} }],
    },
  );
}

function mayRead(deps: Deps, who: Principal, kind: DocumentKind, document: Document<DocumentKind>): boolean {
  if (kind === 'contactPoints') return isOwn(who, (document as Document<'contactPoints'>).userId);
  if (kind === 'outages') return touchesScope(who, document as Document<'outages'>, deps.grid());
  if ('match' in document) return touchesScope(who, document.match, deps.grid());
  return true;
}

/** The rights of the route say who may at all; here, of which documents. @throws HttpProblem 403 */
function requireWrite(
  deps: Deps,
  who: Principal,
  kind: DocumentKind,
  document: Document<DocumentKind>,
): void {
  const may =
    kind === 'contactPoints'
      ? isOwn(who, (document as Document<'contactPoints'>).userId)
      : kind === 'outages'
        ? isWithin(who, document as Document<'outages'>, deps.grid())
        : who.areaIds === null || ('match' in document && isMatchWithin(who, document.match, deps.grid()));
  if (may) return;
  throw new HttpProblem(
    403,
    'Not allowed',
    'It concerns people or areas beyond yours.',
    {},
    { code: 'not-yours' },
  );
}

/** People have their own ways to be reached; who administers everything sees those of all. */
export function isOwn(who: Principal, userId: string): boolean {
  return userId === who.id || (who.role === 'admin' && who.areaIds === null);
}

function shown<K extends DocumentKind>(
  deps: Deps,
  who: Principal,
  kind: K,
  document: Document<K>,
): Document<K> {
  if (kind === 'contactPoints') {
    const contact = document as Document<'contactPoints'>;
    return { ...document, settings: redactedSettings(contact.channel, contact.settings) };
  }
  if (kind === 'outages') return seenOutage(deps, who, document as Document<'outages'>) as Document<K>;
  if ('match' in document) return { ...document, match: inSight(who, document.match, deps.grid()) };
  return document;
}

/** With what is in sight of what it switches off, and of what was not back after it. */
function seenOutage({ grid }: Deps, who: Principal, outage: Document<'outages'>): Document<'outages'> {
  const seen = inSight(who, outage, grid());
  const { endCheck } = outage;
  if (endCheck === undefined || endCheck === null || who.areaIds === null) return seen;
  const { transformerIds } = inSight(who, { transformerIds: endCheck.transformerIds }, grid());
  // Of the incidents none is named: they may be of other areas.
  return { ...seen, endCheck: { ...endCheck, transformerIds, incidentIds: [] } };
}
