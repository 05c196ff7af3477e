import { readFileSync } from 'node:fs';
import type { GridModel, Transformer } from '../../server/core/grid.ts';
import type { DeadLetter, IngestBatch, Reading } from '../../server/core/reading.ts';
import { createDecoder, type Decoder } from '../../server/ingest/decoder.ts';
import type { OutboundCommand } from '../../server/ingest/intake.ts';
import type { DecoderOptions } from '../../server/ingest/options.ts';

/** A small site for the decoder tests: a few registered transformers, a clock that stands still, a decoder with its batch. */

/** 2025-07-20T08:40:00Z, the time of every example. */
export const T0_MS = 1_753_000_800_000;
export const NOW_MS = T0_MS + 20 * 60_000;

function transformer(id: string, nominalV: number, attributes: Record<string, string> = {}): Transformer {
  return {
    id,
    name: id,
    org: 'lichuan',
    areaId: 'A1',
    feederId: 'F1',
    lon: null,
    lat: null,
    capacityKva: 400,
    nominalV,
    ukPct: 4,
    tapPosition: 3,
    tapStepPct: 2.5,
    tapCount: 5,
    customers: 120,
    importantCustomers: 0,
    lvRadiusM: 400,
    kind: 'residential',
    weatherStationId: null,
    attributes,
  };
}

const GRID: GridModel = {
  version: 1,
  areas: [],
  feeders: [],
  transformers: [
    transformer('TQ001', 220, { external_id: 'a1b2c3;mRID-0001' }),
    transformer('TQ002', 220),
    transformer('台区7', 220),
    transformer('KAGGLE-01', 240),
    transformer('US-9', 120),
  ],
};

export class Site {
  readonly decoder: Decoder;
  readonly commands: OutboundCommand[] = [];
  nowMs = NOW_MS;

  constructor(options: Partial<DecoderOptions> = {}) {
    let ids = 0;
    this.decoder = createDecoder({ newId: () => `id-${++ids}`, ...options });
    this.decoder.setGrid(GRID);
  }

  /** What one message adds to an empty batch. */
  decode(topic: string, payload: unknown): IngestBatch {
    const batch: IngestBatch = { readings: [], deadLetters: [], weather: [], forecasts: [], reports: [] };
    const bytes =
      payload instanceof Uint8Array
        ? payload
        : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    this.commands.push(...this.decoder.decode(topic, bytes, this.nowMs, batch));
    return batch;
  }

  /** The one reading of a message that holds one. */
  reading(topic: string, payload: unknown): Reading {
    const batch = this.decode(topic, payload);
    const [reading] = batch.readings;
    if (reading === undefined || unitsOf(batch) !== 1) {
      throw new Error(
        `not one reading: ${batch.deadLetters.map((l) => `${l.reason} ${l.detail}`).join('; ')}`,
      );
    }
    return reading;
  }

  /** The one dead letter of a message that leaves one. */
  letter(topic: string, payload: unknown): DeadLetter {
    const batch = this.decode(topic, payload);
    const [letter] = batch.deadLetters;
    if (letter === undefined || unitsOf(batch) !== 1) throw new Error('not one dead letter');
    return letter;
  }
}

export function unitsOf(batch: IngestBatch): number {
  return (
    batch.readings.length +
    batch.deadLetters.length +
    batch.weather.length +
    batch.forecasts.length +
    batch.reports.length
  );
}

/** What a reading measured, without the columns that it did not. */
export function measured(reading: Reading): Partial<Reading> {
  return Object.fromEntries(
    Object.entries(reading).filter(([, value]) => !(typeof value === 'number' && Number.isNaN(value))),
  );
}

export function textOf(letter: DeadLetter): string {
  return Buffer.from(letter.payload).toString('utf8');
}

/** An example of docs/payloads.md, as bytes. */
export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/payloads/${name}`, import.meta.url));
}
