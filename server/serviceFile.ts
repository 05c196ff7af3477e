import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `service.json` in the data folder says which process serves it and where: DuckDB and SQLite files belong to one
 * process, so a command asks the running service instead of opening them.
 */
export interface ServiceMark {
  pid: number;
  url: string;
  /** Tells the process from a later one of the same number: after a power cut numbers come again. */
  birth?: string | null;
}

export const SERVICE_MARK_FILE = 'service.json';

/** Refuses to serve a folder that another living process serves. */
export class FolderTakenError extends Error {
  constructor(dataDir: string, mark: ServiceMark) {
    super(
      `${dataDir} is served by process ${mark.pid} (${mark.url}). Stop that one first, or give this one a folder of its own with --data-dir.`,
    );
    this.name = 'FolderTakenError';
  }
}

/** The living service of a data folder; null when there is none (a mark left behind by a crash does not count). */
export function readServiceMark(dataDir: string): ServiceMark | null {
  const path = join(dataDir, SERVICE_MARK_FILE);
  if (!existsSync(path)) return null;
  try {
    const mark = JSON.parse(readFileSync(path, 'utf8')) as Partial<ServiceMark>;
    if (typeof mark.pid !== 'number' || typeof mark.url !== 'string') return null;
    if (mark.pid === process.pid || !isAlive(mark.pid)) return null;
    if (typeof mark.birth === 'string' && mark.birth !== birthOf(mark.pid)) return null;
    return { pid: mark.pid, url: mark.url };
  } catch {
    return null;
  }
}

/** @throws FolderTakenError */
export function refuseWhenTaken(dataDir: string): void {
  const mark = readServiceMark(dataDir);
  if (mark !== null) throw new FolderTakenError(dataDir, mark);
}

/** Makes the data folder, for its owner alone: it holds every reading, and what devices sent. */
export function makeDataFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/** Says that this process serves the folder; the result takes the mark away. */
export function placeServiceMark(dataDir: string, url: string): () => void {
  makeDataFolder(dataDir);
  const { pid } = process;
  const path = join(dataDir, SERVICE_MARK_FILE);
  const aside = `${path}.${pid}`;
  writeFileSync(aside, JSON.stringify({ pid, url, birth: birthOf(pid) } satisfies ServiceMark));
  renameSync(aside, path);
  return () => rmSync(path, { force: true });
}

/** The token by which commands of the folder's owner may ask the running service. */
export const OWNER_TOKEN_FILE = 'owner.token';

/** Leaves the token where only the owner of the folder can read it; the result takes it away. */
export function placeOwnerToken(dataDir: string, token: string): () => void {
  const path = join(dataDir, OWNER_TOKEN_FILE);
  // A file that is there keeps its mode when it is written to.
  rmSync(path, { force: true });
  writeFileSync(path, token, { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** Null when there is none. */
export function readOwnerToken(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, OWNER_TOKEN_FILE), 'utf8').trim();
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Boot of the machine and start of the process (proc(5): field 22 of `stat`); null where the system does not tell. */
function birthOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold blanks and brackets.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot}/${started}`;
  } catch {
    return null;
  }
}
