import { registryCsv } from '../simulator/csv.ts';
import { buildGrid, DEMO_SEED } from '../simulator/grid.ts';
import { weatherSamples, type HistoryChunk } from '../simulator/history.ts';
import { streamHistory } from '../simulator/historyStream.ts';
import { simulate } from '../simulator/main.ts';
import { systemClock } from './adapters/clock.ts';
import type { App } from './app.ts';
import { terminal } from './commands/parts.ts';
import { progressLine } from './commands/progressLine.ts';
import { emptyReading, READING_FLAG, type Reading, type WeatherSample } from './core/reading.ts';
import { runImport } from './pipeline/imports/runImport.ts';
import type { Logger } from './ports.ts';

/** Says that a data folder holds the demo, and until when its history is loaded (UTC ms). */
export const DEMO_SETTING = 'demo.historyUntilMs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TRANSFORMERS = 400;
/** Two years by the hour, the last week by the quarter hour, the last day as devices send it. */
const HISTORY_DAYS = 730;
const FINE_DAYS = 7;
const FINE_STEP_MS = 900_000;
/** A day that was missed is sent at once, then devices keep the pace of real ones. */
const CATCH_UP = { speed: 100_000, intervalS: 900, intervals: 95 } as const;
const LIVE_INTERVAL_S = 60;
/** Without a reading for so long, the missed day is sent again. */
const MISSED_AFTER_MS = HOUR_MS;
const ROWS_AT_ONCE = 20_000;
const WEATHER_AT_ONCE = 1_000;

/** The simulated county behind `npm start`: registry, two years of history, then devices that publish over MQTT. */
export class Demo {
  readonly #app: App;
  readonly #log: Logger;
  readonly #grid = buildGrid({ transformers: TRANSFORMERS, seed: DEMO_SEED });
  #publishing: Promise<void> = Promise.resolve();

  constructor(app: App, log: Logger) {
    this.#app = app;
    this.#log = log;
  }

  /**
   * Fills what is missing, shows its progress, and leaves the devices publishing until the signal is aborted.
   *
   * @throws when the folder holds a registry that is not the demo's: a demo never mixes with real data.
   */
  async run(signal: AbortSignal): Promise<void> {
    const nowMs = systemClock.nowMs();
    const stored = await this.#app.database.settings.get(DEMO_SETTING);
    if (stored === null) await this.#register();
    const fromMs = stored === null ? startOfHour(nowMs) - HISTORY_DAYS * DAY_MS : Number(stored);
    const untilMs = startOfHour(nowMs) - DAY_MS;
    if (untilMs > fromMs) await this.#loadHistory(fromMs, untilMs, signal);
    if (signal.aborted) return;
    await this.#app.database.settings.set(DEMO_SETTING, String(Math.max(fromMs, untilMs)));
    const missed = (await this.#app.store.latest(nowMs - MISSED_AFTER_MS)).length === 0;
    this.#publishing = this.#publish(missed, signal).catch((error: unknown) => {
      this.#log.error({ err: error }, 'the simulated devices stopped publishing');
    });
  }

  /** Resolves when the devices have said good-bye after the abort: the broker must still be there for it. */
  finished(): Promise<void> {
    return this.#publishing;
  }

  async #register(): Promise<void> {
    const { database, pipeline } = this.#app;
    if ((await database.registry.load()).transformers.length > 0) {
      throw new Error(
        'This data folder holds a registry of its own; the demo does not mix with it. Choose another folder with --data-dir.',
      );
    }
    const csv = new TextEncoder().encode(registryCsv(this.#grid));
    const report = await runImport(
      'registry',
      once(csv),
      { validFromMs: 0 },
      { ...database, clock: systemClock, store: this.#app.store },
    );
    if (report.refused > 0)
      throw new Error(`the demo's registry was refused: ${JSON.stringify(report.errors[0])}`);
    await pipeline.reloadGrid();
  }

  async #loadHistory(fromMs: number, untilMs: number, signal: AbortSignal): Promise<void> {
    const { store, database } = this.#app;
    const line = progressLine(terminal);
    const fineMs = Math.max(fromMs, untilMs - FINE_DAYS * DAY_MS);
    let rows = 0;
    for (const span of [
      { fromMs, toMs: fineMs, stepMs: HOUR_MS },
      { fromMs: fineMs, toMs: untilMs, stepMs: FINE_STEP_MS },
    ]) {
      const expected = rows + ((span.toMs - span.fromMs) / span.stepMs) * TRANSFORMERS;
      let batch: Reading[] = [];
      const flush = async (): Promise<void> => {
        const full = batch;
        batch = [];
        await this.#store(full);
        rows += full.length;
        line.show({ stage: 'simulated history', rows, share: Math.min(1, rows / expected) });
      };
      for await (const chunk of streamHistory({
        grid: { transformers: TRANSFORMERS, seed: DEMO_SEED },
        span,
      })) {
        if (signal.aborted) return;
        if (batch.length + chunk.tsMs.length > ROWS_AT_ONCE) await flush();
        appendChunk(batch, chunk, span.stepMs / 1000);
      }
      await flush();
    }
    await store.recomputeAll(fromMs, untilMs, (share) =>
      line.show({ stage: 'daily summaries', rows, share }),
    );
    let weather: WeatherSample[] = [];
    for (const sample of weatherSamples(this.#grid, fromMs, untilMs)) {
      if (weather.push(sample) < WEATHER_AT_ONCE) continue;
      await database.weather.add(weather);
      weather = [];
    }
    await database.weather.add(weather);
    line.clear();
  }

  async #store(rows: readonly Reading[]): Promise<void> {
    const result = await this.#app.store.writeReadings(rows);
    if (result.kind !== 'stored')
      throw new Error(`the simulated history could not be stored: ${result.reason}`);
  }

  async #publish(missed: boolean, signal: AbortSignal): Promise<void> {
    const shared = { grid: this.#grid, broker: { url: this.#app.brokerUrl } };
    if (missed) await simulate({ ...shared, ...CATCH_UP }, signal);
    if (!signal.aborted) await simulate({ ...shared, intervalS: LIVE_INTERVAL_S }, signal);
  }
}

function appendChunk(batch: Reading[], chunk: HistoryChunk, intervalS: number): void {
  for (let i = 0; i < chunk.tsMs.length; i++) {
    const reading = { ...emptyReading(chunk.transformerId, chunk.point, chunk.tsMs[i]!), intervalS };
    reading.uaV = chunk.uaV[i]!;
    reading.ubV = chunk.ubV[i]!;
    reading.ucV = chunk.ucV[i]!;
    reading.iaA = chunk.iaA[i]!;
    reading.ibA = chunk.ibA[i]!;
    reading.icA = chunk.icA[i]!;
    reading.pKw = chunk.pKw[i]!;
    reading.qKvar = chunk.qKvar[i]!;
    reading.flags = READING_FLAG.history;
    if (reading.uaV === 0 && reading.ubV === 0 && reading.ucV === 0) reading.flags |= READING_FLAG.outage;
    batch.push(reading);
  }
}

function startOfHour(tsMs: number): number {
  return Math.floor(tsMs / HOUR_MS) * HOUR_MS;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
