import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { type LogRecord, decodeRecord, emptyRecord, encodeRecord } from '../../server/core/batchCodec.ts';
import { CorruptBytesError } from '../../server/core/columnFormat.ts';
import { READING_COLUMNS, REFUSAL_REASONS, type Reading, emptyReading } from '../../server/core/reading.ts';

/** What devices send, what they should not, and what only a fuzzer does. */
const number = fc.oneof(
  fc.constantFrom(NaN, -0, 0, 1e308, -1e308, 5e-324, Infinity, -Infinity),
  fc.integer({ min: -500, max: 5000 }).map((n) => n / 10),
  fc.integer({ min: 0, max: 500_000 }).map((n) => n / 1000),
  fc.double(),
);
const time = fc.integer({ min: 0, max: 4e12 });
const text = fc.string({ unit: 'binary', maxLength: 20 });
const lone = fc.constantFrom('\uD800', 'a\uDFFF', '线路', 'TQ001', '');
const name = fc.oneof(text, lone);

const reading: fc.Arbitrary<Reading> = fc
  .tuple(name, name, time, fc.array(number, { minLength: 13, maxLength: 13 }), fc.nat(255))
  .map(([transformerId, point, tsMs, v, flags]) => ({
    ...emptyReading(transformerId, point, tsMs),
    ...Object.fromEntries(['intervalS', ...READING_COLUMNS].map((key, i) => [key, v[i]!])),
    flags,
  }));

const record: fc.Arbitrary<LogRecord> = fc
  .record({
    receivedMs: time,
    tickMs: fc.oneof(time, fc.constant(NaN)),
    listeningSinceMs: fc.oneof(time, fc.constant(NaN)),
    duplicates: fc.nat(1_000_000),
    readings: fc.array(reading, { maxLength: 30 }),
    deadLetters: fc.array(
      fc.record({
        id: fc.uuid({ version: 7 }),
        receivedMs: time,
        topic: name,
        payload: fc.uint8Array({ maxLength: 40 }),
        reason: fc.constantFrom(...REFUSAL_REASONS),
        detail: name,
        transformerId: fc.oneof(name, fc.constant(null)),
      }),
      { maxLength: 4 },
    ),
    forecasts: fc.array(
      fc.record({ stationId: name, tsMs: time, tempC: number, humidityPct: number, issuedMs: time }),
    ),
    weather: fc.array(fc.record({ stationId: name, tsMs: time, tempC: number, humidityPct: number })),
    reports: fc.array(
      fc.record({
        kind: fc.constantFrom('status' as const, 'meta' as const),
        transformerId: name,
        org: name,
        receivedMs: time,
        body: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { noNullPrototype: true }),
      }),
      { maxLength: 4 },
    ),
    events: fc.array(
      fc
        .record({
          transformerId: name,
          point: name,
          condition: fc.constantFrom('under-voltage', 'outage', 'no-data', 'later-one'),
          phase: fc.constantFrom('a' as const, 'b' as const, 'c' as const, null),
          kind: fc.constantFrom('raised' as const, 'changed' as const, 'cleared' as const),
          severity: fc.constantFrom('mild' as const, 'severe' as const, null),
          tsMs: time,
          detectedMs: time,
          valueV: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
          limitV: fc.oneof(fc.double({ noNaN: true }), fc.constant(null)),
        })
        .chain((event) =>
          fc
            .constantFrom<{ endedBy?: 'recovery' | 'outage' }>(
              {},
              { endedBy: 'recovery' },
              { endedBy: 'outage' },
            )
            .map((end) => ({ ...event, ...end })),
        ),
      { maxLength: 4 },
    ),
    recompute: fc.array(fc.record({ transformerId: name, point: name, fromMs: time, toMs: time })),
  })
  .map((r) => ({ ...r, means: [], dailies: [] }));

const MEAN_FIELDS =
  'tsMs uaV ubV ucV uaMinV ubMinV ucMinV uaMaxV ubMaxV ucMaxV iaA ibA icA pKw qKvar count flags';
const DAILY_FIELDS =
  'dayMs uaMinHourV ubMinHourV ucMinHourV uaMeanV ubMeanV ucMeanV uaMaxV ubMaxV ucMaxV lowHours validHours ' +
  'iaMaxHourA ibMaxHourA icMaxHourA pMaxHourKw pMeanKw qMeanKvar monitoredMin qualifiedMin count outageCount';

describe('a log record', () => {
  it('comes back to the bit, whatever it holds', () => {
    fc.assert(
      fc.property(record, (given) => {
        expect(decodeRecord(encodeRecord(given))).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps means and daily summaries, field by field', () => {
    const mean = Object.fromEntries(MEAN_FIELDS.split(' ').map((key, i) => [key, i + 0.5]));
    const daily = Object.fromEntries(DAILY_FIELDS.split(' ').map((key, i) => [key, i + 0.25]));
    const given = {
      ...emptyRecord(1),
      means: [{ transformerId: 'T1', point: 'outlet', ...mean } as LogRecord['means'][number]],
      dailies: [{ transformerId: 'T1', point: 'outlet', ...daily } as LogRecord['dailies'][number]],
    };
    expect(decodeRecord(encodeRecord(given))).toEqual(given);
  });

  it('spends under 30 bytes on a reading as devices send it', () => {
    const readings = Array.from({ length: 1000 }, (_, i) => ({
      ...emptyReading(`TQ${String(i).padStart(6, '0')}`, 'outlet', 1_753_000_800_000),
      intervalS: 60,
      uaV: 221.3 + (i % 70) / 10,
      ubV: 219.8,
      ucV: 223.1 - (i % 90) / 10,
    }));
    expect(encodeRecord({ ...emptyRecord(1), readings }).length).toBeLessThan(30_000);
  });
});

describe('damaged bytes', () => {
  const good = encodeRecord({
    ...emptyRecord(7),
    readings: [emptyReading('T1', 'outlet', 9)],
    duplicates: 3,
  });

  it('are told by a typed error, wherever one byte is altered', () => {
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bad = good.slice();
        bad[at]! ^= flip;
        expect(() => decodeRecord(bad)).toThrow(CorruptBytesError);
      }),
    );
  });

  it('are told by a typed error, wherever they end', () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => decodeRecord(good.slice(0, length))).toThrow(CorruptBytesError);
    }
  });

  it('are told by a typed error when they are anything at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => decodeRecord(bytes)).toThrow(CorruptBytesError);
      }),
    );
  });
});
