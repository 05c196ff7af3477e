import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { SpoolEntry, SpoolPosition } from './protocol.ts';

/** The spool's own SQLite file: synchronous calls, for the worker thread alone. */

/** Entries are kilobytes: larger pages mean fewer overflow chains. */
const PAGE_BYTES = 8192;
/** Rows deleted by one transaction: a few milliseconds, so that a long trim does not hold up an append. */
const TRIM_ROWS = 1_000;
/** Pages given back to the file system by one trim, once so many are free: a drained backlog must not keep its disk. */
const VACUUM_PAGES = 4_096;
/** SQLite's codes for a file that is not a database, or no longer one. */
const CODE_CORRUPT = 11;
const CODE_NOT_A_DATABASE = 26;

/** An entry that cannot be given back. `file` keeps what was left of it. */
export interface Quarantined {
  seq: number;
  file: string | null;
  reason: string;
}

interface Row {
  seq: number;
  crc: number;
  entry: Uint8Array;
}

export class SpoolFile {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  #firstSeq: number;
  #lastSeq: number;

  /** Opens or makes the file; throws when it is damaged, locked by another process or cannot be written. */
  constructor(file: string, bytesMax: number) {
    this.#file = file;
    this.#db = new DatabaseSync(file);
    try {
      this.#db.exec(`
        pragma page_size = ${PAGE_BYTES};
        pragma auto_vacuum = incremental;
        pragma locking_mode = exclusive;
        pragma journal_mode = wal;
        pragma synchronous = full;
        create table if not exists entry (seq integer primary key, crc integer not null, entry blob not null);
        create table if not exists mark (id integer primary key check (id = 0), last_seq integer not null);
        insert or ignore into mark values (0, 0);
        pragma max_page_count = ${Math.max(1, Math.floor(bytesMax / PAGE_BYTES))};`);
      this.#insert = this.#db.prepare('insert into entry (seq, crc, entry) values (?, ?, ?)');
      this.#select = this.#db.prepare('select seq, crc, entry from entry where seq > ? order by seq');
      const mark = Number(this.#scalar('select last_seq from mark'));
      this.#lastSeq = Math.max(mark, Number(this.#scalar('select coalesce(max(seq), 0) from entry')));
      this.#firstSeq = Number(this.#scalar(`select coalesce(min(seq), ${this.#lastSeq + 1}) from entry`));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** `firstSeq` is `lastSeq + 1` when nothing is kept. */
  position(): SpoolPosition {
    const used = Number(this.#scalar('pragma page_count')) - Number(this.#scalar('pragma freelist_count'));
    return { firstSeq: this.#firstSeq, lastSeq: this.#lastSeq, bytes: used * PAGE_BYTES };
  }

  /** Appends all or nothing, synced to disk on return; the sequence number of the first. */
  append(entries: readonly Uint8Array[]): number {
    const first = this.#lastSeq + 1;
    this.#transaction(() => {
      for (const [i, entry] of entries.entries()) this.#insert.run(first + i, crc32(entry), entry);
    });
    this.#lastSeq += entries.length;
    return first;
  }

  /** Entries after `afterSeq` up to `bytesMax`, at least one; damaged ones are moved aside and reported. */
  read(afterSeq: number, bytesMax: number, onQuarantine: (what: Quarantined) => void): SpoolEntry[] {
    const found: SpoolEntry[] = [];
    let bytes = 0;
    let at = Math.max(afterSeq, this.#firstSeq - 1);
    while (at < this.#lastSeq && (found.length === 0 || bytes < bytesMax)) {
      const row = this.#next(at, onQuarantine);
      if (row === null) break;
      at = row.seq;
      if (!(row.entry instanceof Uint8Array) || crc32(row.entry) !== row.crc) {
        this.#quarantine(row.seq, row.entry, 'the checksum is wrong', onQuarantine);
      } else if (found.length === 0 || bytes + row.entry.length <= bytesMax) {
        found.push({ seq: row.seq, entry: row.entry });
        bytes += row.entry.length;
      } else break;
    }
    return found;
  }

  /** Deletes some of the entries up to `seq`; whether there are more. Between two calls appends have their turn. */
  trimSome(seq: number): boolean {
    const upTo = Math.min(seq, this.#lastSeq);
    if (this.#firstSeq <= upTo) {
      const next = Math.min(upTo, this.#firstSeq + TRIM_ROWS - 1);
      this.#transaction(() => {
        this.#db.prepare('delete from entry where seq <= ?').run(next);
        this.#db.prepare('update mark set last_seq = ?').run(this.#lastSeq);
      });
      this.#firstSeq = next + 1;
      return true;
    }
    if (Number(this.#scalar('pragma freelist_count')) > VACUUM_PAGES) {
      this.#db.exec(`pragma incremental_vacuum(${VACUUM_PAGES})`);
    }
    return false;
  }

  close(): void {
    this.#db.close();
  }

  /** The row after `at`. A page that SQLite cannot read costs the entries on it, not the spool. */
  #next(at: number, onQuarantine: (what: Quarantined) => void): Row | null {
    for (let after = at; after < this.#lastSeq; after++) {
      try {
        return (this.#select.get(after) as Row | undefined) ?? null;
      } catch (error) {
        if (!isDamage(error)) throw error;
        onQuarantine({ seq: after + 1, file: null, reason: 'its page cannot be read' });
      }
    }
    return null;
  }

  #quarantine(seq: number, entry: unknown, reason: string, onQuarantine: (what: Quarantined) => void): void {
    const folder = `${this.#file}.quarantine`;
    mkdirSync(folder, { recursive: true });
    const file = `${folder}/${seq}.bin`;
    writeFileSync(file, entry instanceof Uint8Array ? entry : String(entry));
    this.#db.prepare('delete from entry where seq = ?').run(seq);
    onQuarantine({ seq, file, reason });
  }

  #transaction(work: () => void): void {
    this.#db.exec('begin immediate');
    try {
      work();
      this.#db.exec('commit');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error;
    }
  }

  #scalar(sql: string): unknown {
    const row = this.#db.prepare(sql).get();
    return row === undefined ? undefined : Object.values(row)[0];
  }
}

/** Whether SQLite found the file damaged, as opposed to full, locked or unreadable. */
export function isDamage(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && [CODE_CORRUPT, CODE_NOT_A_DATABASE].includes(code & 0xff);
}

/** Puts a damaged file and its log aside, where someone may look at them; returns where. */
export function setAside(file: string, nowMs: number): string {
  const aside = `${file}.damaged-${nowMs}`;
  renameSync(file, aside);
  try {
    renameSync(`${file}-wal`, `${aside}-wal`);
  } catch {
    rmSync(`${file}-wal`, { force: true });
  }
  return aside;
}
