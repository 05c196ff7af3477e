import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Logger, StateFile } from '../ports.ts';

/** "PVST": state file, and the version of its frame. */
const MAGIC = 0x50565354;
const HEADER_BYTES = 8;

/** A {@link StateFile} on disk: written beside, synced, renamed over, folder synced. */
export function createSnapshotFile(file: string, log: Logger): StateFile {
  return {
    async read() {
      let whole: Buffer;
      try {
        whole = await readFile(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      const bytes = new Uint8Array(whole.subarray(HEADER_BYTES));
      const intact =
        whole.length >= HEADER_BYTES &&
        whole.readUInt32LE(0) === MAGIC &&
        whole.readUInt32LE(4) === crc32(bytes);
      if (intact) return bytes;
      log.error({ file }, 'The saved state is damaged; it is not used');
      return null;
    },
    async write(bytes) {
      await mkdir(dirname(file), { recursive: true });
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUInt32LE(MAGIC, 0);
      header.writeUInt32LE(crc32(bytes), 4);
      const beside = `${file}.new`;
      const handle = await open(beside, 'w');
      try {
        await handle.writeFile(header);
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, file);
      const folder = await open(dirname(file), 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
  };
}
