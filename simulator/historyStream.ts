import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { HistoryChunk } from './history.ts';
import type { HistoryJob, HistoryWorkerMessage } from './historyWorker.ts';

/** Chunks made ahead of the reader: enough to keep both threads busy, some 5 MB. */
const CREDIT = 32;

/**
 * {@link historyChunks} made in a thread of its own, with back-pressure: a slow reader stops the maker. Leaving the loop
 * ends the thread.
 */
export async function* streamHistory(job: HistoryJob): AsyncGenerator<HistoryChunk> {
  const worker = new Worker(new URL('./historyWorker.ts', import.meta.url), { workerData: job });
  try {
    const messages = on(worker, 'message', { close: ['exit'] });
    worker.postMessage(CREDIT, []);
    for await (const [message] of messages as AsyncIterable<[HistoryWorkerMessage]>) {
      if (message.kind === 'end') return;
      yield message.chunk;
      worker.postMessage(1, []);
    }
    throw new Error('the history thread ended before its work did');
  } finally {
    await worker.terminate();
  }
}
