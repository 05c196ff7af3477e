import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Logger, StateFile } from '../ports.ts';

/** "PVST": state file, and the version of its frame. */
const MAGIC = 0x50565354;
const HEADER_BYTES = 8;
/** Written, and its checksum made, between two turns of the event loop: a state can be several hundred megabytes. */
const SLICE_BYTES = 4 * 2 ** 20;

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
      const beside = `${file}.new`;
      const handle = await open(beside, 'w');
      try {
        await writeFramed(handle, bytes);
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

async function writeFramed(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES);
  await writeAt(handle, header, 0);
  let checksum = 0;
  for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
    const slice = bytes.subarray(from, from + SLICE_BYTES);
    checksum = crc32(slice, checksum);
    await writeAt(handle, slice, HEADER_BYTES + from);
  }
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(checksum, 4);
  await writeAt(handle, header, 0);
}

/** A write may take less than it was given. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
