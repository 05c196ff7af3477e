import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchResult } from './main.ts';
import { processCpuS } from './processTime.ts';

/**
 * P12: the pages built, then the demo's first start in an empty data folder, then its second. The build goes to a folder of
 * its own, so that the checkout stays as it is; `npm start` does the two one after the other.
 */

const ROOT = join(import.meta.dirname, '../..');

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'peakvolt-bench-'));
  try {
    const build = await buildPages(join(folder, 'pages'));
    const first = await startDemo(folder);
    const second = await startDemo(folder);
    const firstS = build + first.seconds;
    return {
      name: 'start',
      bars: [
        {
          id: 'P12',
          what: 'first start, pages built and two years loaded',
          value: firstS,
          unit: 's',
          bar: '≤60',
          met: firstS <= 60,
        },
        {
          id: 'P12',
          what: 'second start',
          value: second.seconds,
          unit: 's',
          bar: '≤5',
          met: second.seconds <= 5,
        },
      ],
      detail: { buildS: build, first, second, load: loadavg() },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildPages(outDir: string): Promise<number> {
  const startMs = performance.now();
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the pages do not build');
  return (performance.now() - startMs) / 1000;
}

/** Until the service says where it is: then pages, map and data are there. */
async function startDemo(folder: string): Promise<{ seconds: number; cpuS: number }> {
  const config = join(folder, 'peakvolt.yaml');
  writeFileSync(config, 'embeddedBroker:\n  port: 0\n');
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    [join(ROOT, 'server/main.ts'), 'serve', '--demo', '--config', config, '--data-dir', join(folder, 'data')],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, PORT: '0' } },
  );
  const exited = once(child, 'exit');
  try {
    await Promise.race([
      announced(child),
      exited.then(() => {
        throw new Error('the service ended before it was ready');
      }),
    ]);
    return { seconds: (performance.now() - startMs) / 1000, cpuS: processCpuS(child.pid!) };
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

async function announced(child: ChildProcess): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes('Peakvolt is at ')) return;
  }
}
