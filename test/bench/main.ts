/** `npm run bench -- NAME…`: runs benches and prints one JSON line each: the ratio, the bar, and whether it is met. */

import { existsSync } from 'node:fs';

export interface Bar {
  /** Number in the list of bars, e.g. `P3`. */
  id: string;
  what: string;
  value: number;
  unit: string;
  /** The bar in words, e.g. `≤2.5`. */
  bar: string;
  met: boolean;
}

export interface BenchResult {
  name: string;
  bars: Bar[];
  /** Figures behind the ratios. */
  detail: Record<string, unknown>;
}

const BENCHES = [
  'ingest',
  'drain',
  'decode',
  'store',
  'latency',
  'memory',
  'query',
  'start',
  'alerts',
  'causes',
  'replay',
  'readiness',
  'forecast',
  'verdicts',
  'forecastCauses',
  'replayGroups',
] as const;

/** Benches on measured data, which is not part of the repository: what their file is (docs/import.md). */
const FILE_BENCHES: Readonly<Record<string, string>> = {
  transformer: 'history CSV of one transformer, some months long',
  weather: 'weather CSV, four years long',
};

const asked = process.argv.slice(2).map((argument) => {
  const at = argument.indexOf('=');
  return at < 0
    ? { name: argument, file: null }
    : { name: argument.slice(0, at), file: argument.slice(at + 1) };
});
const isUsable = asked.every(({ name, file }) =>
  name in FILE_BENCHES ? file !== null && existsSync(file) : file === null && BENCHES.some((b) => b === name),
);
if (asked.length === 0 || !isUsable) {
  const files = Object.entries(FILE_BENCHES).map(([name, what]) => `  ${name}=FILE   FILE: ${what}\n`);
  process.stderr.write(
    `usage: npm run bench -- NAME…   NAME: ${BENCHES.join(' | ')}, or with a file that exists\n${files.join('')}`,
  );
  process.exit(2);
}
for (const { name, file } of asked) {
  const bench = (await import(`./${name}.ts`)) as { run(file: string | null): Promise<BenchResult> };
  const result = await bench.run(file);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
