import { pino } from 'pino';
import type { Logger } from '../ports.ts';

/** Paths that never reach the log, whatever is passed. */
const REDACTED = [
  'password',
  'token',
  'authorization',
  'cookie',
  '*.password',
  '*.token',
  '*.authorization',
  '*.cookie',
];

/** Structured log on standard error, one JSON line an event: standard output belongs to a command's data. */
export function createLogger(options: {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  version: string;
}): Logger {
  return pino(
    {
      level: options.level,
      base: { version: options.version },
      redact: { paths: REDACTED, censor: '(secret)' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
