import { mkdir, open, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { FeederForecast } from '../core/forecast/parts.ts';
import type { PartsStore, RunParts } from '../ports.ts';

/** Parts of one run, one behind the other: length, bytes. A part that was being written when all stopped is left out. */

const LENGTH_BYTES = 4;

/** Keeps the parts of a run in a file of the folder until the run is whole. */
export function createPartsFiles(folder: string): PartsStore {
  const fileOf = (runId: string): string => join(folder, `${runId.replace(/[^\w-]/g, '_')}.parts`);
  return {
    of: (runId, key) => partsOf(folder, fileOf(runId), key),
    clear: (runId) => rm(fileOf(runId), { force: true }),
  };
}

function partsOf(folder: string, file: string, key: string): RunParts {
  let tail: Promise<void> = Promise.resolve();
  const append = (value: unknown): Promise<void> => {
    // One at a time: two threads may end at once.
    const written = tail.then(() => appendRecord(file, value));
    tail = written.catch(() => undefined);
    return written;
  };
  return {
    async load() {
      await mkdir(folder, { recursive: true });
      const bytes = await bytesOf(file);
      const { records, endAt } = recordsOf(bytes);
      const [head, ...parts] = records;
      if (head === key) {
        if (endAt < bytes.length) await truncate(file, endAt);
        return parts as FeederForecast[];
      }
      await rm(file, { force: true });
      await append(key);
      return [];
    },
    add: (part) => append(part),
  };
}

async function appendRecord(file: string, value: unknown): Promise<void> {
  const body = serialize(value);
  const record = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  record.writeUInt32LE(body.length, 0);
  body.copy(record, LENGTH_BYTES);
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.writeFile(record);
  } finally {
    await handle.close();
  }
}

/** The whole records, and where the last one ends. */
function recordsOf(bytes: Buffer): { records: unknown[]; endAt: number } {
  const records: unknown[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    if (at + LENGTH_BYTES + length > bytes.length) break;
    try {
      records.push(deserialize(bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length)));
    } catch {
      break;
    }
    at += LENGTH_BYTES + length;
  }
  return { records, endAt: at };
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
