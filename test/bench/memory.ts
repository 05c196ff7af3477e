import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Engine } from '../../server/core/engine.ts';
import type { GridModel } from '../../server/core/grid.ts';
import { zoneOffset } from '../../server/core/localTime.ts';
import { emptyReading, OUTLET_POINT } from '../../server/core/reading.ts';
import type { BenchResult } from './main.ts';
import { gridOf, START_MS, transformer } from '../core/timeline.ts';

/** P6: memory of live state a measuring point, ids and maps included; the registry's nameplates are told beside it. */

const BAR_BYTES = 500;
/** Share of points that are low, so that running conditions are in the figure. */
const LOW_SHARE = 0.05;
const GRIDS = [
  { what: '500,000 points, 5 a transformer', transformers: 100_000, pointsEach: 5 },
  { what: '100,000 points, 5 a transformer', transformers: 20_000, pointsEach: 5 },
  // The worst case: each point carries the 24 h replay of its transformer alone.
  { what: '100,000 points, 1 a transformer', transformers: 100_000, pointsEach: 1 },
] as const;

interface Measured {
  points: number;
  stateBytes: number;
  columnBytes: number;
  registryBytes: number;
}

/** Runs each grid in a process of its own, as memory that was given back would blur the next figure. */
export async function run(): Promise<BenchResult> {
  const detail: Record<string, Measured> = {};
  for (const { what, transformers, pointsEach } of GRIDS) {
    const file = fileURLToPath(import.meta.url);
    const args = ['--expose-gc', file, 'measure', String(transformers), String(pointsEach)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    detail[what] = JSON.parse(stdout) as Measured;
  }
  const bars = Object.entries(detail).map(([what, { stateBytes, points }]) => {
    const value = Math.round(stateBytes / points);
    return { id: 'P6', what, value, unit: 'B/point', bar: `≤${BAR_BYTES}`, met: value <= BAR_BYTES };
  });
  return { name: 'memory', bars, detail };
}

function measure(transformers: number, pointsEach: number): Measured {
  const empty = usedBytes();
  // JSON gives strings of their own, as a registry read from a database does.
  const ids = JSON.parse(
    JSON.stringify(Array.from({ length: transformers }, (_, i) => `TQ-${i}`)),
  ) as string[];
  const afterIds = usedBytes();
  const model: GridModel = gridOf(
    ...ids.map((id, i) => transformer(id, { areaId: `A${i % 60}`, feederId: `F${i % 600}` })),
  );
  const before = usedBytes();
  const engine = new Engine({ offset: zoneOffset('Asia/Shanghai') });
  engine.setGrid(model, START_MS);
  for (let minute = 0; minute < 70; minute += 5) {
    ids.forEach((id, i) => stepAll(engine, id, i, minute, pointsEach));
    engine.tick(START_MS + (minute + 5) * 60_000);
    engine.takeDelta(START_MS);
    engine.takeEvents();
    engine.takeClosed();
  }
  const after = usedBytes();
  const { points, bytes } = engine.size();
  return {
    points,
    stateBytes: after - before + (afterIds - empty),
    columnBytes: bytes,
    registryBytes: before - afterIds,
  };
}

function stepAll(engine: Engine, id: string, index: number, minute: number, pointsEach: number): void {
  for (let k = 0; k < pointsEach; k++) {
    const point = k === 0 ? OUTLET_POINT : `tail-${index}-${k}`;
    const reading = emptyReading(id, point, START_MS + minute * 60_000);
    const isLow = (index * pointsEach + k) % Math.round(1 / LOW_SHARE) === 0;
    reading.intervalS = 300;
    reading.uaV = isLow ? 185 : 221.3 + (minute % 7) / 10;
    reading.ubV = 219.8;
    reading.ucV = 223.1;
    reading.iaA = 310;
    engine.step(reading, reading.tsMs + 300_000);
  }
}

function usedBytes(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

if (process.argv[2] === 'measure') {
  process.stdout.write(JSON.stringify(measure(Number(process.argv[3]), Number(process.argv[4]))));
}
