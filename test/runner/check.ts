import { spawnSync } from 'node:child_process';

/** `npm run check`: compiler, linter, formatter, Svelte, and that the lock file installs. All of them run; any failure fails. */

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['svelte', 'svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
  ['lint', 'oxlint', '--deny-warnings', '.'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
];

const failed: string[] = [];
for (const [name, command, ...args] of CHECKS) {
  process.stdout.write(`\n── ${name} ──\n`);
  const run = spawnSync(command, args, { stdio: 'inherit' });
  if (run.status !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? '\nall checks passed\n' : `\nfailed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
