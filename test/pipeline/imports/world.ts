import type { GridModel, MeasuringPoint, Transformer } from '../../../server/core/grid.ts';
import type { Reading, WeatherSample } from '../../../server/core/reading.ts';
import { nameplatesAfter } from '../../../server/adapters/db/nameplateHistory.ts';
import type { Clock, RecomputeWindow, WriteResult } from '../../../server/ports.ts';
import { runImport } from '../../../server/pipeline/imports/runImport.ts';
import type {
  ImportDeps,
  ImportKind,
  ImportOptions,
  ImportReport,
  RowError,
} from '../../../server/pipeline/imports/report.ts';
import { gridOf, transformerOf } from '../../fixtures/transformers.ts';

export const NOW_MS = Date.UTC(2026, 6, 15);

/** The world of an import, in memory: what it wrote can be read off. */
export interface ImportWorld {
  deps: ImportDeps;
  stored: Map<string, Reading>;
  /** Answers of the store in order; `stored` when they are used up. */
  answers: ((rows: readonly Reading[]) => WriteResult)[];
  writes: number[];
  windows: RecomputeWindow[];
  points: MeasuringPoint[];
  weather: Map<string, WeatherSample>;
  settings: Map<string, string>;
  transformers(): Transformer[];
  upserts: { validFromMs: number; dryRun: boolean }[];
}

export function importWorld(...known: Transformer[]): ImportWorld {
  const grid: GridModel = { version: 1, ...gridOf(...known) };
  const world: Omit<ImportWorld, 'deps'> = {
    stored: new Map(),
    answers: [],
    writes: [],
    windows: [],
    points: [],
    weather: new Map(),
    settings: new Map(),
    upserts: [],
    transformers: () => grid.transformers,
  };
  return { ...world, deps: depsOf(world, grid) };
}

/** Time passes only by waiting. */
function leapingClock(): Clock {
  let nowMs = NOW_MS;
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      nowMs += delayMs;
      queueMicrotask(run);
      return () => undefined;
    },
  };
}

function depsOf(world: Omit<ImportWorld, 'deps'>, grid: GridModel): ImportDeps {
  const unused = (): never => {
    throw new Error('an import has no use for this');
  };
  return {
    clock: leapingClock(),
    registry: {
      load: () => Promise.resolve(structuredClone(grid)),
      version: unused,
      versions: unused,
      changedNameplates: unused,
      transformer: unused,
      upsert(change, { validFromMs, dryRun = false }) {
        world.upserts.push({ validFromMs, dryRun });
        const edits = change.transformers.map((next) => {
          const before = grid.transformers.find((t) => t.id === next.id);
          const versions =
            before === undefined
              ? []
              : [{ transformerId: next.id, validFromMs: 0, transformer: before, changed: [] }];
          return nameplatesAfter(versions, next, validFromMs);
        });
        if (!dryRun) {
          const given = new Map(change.transformers.map((t) => [t.id, t]));
          grid.transformers = [...grid.transformers.filter((t) => !given.has(t.id)), ...given.values()];
        }
        return Promise.resolve(
          edits.map(({ current, kind, changed }) => ({ transformerId: current.id, kind, changed })),
        );
      },
    },
    points: { add: (points) => Promise.resolve(void world.points.push(...points)), of: unused },
    weather: {
      add: (samples) =>
        Promise.resolve(samples.forEach((s) => world.weather.set(`${s.stationId} ${s.tsMs}`, s))),
      range: unused,
      addForecast: unused,
      forecast: unused,
      forecastStations: unused,
      stations: unused,
    },
    settings: {
      get: (key) => Promise.resolve(world.settings.get(key) ?? null),
      set: (key, value) => Promise.resolve(void world.settings.set(key, value)),
    },
    store: {
      writeReadings(rows) {
        const result = world.answers.shift()?.(rows) ?? { kind: 'stored' as const };
        world.writes.push(rows.length);
        if (result.kind === 'stored') {
          for (const row of rows) world.stored.set(`${row.transformerId} ${row.point} ${row.tsMs}`, row);
        }
        return Promise.resolve(result);
      },
      recompute: (windows) => Promise.resolve(void world.windows.push(...windows)),
      recomputeAll: unused,
    },
  };
}

export const T1 = transformerOf('T1');
export const T2 = transformerOf('T2', { nominalV: 240 });

/** Imports text, giving it in pieces that cut through rows and characters. */
export async function importText(
  kind: ImportKind,
  text: string | Uint8Array,
  world: ImportWorld,
  options: ImportOptions = {},
): Promise<{ report: ImportReport; errors: RowError[] }> {
  const errors: RowError[] = [];
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const report = await runImport(
    kind,
    pieces(bytes),
    { onRowError: (error) => void errors.push(error), ...options },
    world.deps,
  );
  return { report, errors };
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  const size = 1_021;
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
