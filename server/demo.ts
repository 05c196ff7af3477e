import { localHour } from '../simulator/calendar.ts';
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
import { seedDemoAlerts } from './demoAlerts.ts';
import { runImport } from './pipeline/imports/runImport.ts';
import type { HistoryBlock, Logger, ReadingStore, WriteResult } from './ports.ts';

/** Says that a data folder holds the demo, and until when its history is loaded (UTC ms). */
export const DEMO_SETTING = 'demo.historyUntilMs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;
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
/** Two row groups of the embedded store: written to its file once, past its log. */
const ROWS_AT_ONCE = 250_000;
/** What every store takes in one write. */
const ROWS_A_WRITE = 20_000;
const WEATHER_AT_ONCE = 1_000;
/** A season is drawn from as many years of weather as there are; before the history by three hours, as archives have it. */
const WEATHER_YEARS = 14;
const ARCHIVE_STEP_H = 3;

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
    const { timeZone } = this.#app;
    await seedDemoAlerts(this.#app, { nowMs, timeZone, feederId: this.#grid.feeders[0]!.id });
    await this.#loadArchive(startOfHour(nowMs));
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

  /** The years of weather before what is stored: all of them or none. */
  async #loadArchive(nowMs: number): Promise<void> {
    const { weather } = this.#app.database;
    const firsts = (await weather.stations()).map(({ firstMs }) => firstMs);
    const toMs = Math.min(nowMs - HISTORY_DAYS * DAY_MS, ...firsts);
    const archive: WeatherSample[] = [];
    for (const sample of weatherSamples(this.#grid, nowMs - WEATHER_YEARS * YEAR_MS, toMs)) {
      if (localHour(sample.tsMs) % ARCHIVE_STEP_H === 0) archive.push(sample);
    }
    await weather.add(archive);
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
      let batch: HistoryBlock[] = [];
      let batchRows = 0;
      // One batch is written while the next is gathered.
      let writing: Promise<void> = Promise.resolve();
      const flush = async (): Promise<void> => {
        const [full, fullRows] = [batch, batchRows];
        [batch, batchRows] = [[], 0];
        await writing;
        writing = storeBlocks(store, full);
        // A failure is thrown where it is waited for.
        writing.catch(() => undefined);
        rows += fullRows;
        line.show({ stage: 'simulated history', rows, share: Math.min(1, rows / expected) });
      };
      for await (const chunk of streamHistory({
        grid: { transformers: TRANSFORMERS, seed: DEMO_SEED },
        span,
      })) {
        if (signal.aborted) break;
        if (batchRows + chunk.tsMs.length > ROWS_AT_ONCE) await flush();
        batch.push(toBlock(chunk, span.stepMs / 1000));
        batchRows += chunk.tsMs.length;
      }
      await flush();
      await writing;
      if (signal.aborted) return;
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

  async #publish(missed: boolean, signal: AbortSignal): Promise<void> {
    const shared = { grid: this.#grid, broker: { url: this.#app.brokerUrl } };
    if (missed) await simulate({ ...shared, ...CATCH_UP }, signal);
    if (signal.aborted) return;
    this.#app.plan.dataArrived();
    await simulate({ ...shared, intervalS: LIVE_INTERVAL_S }, signal);
  }
}

function toBlock({ transformerId, point, tsMs, ...values }: HistoryChunk, intervalS: number): HistoryBlock {
  const { uaV, ubV, ucV } = values;
  const flags = Int32Array.from(tsMs, (_, i) =>
    uaV[i] === 0 && ubV[i] === 0 && ucV[i] === 0
      ? READING_FLAG.history | READING_FLAG.outage
      : READING_FLAG.history,
  );
  return { transformerId, point, tsMs, intervalS, flags, values };
}

async function storeBlocks(store: ReadingStore, blocks: readonly HistoryBlock[]): Promise<void> {
  if (store.writeHistory !== undefined) return mustBeStored(await store.writeHistory(blocks));
  let rows: Reading[] = [];
  for (const block of blocks) {
    if (rows.length + block.tsMs.length > ROWS_A_WRITE) {
      mustBeStored(await store.writeReadings(rows));
      rows = [];
    }
    for (let i = 0; i < block.tsMs.length; i++) rows.push(readingOf(block, i));
  }
  mustBeStored(await store.writeReadings(rows));
}

function readingOf(
  { transformerId, point, tsMs, intervalS, flags, values }: HistoryBlock,
  i: number,
): Reading {
  const reading = emptyReading(transformerId, point, tsMs[i]!);
  for (const [name, column] of Object.entries(values)) reading[name as keyof typeof values] = column[i]!;
  return Object.assign(reading, { intervalS, flags: flags[i]! });
}

function mustBeStored(result: WriteResult): void {
  if (result.kind !== 'stored')
    throw new Error(`the simulated history could not be stored: ${result.reason}`);
}

function startOfHour(tsMs: number): number {
  return Math.floor(tsMs / HOUR_MS) * HOUR_MS;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
