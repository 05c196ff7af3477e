import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../../server/commands/parts.ts';

/** A terminal that keeps what it is shown. */
export function recordingTerminal(interactive = false): Terminal & { stdout: string; stderr: string } {
  const terminal = {
    stdout: '',
    stderr: '',
    interactive,
    out: (text: string) => void (terminal.stdout += text),
    err: (text: string) => void (terminal.stderr += text),
  };
  return terminal;
}

/** Runs with an empty folder that goes afterwards. */
export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'peakvolt-command-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
