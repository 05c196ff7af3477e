import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { loadConfig } from '../config.ts';
import { PACKAGE_ROOT, WEB_ROOT } from '../paths.ts';
import { serve, serveArgs } from './serve.ts';

/** `npm start`: builds the pages when they are missing or older than their sources, then serves; with nothing configured, the demo. */
export const startCommand = defineCommand({
  meta: {
    name: 'start',
    description: 'Build what must be built, then serve (the demo grid when nothing is configured)',
  },
  args: serveArgs,
  async run({ args }) {
    if (!pagesAreFresh() && !buildPages()) {
      throw new Error('The pages do not build; the messages above say why. Nothing was started.');
    }
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    await serve({ config, demo: args.demo || config.pristine });
  },
});

function pagesAreFresh(): boolean {
  const page = join(WEB_ROOT, 'index.html');
  if (!existsSync(page)) return false;
  const sources = join(PACKAGE_ROOT, 'web');
  // A container holds the built pages only.
  if (!existsSync(sources)) return true;
  const builtMs = statSync(page).mtimeMs;
  return [join(PACKAGE_ROOT, 'package-lock.json'), ...filesBelow(sources)].every(
    (file) => statSync(file).mtimeMs <= builtMs,
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function buildPages(): boolean {
  process.stderr.write('Building the pages…\n');
  const vite = join(PACKAGE_ROOT, 'node_modules/vite/bin/vite.js');
  const run = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: PACKAGE_ROOT,
    stdio: ['ignore', 2, 2],
  });
  return run.status === 0;
}
