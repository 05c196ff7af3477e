import type { RecomputeWindow } from '../ports.ts';
import type { LedgerState } from './ledger.ts';

/** How far everything has come: small, written every few seconds. */
export interface Marks {
  /** The ledger has counted records up to here. */
  ledgerSeq: number;
  ledger: LedgerState;
  /** The reading store, and the database, have everything up to here. */
  storeSeq: number;
  recordsSeq: number;
  /** Windows up to `storeSeq` whose summaries are still to be made again. */
  recompute: RecomputeWindow[];
}

const VERSION = 1;
/** Sequence number in front of the engine's bytes. */
const SEQ_BYTES = 8;

export function encodeMarks(marks: Marks): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...marks }));
}

/** Null when the marks are of a version that we do not know. */
export function decodeMarks(bytes: Uint8Array): Marks | null {
  const marks = JSON.parse(new TextDecoder().decode(bytes)) as Marks & { version: number };
  return marks.version === VERSION ? marks : null;
}

export function encodeEngineState(seq: number, state: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SEQ_BYTES + state.length);
  new DataView(bytes.buffer).setFloat64(0, seq, true);
  bytes.set(state, SEQ_BYTES);
  return bytes;
}

export function decodeEngineState(bytes: Uint8Array): { seq: number; state: Uint8Array } {
  const seq = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0, true);
  return { seq, state: bytes.subarray(SEQ_BYTES) };
}
