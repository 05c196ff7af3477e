import { defineCommand } from 'citty';
import { systemClock } from '../adapters/clock.ts';
import { createLogger } from '../adapters/log.ts';
import { createApp } from '../app.ts';
import { loadConfig, type Config } from '../config.ts';
import { DEMO_SETTING, Demo } from '../demo.ts';
import type { Logger } from '../ports.ts';
import { UsageError } from '../usageError.ts';
import { VERSION } from '../version.ts';
import { FOLDER_ARGS } from './parts.ts';
import { endAfter, untilSignal } from './signals.ts';

/** A stop takes seconds at most, also while the store or the database hangs; containers are killed after ten. */
const STOP_MS_MAX = 9_000;

export const serveArgs = {
  ...FOLDER_ARGS,
  demo: {
    type: 'boolean',
    description: 'Fill an empty data folder with a simulated county and keep it live',
  },
  roles: { type: 'string', description: 'Parts to run; this release runs all of them in one process' },
} as const;

/** `peakvolt serve`. */
export const serveCommand = defineCommand({
  meta: { name: 'serve', description: 'Take readings, watch them, serve the pages' },
  args: serveArgs,
  async run({ args }) {
    if (args.roles !== undefined && args.roles !== 'all') {
      throw new UsageError('This release runs all roles in one process: leave --roles out.');
    }
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    await serve({ config, demo: args.demo === true });
  },
});

/** Serves until SIGINT or SIGTERM. Prints the address on standard output when pages and data are there. */
export async function serve({ config, demo }: { config: Config; demo: boolean }): Promise<void> {
  const log = createLogger({ level: config.log.level, version: VERSION });
  const stopping = untilSignal();
  const callOff = endAfter(stopping, STOP_MS_MAX, {
    clock: systemClock,
    onLate: () =>
      log.warn({}, 'some part does not stop: ended without it; what was acknowledged is in the spool'),
  });
  try {
    await serveUntil(stopping, { config, demo, log });
  } finally {
    callOff();
  }
}

async function serveUntil(
  stopping: Promise<NodeJS.Signals>,
  { config, demo, log }: { config: Config; demo: boolean; log: Logger },
): Promise<void> {
  const app = await createApp(config, { log, simulated: demo });
  const abort = new AbortController();
  const county = demo ? new Demo(app, log) : null;
  void stopping.then(() => abort.abort());
  try {
    if (!demo && (await app.database.settings.get(DEMO_SETTING)) !== null) {
      throw new Error(
        `${config.dataDir} holds the demo county. Serve it with --demo, or choose another folder with --data-dir.`,
      );
    }
    await county?.run(abort.signal);
    if (!abort.signal.aborted) announce(app.url, app.brokerUrl, demo);
    const signal = await stopping;
    log.info({ signal }, 'stopping');
  } finally {
    abort.abort();
    await county?.finished();
    await app.stop();
  }
}

function announce(url: string, brokerUrl: string, demo: boolean): void {
  process.stdout.write(
    `Peakvolt is at ${url}${demo ? ' (simulated data)' : ''}; devices connect to ${brokerUrl}\n`,
  );
}
