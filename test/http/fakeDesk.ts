import { VersionConflictError } from '../../server/alertPorts.ts';
import type { Incident } from '../../server/core/incident/incident.ts';
import type { AlertSettings, Person } from '../../server/core/incident/settings.ts';
import type {
  AlertDesk,
  CommandOutcome,
  Database,
  IncidentCommand,
  SettingsKind,
} from '../../server/ports.ts';

export interface FakeDesk extends AlertDesk {
  /** What was asked of it, newest last. */
  readonly asked: { id: string; command: IncidentCommand; actorId: string }[];
  /** As a commit would. */
  change(...incidents: Incident[]): void;
  /** `database.incidents` and `database.outbox` of the same incidents. */
  readonly database: Pick<Database, 'incidents' | 'outbox'> & {
    access: { audit: { add(fact: { action: string }): Promise<void> } };
  };
  /** Actions that were written to the audit. */
  readonly audited: string[];
}

/** Alerting in memory: a command raises the version, acknowledging and resolving change the state. */
export function fakeDesk(incidents: readonly Incident[] = [], people: readonly Person[] = []): FakeDesk {
  const audited: string[] = [];
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const listeners = new Set<(changed: readonly Incident[]) => void>();
  const documents = new Map<SettingsKind, Map<string, AlertSettings[SettingsKind][number]>>();
  const of = (kind: SettingsKind) => {
    const found = documents.get(kind) ?? new Map<string, AlertSettings[SettingsKind][number]>();
    documents.set(kind, found);
    return found;
  };
  const requireVersion = (kind: SettingsKind, id: string, version: number): void => {
    if ((of(kind).get(id)?.version ?? 0) !== version) throw new VersionConflictError();
  };
  const desk: FakeDesk = {
    asked: [],
    change(...changed) {
      for (const incident of changed) byId.set(incident.id, incident);
      for (const listener of listeners) listener(changed);
    },
    async act(id, version, command, actor) {
      desk.asked.push({ id, command, actorId: actor.id });
      const outcome = outcomeOf(byId.get(id), version, command, actor.id);
      if (outcome.kind === 'done') desk.change(outcome.incident);
      return outcome;
    },
    active: () => [...byId.values()].filter(({ state }) => state !== 'resolved'),
    settings: () =>
      Object.fromEntries(
        SETTINGS_KINDS.map((kind) => [kind, [...of(kind).values()]]),
      ) as unknown as AlertSettings,
    people: () => people,
    async put(kind, document) {
      requireVersion(kind, document.id, document.version);
      const kept = { ...document, version: document.version + 1 };
      of(kind).set(kept.id, kept);
      return kept;
    },
    async remove(kind, id, version) {
      requireVersion(kind, id, version);
      of(kind).delete(id);
    },
    channels: ['dingtalk', 'webhook'],
    reloadPeople: async () => undefined,
    warnings: () => [{ code: 'nobody-now', values: { schedule: 'S1' } }],
    testContact: async (id) => `test-of-${id}`,
    proof: () => ({
      lastProvenMs: 900_000,
      lastSentMs: 900_000,
      ok: true,
      watchdog: { configured: false, lastPingMs: null, lastError: null },
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    database: fakeDatabase(byId, audited),
    audited,
  };
  return desk;
}

const SETTINGS_KINDS: readonly SettingsKind[] = [
  'routes',
  'policies',
  'schedules',
  'silences',
  'outages',
  'seasons',
  'contactPoints',
  'people',
];

function outcomeOf(
  incident: Incident | undefined,
  version: number | null,
  command: IncidentCommand,
  actorId: string,
): CommandOutcome {
  if (incident === undefined) return { kind: 'not-found' };
  if (version !== null && version !== incident.version) return { kind: 'conflict', incident };
  if (incident.state === 'resolved') return { kind: 'refused', reason: 'resolved' };
  const next = { ...incident, version: incident.version + 1 };
  if (command.kind === 'acknowledge') {
    return { kind: 'done', incident: { ...next, state: 'acknowledged', acknowledgedBy: actorId } };
  }
  if (command.kind === 'resolve') {
    return { kind: 'done', incident: { ...next, state: 'resolved', resolvedBy: actorId } };
  }
  return { kind: 'done', incident: next };
}

function fakeDatabase(byId: ReadonlyMap<string, Incident>, audited: string[]): FakeDesk['database'] {
  const unused = (): never => {
    throw new Error('the test did not provide it');
  };
  return {
    incidents: {
      load: unused,
      seq: unused,
      lastNumber: unused,
      commit: unused,
      prune: unused,
      list: async ({ areaIds }) => ({
        items: [...byId.values()].filter(
          (incident) => areaIds === null || incident.areaIds.some((id) => areaIds.includes(id)),
        ),
        cursor: null,
      }),
      get: async (id) => byId.get(id) ?? null,
      byNumber: async (wanted) => [...byId.values()].find(({ number }) => number === wanted) ?? null,
      timeline: async () => [],
    },
    access: {
      audit: {
        add: async (fact: { action: string }) => void audited.push(fact.action),
      },
    },
    outbox: {
      lease: unused,
      settle: unused,
      of: async () => [],
      one: async () => null,
      counts: async () => ({ queued: 2, oldestDueMs: 900_000, failed: 1 }),
      pruneOf: async () => undefined,
      sentSince: unused,
    },
  };
}
