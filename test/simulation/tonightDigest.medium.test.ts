import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openParts } from '../../server/commands/openParts.ts';
import { loadConfig } from '../../server/config.ts';
import type { TonightReport } from '../../server/core/forecast/tonight.ts';
import { DAY_MS, HOUR_MS } from '../../server/core/localTime.ts';
import type { Database } from '../../server/ports.ts';
import { tonightReport } from '../core/incident/tonightReports.ts';
import { dailiesOf, weatherOf } from '../fixtures/dailyHistory.ts';
import { startHttpReceiver, type HttpReceiver } from '../fixtures/httpReceiver.ts';
import { startMailServer, type MailServer } from '../fixtures/mailServer.ts';
import { startMosquitto } from '../fixtures/mosquitto.ts';
import { HOOK_SECRET, messagesOf, putOnCall } from '../fixtures/onCall.ts';
import { runOf } from '../fixtures/readiness.ts';
import { startService, type RunningService } from '../fixtures/service.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { systemOf } from './serviceWatch.ts';

/**
 * The whole way of the morning digest in the real service: a weather forecast over Mosquitto, a run of the next three
 * days, a message at a webhook and in a mailbox; and `kill -9` at random moments, after which each is told once.
 */

const HISTORY_DAYS = 800;
/** `PEAKVOLT_DIGEST_KILL_ROUNDS` sets how often. */
const ROUNDS = Number(process.env['PEAKVOLT_DIGEST_KILL_ROUNDS'] ?? 6);
/** From before the service has opened its database to after the message left. */
const KILL_MS_MAX = 5_000;
const SOON = { timeout: 90_000, interval: 300 };
/** A line so weak that it is low on every day of the year; another that never is. */
const WEAK = 20;
const STRONG = 0;

/** A zone in which it is ten in the morning now: a digest is of the day, and not of its evening. */
const offsetH = ((10 - new Date().getUTCHours() + 36) % 24) - 12;
const ZONE = `Etc/GMT${offsetH <= 0 ? '+' : '-'}${Math.abs(offsetH)}`;
const TODAY = Math.floor((Date.now() + offsetH * HOUR_MS) / DAY_MS);
const FIRST_DAY = TODAY - HISTORY_DAYS;
const DATE = new Date(TODAY * DAY_MS).toISOString().slice(0, 10);

let folder: string;
let receiver: HttpReceiver;
let mail: MailServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-digest-'));
  receiver = await startHttpReceiver('ok');
  mail = await startMailServer();
});
afterEach(async () => {
  await receiver.stop();
  await mail.stop();
  rmSync(folder, { recursive: true, force: true });
});

function writeConfig(settings: object): string {
  const file = join(folder, 'peakvolt.yaml');
  // YAML takes JSON.
  writeFileSync(
    file,
    JSON.stringify({
      timeZone: ZONE,
      notify: { allow: ['127.0.0.1'], smtp: { url: mail.url, from: 'Peakvolt <pv@example.cn>' } },
      proof: { enabled: false },
      readiness: { historyYears: 3, weatherYears: 3, threads: 1 },
      ...settings,
    }),
  );
  return file;
}

/** What is stored before the service starts, as its own parts store it. */
async function withParts(
  file: string,
  work: (parts: Awaited<ReturnType<typeof openParts>>) => Promise<void>,
): Promise<void> {
  const parts = await openParts(loadConfig({ file, env: {}, overrides: { dataDir: folder } }));
  try {
    await work(parts);
  } finally {
    await parts.stop();
  }
}

