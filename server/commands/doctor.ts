import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { tryLogin } from '../adapters/mqtt/brokerLogin.ts';
import { loadConfig, type Config } from '../config.ts';
import type { AuditVerdict } from '../core/audit.ts';
import type { StoreHealth } from '../ports.ts';
import { openParts } from './openParts.ts';
import { FOLDER_ARGS, terminal, type Parts, type Terminal } from './parts.ts';
import { problemOf, runningService, type RunningService } from './service.ts';

/** Less than this is too little for a day of a county and the merges of the stores. */
const DISK_FREE_BYTES_MIN = 2 * 2 ** 30;
const CONNECT_TIMEOUT_MS = 5_000;
/** A machine whose clock lost its battery begins in 1970 or 2000. */
const CLOCK_EARLIEST_MS = Date.UTC(2026, 0, 1);
const CLOCK_LATEST_MS = Date.UTC(2100, 0, 1);
const CLOCK_SKEW_MS_MAX = 60_000;

export interface CheckResult {
  ok: boolean;
  detail: string;
  remedy?: string;
}

export interface Check {
  name: string;
  run(): Promise<CheckResult>;
}

/** `peakvolt doctor`. */
export const doctorCommand = defineCommand({
  meta: {
    name: 'doctor',
    description: 'Check configuration, broker, store, database, audit, clock and disk',
  },
  args: FOLDER_ARGS,
  async run({ args }) {
    // A configuration with faults ends here: loadConfig names every one of them.
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    const checks = checksOf(config, () => openParts(config));
    process.exitCode = await examine(checks, terminal);
  },
});

