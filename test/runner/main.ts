import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm test`: every suite that this machine can run. Missing servers are installed where that is possible (Debian as
 * root). The last lines say which suites ran, which could not and why; with `CI=true` a suite that cannot run fails.
 */

interface Suite {
  project: string;
  /** Program → Debian package. */
  needs: Record<string, string>;
  needsPages?: boolean;
}

const SUITES: readonly Suite[] = [
  { project: 'unit', needs: {} },
  { project: 'component', needs: {} },
  {
    project: 'medium',
    needs: {
      mosquitto: 'mosquitto',
      influxd: 'influxdb',
      initdb: 'postgresql',
      openssl: 'openssl',
      'prometheus-alertmanager': 'prometheus-alertmanager',
    },
    needsPages: true,
  },
  { project: 'e2e', needs: { chromium: 'chromium' }, needsPages: true },
];
const FONT = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';
const RESULTS = 'test-results';

const ci = process.env['CI'] === 'true';
const chosen = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };
const remarks: string[] = [];

function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    '/usr/sbin',
    '/usr/lib/postgresql/15/bin',
    '/usr/lib/postgresql/17/bin',
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function missing(suite: Suite): string[] {
  return Object.keys(suite.needs).filter((program) => findProgram(program) === undefined);
}

function installMissing(suites: readonly Suite[]): void {
  const packages = new Set(suites.flatMap((s) => missing(s).map((program) => s.needs[program]!)));
  if (suites.some((s) => s.project === 'e2e') && !existsSync(FONT)) packages.add('fonts-noto-cjk');
  if (packages.size === 0) return;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) {
    remarks.push(`not installed (needs root on Debian): ${[...packages].join(' ')}`);
    return;
  }
  process.stdout.write(`installing ${[...packages].join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: 'inherit',
    env,
  });
}

async function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

async function runSuite(suite: Suite): Promise<void> {
  const absent = missing(suite);
  if (absent.length > 0) {
    remarks.push(`${suite.project}: could not run, ${absent.join(', ')} missing`);
    if (ci) totals.failed++;
    return;
  }
  const file = join(RESULTS, `${suite.project}.json`);
  rmSync(file, { force: true });
  const code = await run('vitest', [
    'run',
    '--project',
    suite.project,
    '--reporter',
    'default',
    '--reporter',
    'json',
    '--outputFile.json',
    file,
  ]);
  if (!existsSync(file)) {
    totals.failed++;
    remarks.push(`${suite.project}: ended with ${code} before it could report`);
    return;
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  // A file that fails to load holds no test of its own, and must count all the same.
  const broken = report.testResults.filter(
    (r) => r.status === 'failed' && r.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + broken;
  totals.passed += report.numPassedTests;
  totals.failed += failed > 0 || code === 0 ? failed : 1;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  remarks.push(
    `${suite.project}: ${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`,
  );
}

mkdirSync(RESULTS, { recursive: true });
const suites = SUITES.filter((s) => chosen.length === 0 || chosen.includes(s.project));
installMissing(suites);
if (suites.some((s) => s.needsPages) && (await run('vite', ['build', '--logLevel', 'warn'])) !== 0) {
  remarks.push('the pages do not build');
  totals.failed++;
}
for (const suite of suites) await runSuite(suite);
process.stdout.write(`\n${remarks.join('\n')}\n`);
if (totals.skipped > 0 && ci) process.stdout.write('skipped tests are named above\n');
process.stdout.write(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`,
);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
