import type { Config } from '../config.ts';
import type { Clock, Database, Logger, ReadingStore } from '../ports.ts';

/** What a command works on when no service runs: the stores of the data folder, opened by this process. */
export interface Parts {
  config: Config;
  clock: Clock;
  log: Logger;
  database: Database;
  store: ReadingStore;
  stop(): Promise<void>;
}

/** Where a command writes: data to `out`, progress and messages to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Standard error is a screen: progress may overwrite its line. */
  interactive: boolean;
}

export const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr.isTTY === true,
};

/** Options of every command that works on a data folder. */
export const FOLDER_ARGS = {
  config: { type: 'string', description: 'Configuration file (YAML)' },
  'data-dir': { type: 'string', description: 'Folder of the embedded parts (PEAKVOLT_DATA_DIR, ./data)' },
} as const;
