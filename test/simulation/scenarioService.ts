import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase } from '../../server/adapters/db/database.ts';
import { registryCsv } from '../../simulator/csv.ts';
import { simulate, type SimClock, type SimulateOptions } from '../../simulator/main.ts';
import type { SimGrid } from '../../simulator/simGrid.ts';
import { startHttpReceiver, type HttpReceiver } from '../fixtures/httpReceiver.ts';
import { messagesOf, putOnCall } from '../fixtures/onCall.ts';
import { startService, type RunningService } from '../fixtures/service.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import { drained, importRegistry } from './serviceWatch.ts';

/** An incident as the list shows it; what tests look at. */
export interface ShownIncident {
  id: string;
  condition: string;
  severity: string;
  peakSeverity: string;
  feederId: string;
  transformers: number;
  members: { transformerId: string; condition: string }[];
  cause: { kind: string; confidence: number; evidence: unknown[] };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the simulated county and of the service, all year. */
const LOCAL_OFFSET_MS = 8 * HOUR_MS;

/** The real service with a simulated grid, one person on call, and a receiver of what that person is told. */
export class ScenarioService {
  readonly service: RunningService;
  readonly grid: SimGrid;
  readonly #receiver: HttpReceiver;
  readonly #folder: string;

  private constructor(service: RunningService, grid: SimGrid, receiver: HttpReceiver, folder: string) {
    this.service = service;
    this.grid = grid;
    this.#receiver = receiver;
    this.#folder = folder;
  }

  /** `detection` as in `peakvolt.yaml`. That a simulation has ended is not noticed as silence for an hour. */
  static async start(grid: SimGrid, detection: object = {}): Promise<ScenarioService> {
    const folder = mkdtempSync(join(tmpdir(), 'peakvolt-scenario-'));
    const receiver = await startHttpReceiver('ok');
    const file = join(folder, 'peakvolt.sqlite');
    const database = createDatabase({ file, log: recordingLog(), clock: realClock });
    await database.start();
    await putOnCall(database, receiver.origin).finally(() => database.stop());
    const config = join(folder, 'peakvolt.yaml');
    const settings = {
      embeddedBroker: { port: 0 },
      notify: { allow: ['127.0.0.1'] },
      detection: { graceMinS: 3_600, ...detection },
    };
    // YAML takes JSON.
    writeFileSync(config, JSON.stringify(settings));
    const service = await startService({ args: ['serve', '--config', config], dataDir: folder });
    await importRegistry(service, registryCsv(grid));
    return new ScenarioService(service, grid, receiver, folder);
  }

  /**
   * Publishes a scenario that passes in seconds; with `fromHour` it begins at that hour (local) of the last day on which
   * all of it is past, so that what happens does not hang on when the test runs. Resolves when all of it is stored.
   */
  async play(
    options: Pick<SimulateOptions, 'scenario' | 'speed' | 'intervalS'> & { intervals: number },
    fromHour?: number,
  ): Promise<void> {
    const lengthMs = options.intervals * (options.intervalS ?? 60) * 1000;
    const clock = fromHour === undefined ? {} : { clock: clockFrom(lastStartMs(fromHour, lengthMs)) };
    const broker = { url: this.service.brokerUrl };
    const quiet = new AbortController().signal;
    const { deliveries } = await simulate({ broker, grid: this.grid, ...options, ...clock }, quiet);
    await drained(this.service, deliveries.sent);
  }

  async ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.service.url}/api/v1/${path}`, { headers: this.service.headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async incidents(query = 'state=active'): Promise<ShownIncident[]> {
    return (await this.ask<{ items: ShownIncident[] }>(`incidents?limit=500&${query}`)).items;
  }

  messages(): ReturnType<typeof messagesOf> {
    return messagesOf(this.#receiver);
  }

  /** When the self-proof came out last: what was to be told before it was sent has been told then. */
  async provenMs(): Promise<number> {
    type Status = { proof: { lastProvenMs: number | null } };
    return (await this.ask<Status>('alerting')).proof.lastProvenMs ?? 0;
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.#receiver.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function lastStartMs(hour: number, lengthMs: number): number {
  const latestMs = Date.now() - lengthMs;
  const hourMs = hour * HOUR_MS - LOCAL_OFFSET_MS;
  return Math.floor((latestMs - hourMs) / DAY_MS) * DAY_MS + hourMs;
}

/** A simulation that is sped up begins a day before this clock's time. */
function clockFrom(startMs: number): SimClock {
  const shiftMs = Date.now() - (startMs + DAY_MS);
  return {
    nowMs: () => Date.now() - shiftMs,
    sleep: async (delayMs, signal) => {
      await delay(delayMs, undefined, { signal }).catch(() => undefined);
    },
  };
}
