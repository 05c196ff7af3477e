import type { Notices } from './notices.ts';

/** The parts speak English themselves; only what counts is said again, with numbers by locale. */
export const noticesEn: Partial<Notices> = {
  'embedded-broker': {
    detail: (v) =>
      `listens at ${v.address}, clients: ${v.clients}; sessions and retained messages are in memory`,
  },
  'duckdb-well': { detail: (v) => `measuring points: ${v.points}, ${v.megabytes}\u202fMB` },
  'flow-well': { detail: (v) => `batches waiting: ${v.batches}; conservation sum 0` },
  'flow-conservation': {
    detail: (v) => `the conservation sum is off by ${v.readings} readings`,
    remedy: () => 'This is a fault of the program: keep the data folder and the log, and report it.',
  },
  'run-unexpected': {
    detail: (v) => (v.error === '' ? 'an unexpected error' : `an unexpected error: ${v.error}`),
    remedy: () => 'The log of that time says more: keep it, and report the fault.',
  },
};
