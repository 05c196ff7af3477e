/** What the spool and its worker thread say to each other. */

export interface SpoolWorkerData {
  file: string;
  bytesMax: number;
}

export type SpoolQuestion =
  | { kind: 'append'; entry: Uint8Array }
  | { kind: 'read'; afterSeq: number; bytesMax: number }
  | { kind: 'trim'; seq: number }
  | { kind: 'close' };

export type SpoolRequest = SpoolQuestion & { id: number };

export interface SpoolPosition {
  firstSeq: number;
  lastSeq: number;
  bytes: number;
}

export interface SpoolEntry {
  seq: number;
  entry: Uint8Array;
}

export type SpoolReply = { position: SpoolPosition } & (
  | { kind: 'ready'; damagedFile: string | null }
  | { kind: 'appended'; ids: number[]; firstSeq: number }
  | { kind: 'entries'; id: number; entries: SpoolEntry[] }
  | { kind: 'done'; id: number }
  | { kind: 'failed'; ids: number[]; reason: string }
  | { kind: 'quarantined'; seq: number; file: string | null; reason: string }
);
