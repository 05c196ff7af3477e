import type { GridModel, Transformer } from '../../server/core/grid.ts';
import type { IngestBatch } from '../../server/core/reading.ts';
import { createDecoder, type Decoder } from '../../server/ingest/decoder.ts';

/**
 * P3: decode and validate (and detect) one native reading, as a ratio to `JSON.parse` of the same payload alone. Every
 * message is another one of another transformer, as in life: caches that see one topic for ever would flatter us.
 */
const MESSAGES = 20_000;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;
const BAR_RATIO = 2.5;
const NOW_MS = Date.UTC(2026, 6, 20, 12);

interface Message {
  topic: string;
  payload: Buffer;
  text: string;
}

export async function run(): Promise<{
  name: string;
  bars: { id: string; value: number; unit: string; bar: number; met: boolean }[];
  detail: object;
}> {
  const messages = Array.from({ length: MESSAGES }, (_, i) => message(i));
  const decoder = createDecoder({ newId: () => 'never' });
  decoder.setGrid(grid());
  const ratios: number[] = [];
  const parseNs: number[] = [];
  const decodeNs: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    // Alternating, and each round turned round, so that a busy neighbour or a collection hits both alike.
    const first = round % 2 === 0 ? timeParse(messages) : timeDecode(decoder, messages);
    const second = round % 2 === 0 ? timeDecode(decoder, messages) : timeParse(messages);
    const [parse, decode] = round % 2 === 0 ? [first, second] : [second, first];
    if (round < WARM_UP_ROUNDS) continue;
    ratios.push(decode / parse);
    parseNs.push(parse);
    decodeNs.push(decode);
  }
  const ratio = median(ratios);
  return {
    name: 'decode',
    bars: [{ id: 'P3', value: round2(ratio), unit: '× JSON.parse', bar: BAR_RATIO, met: ratio <= BAR_RATIO }],
    detail: {
      detection: false,
      payloadBytes: messages[0]!.payload.length,
      parseNs: Math.round(median(parseNs)),
      decodeNs: Math.round(median(decodeNs)),
      ratioMin: round2(Math.min(...ratios)),
      ratioMax: round2(Math.max(...ratios)),
    },
  };
}

/** Nanoseconds a message. */
function timeParse(messages: readonly Message[]): number {
  let sum = 0;
  const start = process.hrtime.bigint();
  for (const { text } of messages) sum += (JSON.parse(text) as { ts: number }).ts;
  const elapsed = Number(process.hrtime.bigint() - start);
  if (sum === 0) throw new Error('nothing was parsed');
  return elapsed / messages.length;
}

function timeDecode(decoder: Decoder, messages: readonly Message[]): number {
  const batch: IngestBatch = { readings: [], deadLetters: [], weather: [], reports: [] };
  const start = process.hrtime.bigint();
  for (const { topic, payload } of messages) decoder.decode(topic, payload, NOW_MS, batch);
  const elapsed = Number(process.hrtime.bigint() - start);
  if (batch.readings.length !== messages.length) throw new Error('a reading of the bench was refused');
  return elapsed / messages.length;
}

function message(i: number): Message {
  const swing = Math.sin(i) * 8;
  const text = JSON.stringify({
    v: 1,
    id: `TQ${i}`,
    ts: NOW_MS - 900_000 - (i % 1000),
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
  return { topic: `pq/v1/lichuan/TQ${i}/data`, payload: Buffer.from(text), text };
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
