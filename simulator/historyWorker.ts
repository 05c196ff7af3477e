import { parentPort, workerData } from 'node:worker_threads';
import { buildGrid, type GridOptions } from './grid.ts';
import { CHUNK_COLUMNS, historyChunks, type HistoryChunk, type HistorySpan } from './history.ts';

/** The thread behind {@link streamHistory}: makes chunks as long as it has credit, one credit a chunk. */

export interface HistoryJob {
  /** How to build the grid; weather from a file cannot cross threads. */
  grid: Omit<GridOptions, 'weather'>;
  span: Omit<HistorySpan, 'scenario'>;
}

export type HistoryWorkerMessage = { kind: 'chunk'; chunk: HistoryChunk } | { kind: 'end' };

if (parentPort) {
  const port = parentPort;
  const job = workerData as HistoryJob;
  const credit = { chunks: 0, wake: (): void => {} };
  port.on('message', (granted: number) => {
    credit.chunks += granted;
    credit.wake();
  });
  for (const chunk of historyChunks(buildGrid(job.grid), job.span)) {
    while (credit.chunks === 0) await new Promise<void>((resolve) => (credit.wake = resolve));
    credit.chunks--;
    const message: HistoryWorkerMessage = { kind: 'chunk', chunk };
    port.postMessage(
      message,
      CHUNK_COLUMNS.map((name) => chunk[name].buffer as ArrayBuffer),
    );
  }
  const end: HistoryWorkerMessage = { kind: 'end' };
  port.postMessage(end, []);
  port.close();
}
