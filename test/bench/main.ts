/** `npm run bench -- NAME…`: runs benches and prints one JSON line each: the ratio, the bar, and whether it is met. */

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
  'replayGroups',
] as const;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(BENCHES as readonly string[]).includes(name));
if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(`usage: npm run bench -- NAME…   NAME: ${BENCHES.join(' | ')}\n`);
  process.exit(2);
}
for (const name of names) {
  const bench = (await import(`./${name}.ts`)) as { run(): Promise<BenchResult> };
  const result = await bench.run();
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
