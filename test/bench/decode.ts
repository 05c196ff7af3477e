import { Engine } from '../../server/core/engine.ts';
import type { GridModel, Transformer } from '../../server/core/grid.ts';
import type { IngestBatch } from '../../server/core/reading.ts';
import { createDecoder, type Decoder } from '../../server/ingest/decoder.ts';
import type { BenchResult } from './main.ts';

/**
 * P3: decode, validate and detect one native reading, as a ratio to `JSON.parse` of the same payload alone. Every message
 * is of another transformer and every round of another quarter of an hour, as in life: one topic for ever would flatter us.
 */
const MESSAGES = 20_000;
/** What the pipeline gathers before it syncs: 10 ms at 50,000 messages a second. */
const BATCH = 500;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;
const BAR_RATIO = 2.5;
const INTERVAL_MS = 900_000;
const START_MS = Date.UTC(2026, 6, 20, 12);

interface Message {
  topic: string;
  payload: Buffer;
  text: string;
}

export async function run(): Promise<BenchResult> {
  const decoder = createDecoder({ newId: () => 'never' });
  const engine = new Engine();
  const model = grid();
  decoder.setGrid(model);
  engine.setGrid(model, START_MS);
  const parseNs: number[] = [];
  const decodeNs: number[] = [];
  const detectNs: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const endMs = START_MS + (round + 1) * INTERVAL_MS;
    let [parse, decode, detect] = [0, 0, 0];
    // In turns of a batch, so that a busy neighbour or a collection hits all alike. Messages arrive, and a batch with what
    // followed from it is let go of, as in the service: kept for a round they would cost each collection a copy of them all.
    for (let at = 0; at < MESSAGES; at += BATCH) {
      const some = Array.from({ length: BATCH }, (_, i) => message(at + i, endMs - INTERVAL_MS));
      const batch: IngestBatch = { readings: [], deadLetters: [], weather: [], forecasts: [], reports: [] };
      parse += timeParse(some);
      decode += timeDecode(decoder, some, endMs, batch);
      detect += timeDetect(engine, endMs, batch);
      engine.takeEvents();
      engine.takeClosed();
    }
    engine.tick(endMs);
    engine.takeEvents();
    engine.takeClosed();
    if (round < WARM_UP_ROUNDS) continue;
    parseNs.push(parse / MESSAGES);
    decodeNs.push(decode / MESSAGES);
    detectNs.push(detect / MESSAGES);
  }
  const decodeRatio = median(decodeNs.map((ns, i) => ns / parseNs[i]!));
  const ratios = decodeNs.map((ns, i) => (ns + detectNs[i]!) / parseNs[i]!);
  const ratio = median(ratios);
  return {
    name: 'decode',
    bars: [
      {
        id: 'P3',
        what: 'decode + validate + detect one reading, to JSON.parse of its payload',
        value: round2(ratio),
        unit: 'ratio',
        bar: `≤${BAR_RATIO}`,
        met: ratio <= BAR_RATIO,
      },
    ],
    detail: {
      messages: MESSAGES * ROUNDS,
      payloadBytes: message(0, START_MS).payload.length,
      parseNs: Math.round(median(parseNs)),
      decodeNs: Math.round(median(decodeNs)),
      detectNs: Math.round(median(detectNs)),
      decodeRatio: round2(decodeRatio),
      ratioMin: round2(Math.min(...ratios)),
      ratioMax: round2(Math.max(...ratios)),
    },
  };
}

/** Processor time of this process, collector and all: neighbours on the machine do not count. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Processor nanoseconds for all messages; so are the next two. */
function timeParse(messages: readonly Message[]): number {
  let sum = 0;
  const start = cpuNs();
  for (const { text } of messages) sum += (JSON.parse(text) as { ts: number }).ts;
  const elapsed = cpuNs() - start;
  if (sum === 0) throw new Error('nothing was parsed');
  return elapsed;
}

function timeDecode(
  decoder: Decoder,
  messages: readonly Message[],
  nowMs: number,
  batch: IngestBatch,
): number {
  const start = cpuNs();
  for (const { topic, payload } of messages) decoder.decode(topic, payload, nowMs, batch);
  const elapsed = cpuNs() - start;
  if (batch.readings.length !== messages.length) throw new Error('a reading of the bench was refused');
  return elapsed;
}

function timeDetect(engine: Engine, nowMs: number, { readings }: IngestBatch): number {
  let live = 0;
  const start = cpuNs();
  for (const reading of readings) live += engine.step(reading, nowMs) === 'live' ? 1 : 0;
  const elapsed = cpuNs() - start;
  if (live !== readings.length) throw new Error('a reading of the bench was not live');
  return elapsed;
}

function message(i: number, tsMs: number): Message {
  const swing = Math.sin(i + tsMs / INTERVAL_MS) * 8;
  const text = JSON.stringify({
    v: 1,
    id: `TQ${i}`,
    ts: tsMs,
    int: 900,
    agg: 'mean',
    seq: i,
    u: { a: tenth(221 + swing), b: tenth(219 - swing), c: tenth(223 + swing) },
    umin: { a: tenth(216 + swing), b: tenth(213 - swing), c: tenth(218 + swing) },
    i: { a: 310 + (i % 90), b: 402 - (i % 90), c: 288, n: 41 },
    p: tenth(205 + swing),
    q: tenth(61 + swing),
    hist: false,
    pt: 'outlet',
    flags: [],
  });
  // Through bytes, as a broker's client makes it: a string in one piece.
  const topic = Buffer.from(`pq/v1/lichuan/TQ${i}/data`).toString();
  return { topic, payload: Buffer.from(text), text };
}

function grid(): GridModel {
  const base: Transformer = {
    id: '',
    name: '',
    org: 'lichuan',
    areaId: 'A1',
    feederId: 'F1',
    lon: null,
    lat: null,
    capacityKva: 400,
    nominalV: 220,
    ukPct: 4,
    tapPosition: 3,
    tapStepPct: 2.5,
    tapCount: 5,
    customers: 100,
    importantCustomers: 0,
    lvRadiusM: null,
    kind: 'residential',
    weatherStationId: null,
    attributes: {},
  };
  const transformers = Array.from({ length: MESSAGES }, (_, i) => ({ ...base, id: `TQ${i}` }));
  return { version: 1, areas: [], feeders: [], transformers };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1]!;
}
