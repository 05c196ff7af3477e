import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger, Spool } from '../../ports.ts';
import type {
  SpoolEntry,
  SpoolPosition,
  SpoolQuestion,
  SpoolReply,
  SpoolRequest,
  SpoolWorkerData,
} from './protocol.ts';

export interface SqliteSpoolOptions {
  /** Path of the SQLite file; its folder is made. Belongs to one process at a time. */
  file: string;
  /** Largest size of the file; an append beyond it is refused, as on a full disk. Default 64 GiB. */
  bytesMax?: number;
  log: Logger;
}

const BYTES_MAX_DEFAULT = 64 * 2 ** 30;

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The spool in a SQLite file of its own (WAL, `synchronous=FULL`), written by a worker thread. */
export function createSqliteSpool(options: SqliteSpoolOptions): Spool {
  return new SqliteSpool(options);
}

class SqliteSpool implements Spool {
  readonly #options: SqliteSpoolOptions;
  readonly #waiters = new Map<number, Waiter>();
  #worker: Worker | null = null;
  #opening: Promise<void> | null = null;
  #nextId = 1;
  #stopped = true;
  #position: SpoolPosition = { firstSeq: 1, lastSeq: 0, bytes: 0 };

  constructor(options: SqliteSpoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    mkdirSync(dirname(this.#options.file), { recursive: true });
    this.#stopped = false;
    await this.#open();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    const worker = this.#worker;
    if (worker !== null) await this.#ask({ kind: 'close' });
    this.#stopped = true;
    await worker?.terminate();
    this.#worker = null;
  }

  async append(entry: Uint8Array): Promise<number> {
    // The whole buffer behind a view would be copied to the thread.
    const own = entry.byteLength === entry.buffer.byteLength ? entry : entry.slice();
    return (await this.#ask({ kind: 'append', entry: own })) as number;
  }

  async read(afterSeq: number, bytesMax: number): Promise<SpoolEntry[]> {
    return (await this.#ask({ kind: 'read', afterSeq, bytesMax })) as SpoolEntry[];
  }

  async trim(seq: number): Promise<void> {
    await this.#ask({ kind: 'trim', seq });
  }

  status(): ReturnType<Spool['status']> {
    const { firstSeq, lastSeq, bytes } = this.#position;
    const { bytesMax = BYTES_MAX_DEFAULT } = this.#options;
    return { firstSeq, lastSeq, entries: lastSeq - firstSeq + 1, bytes, bytesMax };
  }

  /** Sends a request and waits for its answer; a thread that died is replaced first. */
  async #ask(question: SpoolQuestion): Promise<unknown> {
    if (this.#stopped) throw new Error('The spool is stopped.');
    if (this.#worker === null) await this.#open();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#worker!.postMessage({ ...question, id } satisfies SpoolRequest, []);
    });
  }

  #open(): Promise<void> {
    this.#opening ??= this.#startWorker().finally(() => (this.#opening = null));
    return this.#opening;
  }

  #startWorker(): Promise<void> {
    const { file, bytesMax = BYTES_MAX_DEFAULT } = this.#options;
    const workerData: SpoolWorkerData = { file, bytesMax };
    const worker = new Worker(new URL('spoolWorker.ts', import.meta.url), { workerData });
    return new Promise((resolve, reject) => {
      let failure: Error = new Error('The spool thread ended.');
      worker.on('message', (reply: SpoolReply) => {
        this.#position = reply.position;
        if (reply.kind !== 'ready') return this.#receive(reply);
        if (reply.damagedFile !== null) {
          this.#options.log.error(
            { file: reply.damagedFile },
            'The spool was damaged beyond reading; it was put aside and an empty one begun',
          );
        }
        this.#worker = worker;
        resolve();
      });
      worker.on('error', (error) => {
        const { message } = error as Error;
        const locked = /locked/.test(message) ? '; another Peakvolt has it open' : '';
        failure = new Error(`The spool ${file}: ${message}${locked}`, { cause: error });
      });
      worker.on('exit', () => {
        if (this.#worker === worker) this.#worker = null;
        const waiters = [...this.#waiters.values()];
        this.#waiters.clear();
        for (const waiter of waiters) waiter.reject(failure);
        reject(failure);
      });
    });
  }

  #receive(reply: Exclude<SpoolReply, { kind: 'ready' }>): void {
    switch (reply.kind) {
      case 'appended':
        for (const [i, id] of reply.ids.entries()) this.#take(id)?.resolve(reply.firstSeq + i);
        return;
      case 'entries':
        this.#take(reply.id)?.resolve(reply.entries);
        return;
      case 'done':
        this.#take(reply.id)?.resolve(undefined);
        return;
      case 'failed':
        for (const id of reply.ids) this.#take(id)?.reject(new Error(`The spool: ${reply.reason}`));
        return;
      case 'quarantined':
        this.#options.log.error(
          { seq: reply.seq, file: reply.file, reason: reply.reason },
          'An entry of the spool is damaged; it was put aside and left out',
        );
    }
  }

  #take(id: number): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    return waiter;
  }
}
