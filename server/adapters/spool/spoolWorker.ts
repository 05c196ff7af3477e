import { parentPort, workerData } from 'node:worker_threads';
import type { SpoolReply, SpoolRequest, SpoolWorkerData } from './protocol.ts';
import { SpoolFile, isDamage, setAside } from './spoolFile.ts';

/** The thread that owns the spool's file: appends that wait together are committed, and synced, together. */

const { file, bytesMax } = workerData as SpoolWorkerData;
const port = parentPort!;
let closed = false;
const waiting: { id: number; entry: Uint8Array }[] = [];

function open(): { spool: SpoolFile; damagedFile: string | null } {
  try {
    return { spool: new SpoolFile(file, bytesMax), damagedFile: null };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const damagedFile = setAside(file, Date.now());
    return { spool: new SpoolFile(file, bytesMax), damagedFile };
  }
}

const { spool, damagedFile } = open();

function commit(): void {
  if (waiting.length === 0) return;
  const batch = waiting.splice(0);
  const ids = batch.map((one) => one.id);
  try {
    const firstSeq = spool.append(batch.map((one) => one.entry));
    reply({ kind: 'appended', ids, firstSeq, position: spool.position() });
  } catch (error) {
    fail(ids, error);
  }
}

function handle(request: Exclude<SpoolRequest, { kind: 'append' }>): void {
  commit();
  try {
    if (request.kind === 'read') {
      const entries = spool.read(request.afterSeq, request.bytesMax, (what) =>
        reply({ kind: 'quarantined', ...what, position: spool.position() }),
      );
      reply({ kind: 'entries', id: request.id, entries, position: spool.position() });
      return;
    }
    if (request.kind === 'trim') {
      trim(request.id, request.seq);
      return;
    }
    const position = spool.position();
    closed = true;
    spool.close();
    reply({ kind: 'done', id: request.id, position });
    port.close();
  } catch (error) {
    fail([request.id], error);
  }
}

function trim(id: number, seq: number): void {
  if (closed) return;
  try {
    if (spool.trimSome(seq)) setImmediate(trim, id, seq);
    else reply({ kind: 'done', id, position: spool.position() });
  } catch (error) {
    fail([id], error);
  }
}

function fail(ids: number[], error: unknown): void {
  reply({ kind: 'failed', ids, reason: (error as Error).message, position: spool.position() });
}

function reply(message: SpoolReply): void {
  port.postMessage(message);
}

port.on('message', (request: SpoolRequest) => {
  if (request.kind !== 'append') {
    handle(request);
    return;
  }
  if (waiting.push({ id: request.id, entry: request.entry }) === 1) setImmediate(commit);
});
reply({ kind: 'ready', damagedFile, position: spool.position() });
