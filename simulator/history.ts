import { HOUR_MS } from './calendar.ts';
import type { SimGrid } from './simGrid.ts';
import { humidityPct } from './physics/weather.ts';
import { hash32, hashUnit } from './random.ts';
import { openScenario, type Scenario } from './scenarios/scenario.ts';
import { openSimulation, solveFeeder, timeAxis } from './solver.ts';

/** A stretch of one measuring point, by column; NaN where it does not measure. Voltages and currents to 0.1, as devices send. */
export interface HistoryChunk {
  transformerId: string;
  point: string;
  tsMs: Float64Array;
  uaV: Float64Array;
  ubV: Float64Array;
  ucV: Float64Array;
  iaA: Float64Array;
  ibA: Float64Array;
  icA: Float64Array;
  pKw: Float64Array;
  qKvar: Float64Array;
}

export const CHUNK_COLUMNS = ['tsMs', 'uaV', 'ubV', 'ucV', 'iaA', 'ibA', 'icA', 'pKw', 'qKvar'] as const;
type ChunkColumn = (typeof CHUNK_COLUMNS)[number];

export interface HistorySpan {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** Length of an interval; a row's time is its start, its values are those of its middle. */
  stepMs: number;
  /** Default `normal`. */
  scenario?: Scenario;
}

/** Rows of a chunk at most: three months of hours. */
export const CHUNK_ROWS = 2200;
/** Chance that a device was mute for part of a day, and how long at most (M). */
const MUTE_DAY = 0.012;
const MUTE_MS_MAX = 5 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
export const OUTLET = 'outlet';

/** History of every point, span by span; rows that a mute device never sent are missing. Chunk borders change no value. */
export function* historyChunks(grid: SimGrid, span: HistorySpan): Generator<HistoryChunk> {
  const scenario = span.scenario ?? openScenario('normal', grid, span.fromMs);
  const sim = openSimulation(grid, scenario);
  for (let fromMs = span.fromMs; fromMs < span.toMs; fromMs += CHUNK_ROWS * span.stepMs) {
    const rows = Math.min(CHUNK_ROWS, Math.ceil((span.toMs - fromMs) / span.stepMs));
    const startsMs = Float64Array.from({ length: rows }, (_, i) => fromMs + i * span.stepMs);
    const axis = timeAxis(
      sim,
      startsMs.map((tsMs) => tsMs + span.stepMs / 2),
    );
    for (let feeder = 0; feeder < grid.feeders.length; feeder++) {
      for (const { transformer, series } of solveFeeder(sim, axis, feeder)) {
        const keep = scenario.quiet ? null : sentRows(transformer.channel, startsMs);
        const solved = series();
        const { tails } = solved;
        yield toChunk(transformer.id, OUTLET, { ...solved, tsMs: startsMs }, keep);
        for (const tail of tails)
          yield toChunk(transformer.id, tail.point, { ...tail, tsMs: startsMs }, keep);
      }
    }
  }
}

/** Indexes of the rows that the device sent; null when it sent all. */
function sentRows(channel: number, startsMs: Float64Array): Int32Array | null {
  const sent = new Int32Array(startsMs.length);
  let count = 0;
  let day = NaN;
  let muteFromMs = Infinity;
  let muteToMs = -Infinity;
  for (let i = 0; i < startsMs.length; i++) {
    const tsMs = startsMs[i]!;
    const today = Math.floor(tsMs / DAY_MS);
    if (today !== day) {
      day = today;
      const mute = hashUnit(channel, day, 900) < MUTE_DAY;
      muteFromMs = mute ? day * DAY_MS + hashUnit(channel, day, 901) * (DAY_MS - MUTE_MS_MAX) : Infinity;
      muteToMs = muteFromMs + hashUnit(channel, day, 902) * MUTE_MS_MAX;
    }
    if (tsMs < muteFromMs || tsMs >= muteToMs) sent[count++] = i;
  }
  return count === startsMs.length ? null : sent.subarray(0, count);
}

/** Own copies of the kept rows, rounded as devices round. What a point does not measure is NaN. */
function toChunk(
  transformerId: string,
  point: string,
  measured: Partial<Record<ChunkColumn, Float64Array>> & { tsMs: Float64Array },
  keep: Int32Array | null,
): HistoryChunk {
  const rows = keep ? keep.length : measured.tsMs.length;
  const column = (name: ChunkColumn): Float64Array => {
    const to = new Float64Array(rows);
    const from = measured[name];
    if (!from) return to.fill(NaN);
    const scale = name === 'tsMs' ? 1 : 10;
    for (let i = 0; i < rows; i++) to[i] = Math.round(from[keep ? keep[i]! : i]! * scale) / scale;
    return to;
  };
  return {
    transformerId,
    point,
    tsMs: column('tsMs'),
    uaV: column('uaV'),
    ubV: column('ubV'),
    ucV: column('ucV'),
    iaA: column('iaA'),
    ibA: column('ibA'),
    icA: column('icA'),
    pKw: column('pKw'),
    qKvar: column('qKvar'),
  };
}

/** Weather at one station in one hour. */
export interface SimWeather {
  stationId: string;
  tsMs: number;
  tempC: number;
  humidityPct: number;
}

/** Hourly weather of every station in [fromMs, toMs). */
export function* weatherSamples(
  grid: SimGrid,
  fromMs: number,
  toMs: number,
  scenario: Scenario = openScenario('normal', grid, fromMs),
): Generator<SimWeather> {
  const { felt } = openSimulation(grid, scenario);
  for (let hour = Math.ceil(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
    for (const [station, stationId] of grid.stations.entries()) {
      const tempC = felt.tempC(station, hour);
      const tsMs = hour * HOUR_MS;
      const noise = (hash32(grid.seed, hour, station) / 2 ** 32 - 0.5) * 6;
      yield {
        stationId,
        tsMs,
        tempC: Math.round(tempC * 10) / 10,
        humidityPct: Math.round(Math.min(100, humidityPct(tempC, tsMs) + noise)),
      };
    }
  }
}