/** Weather and voltage of two years, local days; nothing of today. */
async function fillHistory({ database, store }: Awaited<ReturnType<typeof openParts>>): Promise<void> {
  const transformers = [
    transformerOf('T-WEAK', { areaId: 'A1', customers: 321, attributes: { name_en: 'Weak line' } }),
    transformerOf('T-STRONG', { areaId: 'A1' }),
  ];
  await database.registry.upsert(gridOf(...transformers), { validFromMs: 0 });
  const local = (ms: number): number => ms - offsetH * HOUR_MS;
  for (const [id, index] of [
    ['T-WEAK', WEAK],
    ['T-STRONG', STRONG],
  ] as const) {
    const rows = dailiesOf(id, index, FIRST_DAY, HISTORY_DAYS);
    await store.writeDailies(rows.map((row) => ({ ...row, dayMs: local(row.dayMs) })));
  }
  const samples = weatherOf('W1', FIRST_DAY, HISTORY_DAYS);
  await database.weather.add(samples.map((sample) => ({ ...sample, tsMs: local(sample.tsMs) })));
}

async function addPlanner(database: Database, id: string, channel: 'email' | 'webhook'): Promise<void> {
  await database.access.users.add({
    id,
    login: id,
    name: id,
    role: 'planner',
    areaIds: null,
    disabled: false,
    createdMs: 0,
    passwordHash: null,
    linkHash: null,
    linkExpiresMs: null,
    ssoSubject: null,
  });
  await database.alertSettings.put('contactPoints', {
    id: `contact-${id}`,
    version: 0,
    name: id,
    userId: id,
    channel,
    language: 'zh-CN',
    settings:
      channel === 'email'
        ? { address: `${id}@example.cn` }
        : { url: `${receiver.origin}/${id}`, secret: HOOK_SECRET },
    priority: 0,
    enabled: true,
  });
}

