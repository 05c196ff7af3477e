import { PROOF_ID } from '../core/proofEngine.ts';
import type { WeatherForecastSample } from '../core/reading.ts';
import type { Clock, Database, Logger } from '../ports.ts';
import { Lane } from './lane.ts';
import type { Ledger } from './ledger.ts';
import { backoffMs, pause, unlessStopped } from './pause.ts';
import type { LogEntry, RecordLog } from './recordLog.ts';

/** Rows of one call to the database. */
const ROWS_AT_ONCE = 1_000;
/** Failures of the same rows before a healthy database is taken to refuse them. */
const FAILURES_BEFORE_DOUBT = 3;

type RecordStores = Pick<Database, 'deadLetters' | 'weather' | 'reports' | 'events' | 'health'>;

export interface RecordWriterDeps {
  log: RecordLog;
  ledger: Ledger;
  database: RecordStores;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Drains dead letters, weather, device reports and condition events into the database; the reading store may be down meanwhile. */
export class RecordWriter {
  readonly #deps: RecordWriterDeps;
  readonly #lane: Lane;

  constructor(deps: RecordWriterDeps) {
    this.#deps = deps;
    this.#lane = new Lane({
      ...deps,
      name: 'records',
      rowsMax: 20_000,
      rowsWorthwhile: 0,
      lingerMs: 0,
      write: (entries, signal) => this.#write(entries, signal),
    });
  }

  get cursor(): number {
    return this.#lane.cursor;
  }

  get oldestMs(): number | null {
    return this.#lane.oldestMs;
  }

  start(cursor: number): void {
    this.#lane.start(cursor);
  }

  stop(graceMs: number): Promise<void> {
    return this.#lane.stop(graceMs);
  }

  async #write(entries: readonly LogEntry[], signal: AbortSignal): Promise<() => void> {
    const { deadLetters, weather, reports, events } = this.#deps.database;
    const letters = entries.flatMap(({ record }) => record.deadLetters);
    await this.#add(
      'events',
      entries.flatMap(({ record }) =>
        record.events.filter(({ transformerId }) => transformerId !== PROOF_ID),
      ),
      (rows) => events.add(rows),
      signal,
    );
    await this.#add('dead letters', letters, (rows) => deadLetters.add(rows), signal);
    await this.#add(
      'weather',
      entries.flatMap(({ record }) => record.weather),
      (rows) => weather.add(rows),
      signal,
    );
    await this.#add(
      'weather forecasts',
      entries.flatMap(({ record }) => record.forecasts),
      (rows) => addForecasts(weather, rows),
      signal,
    );
    await this.#add(
      'reports',
      entries.flatMap(({ record }) => record.reports),
      (rows) => reports.put(rows),
      signal,
    );
    return () => this.#deps.ledger.lettersDone(letters.length);
  }

  async #add<Row>(
    what: string,
    rows: readonly Row[],
    add: (rows: readonly Row[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const todo: (readonly Row[])[] = [];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
      todo.push(rows.slice(from, from + ROWS_AT_ONCE));
    todo.reverse();
    for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
      if (await this.#taken(part, add, signal)) continue;
      if (part.length === 1) {
        this.#deps.logger.error(
          { what, row: part[0] },
          'The database refuses a record for good; it is left out',
        );
        continue;
      }
      const half = part.length >> 1;
      todo.push(part.slice(half), part.slice(0, half));
    }
  }

  /** Tries until the database takes the rows, or is well and yet refuses them: then some row of them is at fault. */
  async #taken<Row>(
    rows: readonly Row[],
    add: (rows: readonly Row[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { clock, random, logger, database } = this.#deps;
    for (let failures = 0; ;) {
      try {
        await unlessStopped(add(rows), signal);
        return true;
      } catch (error) {
        if (signal.aborted) throw error;
        logger.warn(
          { reason: (error as Error).message },
          'The database does not take records; they wait in the spool',
        );
        if (++failures >= FAILURES_BEFORE_DOUBT && (await this.#isWell(database))) return false;
        await pause(clock, backoffMs(failures, random), signal);
      }
    }
  }

  async #isWell(database: RecordStores): Promise<boolean> {
    return database.health().then(
      (health) => health.ok,
      () => false,
    );
  }
}

/** Issue by issue; a later one wins whatever the order. */
async function addForecasts(
  weather: Database['weather'],
  rows: readonly WeatherForecastSample[],
): Promise<void> {
  for (const [issuedMs, samples] of Map.groupBy(rows, (row) => row.issuedMs)) {
    await weather.addForecast(samples, issuedMs);
  }
}
