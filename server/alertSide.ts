import type { ChannelOptions } from './adapters/notify/channels.ts';
import { createNotifiers } from './adapters/notify/channels.ts';
import { newVapidKeys, type VapidKeys } from './adapters/notify/webPush.ts';
import { SafeFetch } from './adapters/notify/safeFetch.ts';
import { newUuid7 } from './adapters/uuid7.ts';
import type { Config } from './config.ts';
import type { Engine } from './core/engine.ts';
import type { TonightReport } from './core/forecast/tonight.ts';
import { IncidentBook } from './core/incident/book.ts';
import type { Person } from './core/incident/settings.ts';
import { Alerting } from './pipeline/alerts/alerting.ts';
import { versionOfLimits } from './pipeline/alerts/limitVersions.ts';
import type { Clock, Database, Logger, MessageSource } from './ports.ts';

/** Where the keys of Web Push are kept: made once, as subscriptions are bound to them. */
const VAPID_SETTING = 'push.vapid';

export interface AlertSideParts {
  clock: Clock;
  log: Logger;
  database: Database;
  engine: Engine;
  source: Pick<MessageSource, 'publish'>;
  simulated: boolean;
  people(): Promise<readonly Person[]>;
}

/** Incidents, channels and self-proof as configured. Nothing runs yet; the database is started. */
export async function openAlerting(config: Config, parts: AlertSideParts): Promise<Alerting> {
  const { clock, log, database, engine, source, simulated } = parts;
  const vapid = { ...(await vapidKeys(database)), subject: config.notify.webPushSubject };
  const limits = { ...config.limits, bands: config.detection };
  const { version, sinceMs, profile } = await versionOfLimits(database.settings, limits, clock.nowMs());
  const { watchdogUrl, enabled } = config.proof;
  const fetch = { allow: config.notify.allow };
  return new Alerting({
    clock,
    random: Math.random,
    logger: log,
    newId: newUuid7,
    incidents: database.incidents,
    outbox: database.outbox,
    settingsStore: database.alertSettings,
    book: new IncidentBook({ reopenS: config.alerts.reopenS, limits: { version, sinceMs, profile } }),
    evidence: engine.evidence(),
    loadPeople: parts.people,
    reopenMs: config.alerts.reopenS * 1000,
    notifiers: createNotifiers(channelOptions(config, vapid)),
    publish: (topic, payload) => source.publish(topic, payload),
    ...(watchdogUrl === undefined ? {} : { ping: watchdogPing(watchdogUrl, new SafeFetch(fetch)) }),
    vapidPublicKey: vapid.publicKey,
    isProving: enabled,
    publicUrl: publicUrlOf(config),
    timeZone: config.timeZone,
    simulated,
  });
}

/** Everybody with an account can be told; without one nobody is known. */
export async function peopleOf(database: Database): Promise<Person[]> {
  const users = await database.access.users.list();
  return users.map(({ id, name, disabled }) => ({ id, name, language: 'zh-CN', enabled: !disabled }));
}

/** Tells those whom the configuration names of the next three days. */
export function tonightTeller(
  { readiness }: Config,
  alerting: Alerting,
  database: Database,
): (report: TonightReport) => Promise<void> {
  const { digestTo: readers, atRiskP: likelyP, morningAt } = readiness;
  const [hour, minute] = morningAt.split(':').map(Number) as [number, number];
  return async (report) => {
    const users = await database.access.users.list();
    await alerting.tellTonight(report, { readers, users, likelyP, morningMin: 60 * hour + minute });
  };
}

function channelOptions({ notify }: Config, vapid: VapidKeys): ChannelOptions {
  const { url, from } = notify.smtp;
  return {
    ...(url === undefined ? {} : { email: { url, from } }),
    ...(notify.sms === undefined ? {} : { sms: notify.sms }),
    vapid,
    // Ends of the self-proof; people of the simulated county have it too.
    demo: true,
    fetch: { allow: notify.allow },
  };
}

async function vapidKeys({ settings }: Database): Promise<Omit<VapidKeys, 'subject'>> {
  const kept = await settings.get(VAPID_SETTING);
  if (kept !== null) return JSON.parse(kept) as Omit<VapidKeys, 'subject'>;
  const made = newVapidKeys();
  await settings.set(VAPID_SETTING, JSON.stringify(made));
  return made;
}

function watchdogPing(url: string, fetch: SafeFetch): () => Promise<void> {
  return async () => {
    const outcome = await fetch.send({ method: 'GET', url, headers: {}, body: '' });
    if (outcome.kind !== 'answer') throw new Error(outcome.reason);
    if (outcome.status >= 300) throw new Error(`the watchdog answered ${outcome.status}`);
  };
}

function publicUrlOf({ http }: Config): string {
  const url = http.publicUrl ?? `http://127.0.0.1:${http.port}`;
  return url.replace(/\/+$/, '');
}
