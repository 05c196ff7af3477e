import type { Reading } from '../core/reading.ts';
import { READING_FLAG } from '../core/reading.ts';
import type { NativeReading } from '../ingest/payload.ts';

/** A reading as a native payload says it, so that one which a store refused can be sent through the decoder again. */
export function nativePayload(row: Reading): NativeReading {
  const payload: NativeReading = {
    id: row.transformerId,
    ts: row.tsMs,
    u: known({ a: row.uaV, b: row.ubV, c: row.ucV }),
    umin: known({ a: row.uaMinV, b: row.ubMinV, c: row.ucMinV }),
    i: known({ a: row.iaA, b: row.ibA, c: row.icA, n: row.inA }),
    ...known({ int: row.intervalS, p: row.pKw, q: row.qKvar }),
    pt: row.point,
  };
  if ((row.flags & READING_FLAG.history) !== 0) payload.hist = true;
  return payload;
}

function known<Key extends string>(values: Record<Key, number>): Partial<Record<Key, number>> {
  const entries = Object.entries<number>(values).filter(([, value]) => Number.isFinite(value));
  return Object.fromEntries(entries) as Partial<Record<Key, number>>;
}