/** Runs every check, one line each, a failed one with its remedy. @returns the exit code. */
export async function examine(checks: readonly Check[], { out }: Terminal): Promise<number> {
  let failed = 0;
  for (const { name, run } of checks) {
    const { ok, detail, remedy } = await run().catch((error: unknown) => ({
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      remedy: undefined,
    }));
    if (!ok) failed++;
    out(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(13)}  ${detail}\n`);
    if (!ok && remedy !== undefined) out(`      ${' '.repeat(13)}  → ${remedy}\n`);
  }
  return failed > 0 ? 1 : 0;
}

function checksOf(config: Config, open: () => Promise<Parts>): Check[] {
  return [
    {
      name: 'configuration',
      run: () =>
        Promise.resolve({ ok: true, detail: `valid; data in ${config.dataDir}, zone ${config.timeZone}` }),
    },
    { name: 'disk', run: () => checkDisk(config.dataDir) },
    { name: 'clock', run: () => checkClock(Date.now(), config.influx.url) },
    { name: 'broker', run: () => checkBroker(config) },
    ...storeChecks(config, open),
  ];
}

/** The folder can be written, and there is room. */
export async function checkDisk(dataDir: string, freeBytesMin = DISK_FREE_BYTES_MIN): Promise<CheckResult> {
  const probe = join(dataDir, `.doctor-${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(probe, 'peakvolt', { flush: true });
    await rm(probe);
  } catch (error) {
    const remedy = `Give this user the right to write ${dataDir}, or choose another folder with --data-dir.`;
    return { ok: false, detail: (error as Error).message, remedy };
  }
  const { bavail, bsize } = await statfs(dataDir);
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / 2 ** 30).toFixed(1)} GiB free at ${dataDir}`;
  if (freeBytes >= freeBytesMin) return { ok: true, detail };
  return { ok: false, detail, remedy: 'Make room, or shorten retention.readingsDays in peakvolt.yaml.' };
}

/** Plausible at all, and within a minute of the InfluxDB server where there is one. */
export async function checkClock(nowMs: number, referenceUrl: string | undefined): Promise<CheckResult> {
  const remedy = 'Synchronise the clock (timedatectl set-ntp true): readings are judged by it.';
  const detail = new Date(nowMs).toISOString();
  if (nowMs < CLOCK_EARLIEST_MS || nowMs > CLOCK_LATEST_MS) return { ok: false, detail, remedy };
  if (referenceUrl === undefined) return { ok: true, detail };
  const answer = await fetch(new URL('/ping', referenceUrl), {
    signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS),
  }).catch(() => null);
  const referenceMs = Date.parse(answer?.headers.get('date') ?? '');
  // That the server does not answer is told by the check of the store.
  if (Number.isNaN(referenceMs)) return { ok: true, detail };
  const skewMs = Math.abs(nowMs - referenceMs);
  const compared = `${detail}, ${Math.round(skewMs / 1000)} s from the InfluxDB server`;
  return { ok: skewMs <= CLOCK_SKEW_MS_MAX, detail: compared, remedy };
}

async function checkBroker(config: Config): Promise<CheckResult> {
  const { url: brokerUrl } = config.mqtt;
  if (brokerUrl !== undefined) return tryLogin({ ...config.mqtt, url: brokerUrl }, CONNECT_TIMEOUT_MS);
  const service = await runningService(config.dataDir);
  return service === null
    ? { ok: true, detail: 'embedded; it runs with the service' }
    : checkService(service, 'broker');
}

/** With a service running, its own word; else the stores are opened as the service would. */
function storeChecks(config: Config, open: () => Promise<Parts>): Check[] {
  let opened: Promise<Asked> | null = null;
  const ask = (): Promise<Asked> => (opened ??= openAndAsk(open));
  const check = (name: string, index: number) => async (): Promise<CheckResult> => {
    const service = await runningService(config.dataDir);
    if (service !== null) return checkService(service, name);
    const { ok, product, detail, remedy } = (await ask()).health[index]!;
    return { ok, detail: `${product}: ${detail}`, ...(remedy === undefined ? {} : { remedy }) };
  };
  return [
    { name: 'database', run: check('database', 0) },
    { name: 'store', run: check('store', 1) },
    {
      name: 'audit',
      async run() {
        const service = await runningService(config.dataDir);
        return judgeAudit(service === null ? (await ask()).audit : await auditOf(service));
      },
    },
  ];
}

interface Asked {
  health: StoreHealth[];
  audit: AuditVerdict;
}

async function openAndAsk(open: () => Promise<Parts>): Promise<Asked> {
  const parts = await open();
  try {
    const health = [await parts.database.health(), await parts.store.health()];
    return { health, audit: await parts.database.access.audit.verify() };
  } finally {
    await parts.stop();
  }
}

/** Whether the record of who did what is as it was written. */
export function judgeAudit(verdict: AuditVerdict): CheckResult {
  if (verdict.kind === 'whole') return { ok: true, detail: `whole: ${verdict.entries} entries` };
  return {
    ok: false,
    detail: `entry ${verdict.seq} is ${verdict.reason}`,
    remedy: 'Someone changed the table past the program: compare it with a backup from before.',
  };
}

async function auditOf({ url, headers }: RunningService): Promise<AuditVerdict> {
  const answer = await fetch(new URL('/api/v1/audit/verify', url), { headers });
  if (!answer.ok) throw new Error(await problemOf(answer));
  return (await answer.json()) as AuditVerdict;
}

/** What the running service says of one of its parts. */
async function checkService({ url, headers }: RunningService, name: string): Promise<CheckResult> {
  const answer = await fetch(new URL('/readyz', url), {
    headers,
    signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS),
  });
  const { components } = (await answer.json()) as { components?: ({ name: string } & StoreHealth)[] };
  const part = components?.find((component) => component.name === name);
  if (part === undefined) return { ok: answer.ok, detail: `the running service (${url}) names no ${name}` };
  const { ok, product, detail, remedy } = part;
  return {
    ok,
    detail: `${product}: ${detail} (running service)`,
    ...(remedy === undefined ? {} : { remedy }),
  };
}