async function ask<T>({ url, headers }: RunningService, path: string, body?: object): Promise<T> {
  const answer = await fetch(new URL(`/api/v1/${path}`, url), {
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

type Tonight = TonightReport & { runId: string | null; failed: string | null };

/** Asks for a run of the next three days and waits for its end. */
async function runTonight(service: RunningService): Promise<Tonight> {
  const { id } = await ask<{ id: string }>(service, 'readiness', { kind: 'tonight' });
  await expect
    .poll(async () => {
      const { run } = await ask<{ run: { state: string } }>(service, `readiness/${id}?limit=1`);
      return run.state;
    }, SOON)
    .not.toBe('running');
  return ask<Tonight>(service, 'tonight');
}

async function allSent(service: RunningService): Promise<void> {
  type Status = { outbox: { queued: number } };
  await expect
    .poll(async () => (await ask<Status>(service, 'alerting')).outbox.queued, { ...SOON, timeout: 150_000 })
    .toBe(0);
}

describe('the morning digest', () => {
  it('comes of a forecast over MQTT, at a webhook and in a mailbox, once a day', async () => {
    const broker = await startMosquitto();
    const config = writeConfig({ mqtt: { url: broker.url } });
    await withParts(config, async (parts) => {
      await fillHistory(parts);
      await putOnCall(parts.database, receiver.origin);
      await addPlanner(parts.database, 'plan', 'email');
    });
    const service = await startService({ args: ['serve', '--config', config], dataDir: folder });
    try {
      // Nothing is forecast: said on the System page, and to nobody.
      expect((await runTonight(service)).failed).toContain('No weather forecast');
      const { components } = await systemOf(service);
      expect(components.find(({ name }) => name === 'planning')).toMatchObject({
        ok: false,
        notice: { code: 'planning-no-weather' },
      });
      expect((await fetch(new URL('/readyz', service.url))).status).toBe(200);

      // A station that has measured nothing: its forecast is the only one.
      const client = await connectAsync(broker.url);
      const hours = weatherOf('CITY', TODAY, 3).map(({ tsMs, tempC }) => ({
        ts: tsMs - offsetH * HOUR_MS,
        tempC,
      }));
      await client.publishAsync(
        'weather/v1/demo/CITY/forecast',
        JSON.stringify({ issued: Date.now(), hours }),
        { qos: 1 },
      );
      await client.endAsync();
      await expect.poll(async () => (await runTonight(service)).failed, SOON).toBeNull();

      const tonight = await ask<Tonight>(service, 'tonight');
      expect(tonight.weather).toMatchObject([{ stationId: 'W1', forecastOf: 'CITY' }]);
      expect(tonight.items.map(({ transformerId }) => transformerId)).toEqual(['T-WEAK']);
      await expect.poll(() => receiver.arrivals.length + mail.mails.length, SOON).toBe(2);

      const [message] = messagesOf(receiver);
      expect(message).toMatchObject({ id: `tonight-${DATE}-li`, type: 'forecast.tonight', severity: 'mild' });
      const { data } = JSON.parse(receiver.arrivals[0]!.body.toString()) as {
        data: { title: string; text: string; url: string; tonight: { days: object[] } };
      };
      expect(data.title).toBe('Forecast: 1 transformer likely low today');
      expect(data.text).toContain(
        `Today ${DATE.slice(5)}: 1 transformer, 321 homes, 1 important customer · `,
      );
      expect(data.text).toMatch(/^Weak line: \d+\.\d–\d+\.\d V on \d\d-\d\d \(>?\d+ %\) · 321 homes/m);
      expect(data.url).toMatch(/\/#\/\?layer=tonight$/);
      expect(data.tonight.days).toHaveLength(3);
      const [letter] = mail.mails;
      expect(letter!.to).toEqual(['plan@example.cn']);
      expect(letter!.headers['subject']).toBe('预测：今日 1 个台区可能低电压');
      expect(letter!.text).toContain('T-WEAK 台区：');

      // A second run of the same day is no second message.
      expect((await runTonight(service)).runId).not.toBe(tonight.runId);
      await allSent(service);
      expect(receiver.arrivals.length + mail.mails.length).toBe(2);
    } finally {
      await service.stop();
      await broker.stop();
    }
  }, 300_000);

  it(
    'is told once to each after a kill -9 at any moment',
    async () => {
      const config = writeConfig({ embeddedBroker: { port: 0 } });
      const report: TonightReport = {
        ...tonightReport(),
        originDay: TODAY - 1,
        items: tonightReport().items.map((item) => ({
          ...item,
          days: item.days.map((day, d) => ({ ...day, day: TODAY + d })),
        })),
      };
      await withParts(config, async ({ database }) => {
        await database.registry.upsert(gridOf(transformerOf('T1')), { validFromMs: 0 });
        // Done, and then a stop came before anybody was told.
        await database.readiness.put(runOf('r', { kind: 'tonight', originDay: TODAY - 1, report }));
      });
      const ids = Array.from({ length: ROUNDS }, (_, i) => `plan${i}`);
      for (const id of ids) {
        await withParts(config, ({ database }) => addPlanner(database, id, 'webhook'));
        await killedAfter(Math.random() * KILL_MS_MAX, config);
      }
      const last = await startService({ args: ['serve', '--config', config], dataDir: folder });
      await expect.poll(() => new Set(receiver.arrivals.map(({ target }) => target)).size, SOON).toBe(ROUNDS);
      await allSent(last);
      await last.stop();
      const arrived = new Set(messagesOf(receiver).map(({ id, target }) => `${target} ${id}`));
      expect([...arrived].toSorted()).toEqual(ids.map((id) => `/${id} tonight-${DATE}-${id}`).toSorted());
      process.stderr.write(
        `digest: ${ROUNDS} kills, ${ROUNDS} people, ${receiver.arrivals.length} messages, 0 lost\n`,
      );
    },
    400_000 + ROUNDS * 20_000,
  );
});

/** Starts the service and ends it with SIGKILL so long after, whether it is up by then or not. */
async function killedAfter(lifeMs: number, config: string): Promise<void> {
  const child = spawn(
    process.execPath,
    ['server/main.ts', 'serve', '--config', config, '--data-dir', folder],
    { stdio: 'ignore', env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: '0' } },
  );
  const exited = once(child, 'exit');
  await delay(lifeMs);
  expect(child.exitCode).toBeNull();
  child.kill('SIGKILL');
  await exited;
}
