import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { PipelineStatus } from '../../server/ports.ts';

/** What the process is told on its command line. */
export interface IngestOptions {
  dataDir: string;
  /** A broker of its own; absent: the embedded one, on `brokerPort`. */
  mqttUrl?: string;
  brokerPort?: number;
  store: { kind: 'duckdb' } | { kind: 'influx'; url: string } | { kind: 'none' };
  /** Transformers `T000000` … in the registry. */
  transformers: number;
}

export interface IngestReport {
  brokerUrl: string;
  status: PipelineStatus;
  /** Processor time since its start, s. */
  cpuS: number;
  memoryBytes: number;
  /** Longest time between two deltas of the live picture since the report before, ms. */
  deltaGapMsMax: number;
}

/** Spool, decoder, detection, live view and writer in a process of their own, without the pages: to be measured, and killed. */
export interface IngestProcess {
  readonly child: ChildProcess;
  /** Asks it how it is. */
  report(): Promise<IngestReport>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export const transformerId = (index: number): string => `T${String(index).padStart(6, '0')}`;

/** Starts the process; resolves when it takes messages. */
export async function startIngest(options: IngestOptions): Promise<IngestProcess & { brokerUrl: string }> {
  const child = fork(join(import.meta.dirname, 'ingestMain.ts'), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-20_000)));
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const answer = (): Promise<IngestReport> =>
    new Promise((resolve, reject) => {
      child.once('message', (report) => resolve(report as IngestReport));
      void exited.then(() => reject(new Error(`the process ended:\n${errors}`)));
    });
  const { brokerUrl } = await answer();
  return {
    child,
    brokerUrl,
    report() {
      const answered = answer();
      child.send('report');
      return answered;
    },
    async stop() {
      if (child.connected) child.send('stop');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
