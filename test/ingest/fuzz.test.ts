import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFUSAL_REASONS, type IngestBatch } from '../../server/core/reading.ts';
import type { RouteRule } from '../../server/ingest/options.ts';
import { Site, T0_MS, fixture, unitsOf } from './site.ts';
import { encode } from './sparkplugEncoder.ts';

const routes: RouteRule[] = [
  { filter: 'flat/#', family: 'flat' },
  { filter: 'line/#', family: 'line' },
  { filter: 'north/#', family: 'terminal' },
];
const BIRTH = encode({
  timestamp: T0_MS,
  seq: 1,
  metrics: [
    { name: 'Ua', alias: 1, datatype: 9, float_value: 221.3 },
    { name: 'Ub', alias: 2, datatype: 9, float_value: 219.8 },
  ],
});
const DATA = encode({
  timestamp: T0_MS,
  seq: 2,
  metrics: [{ name: 'Ua', float_value: 220 }],
});

/** A topic of every family with a payload that it takes. */
const FAMILIES: readonly [name: string, topic: string, seed: Uint8Array][] = [
  ['native', 'pq/v1/lichuan/TQ001/data', fixture('native.json')],
  [
    'native array',
    'pq/v1/lichuan/TQ001/data',
    Buffer.from(`[${fixture('native.json').toString()},{"ts":1}]`),
  ],
  ['status', 'pq/v1/lichuan/TQ001/status', Buffer.from('{"online":true}')],
  ['weather', 'weather/v1/lichuan/ST-1', fixture('weather.json')],
  ['weather to come', 'weather/v1/lichuan/ST-1/forecast', fixture('weather.json')],
  ['terminal push', 'app/notify/event/database/ADC/ADC_TQ001', fixture('terminal-push.json')],
  ['terminal realtime', 'database/get/response/app/realtime', fixture('terminal-realtime.json')],
  ['northbound', 'north/x', fixture('northbound.json')],
  ['flat', 'flat/x', fixture('flat.json')],
  ['flat, Chinese', 'flat/x', fixture('flat-chinese.json')],
  ['Telegraf', 'flat/x', fixture('telegraf.json')],
  ['properties', 'flat/x', fixture('properties.json')],
  ['phase lists', 'flat/x', fixture('phases.json')],
  ['lines', 'line/x', fixture('lines.txt')],
  ['Sparkplug birth', 'spBv1.0/g/DBIRTH/n/TQ001', BIRTH],
  ['Sparkplug data', 'spBv1.0/g/DDATA/n/TQ001', DATA],
];
const RUNS = 300;

const IDS = new Set(['TQ001', 'TQ002', '台区7', 'KAGGLE-01', 'US-9']);

/** What does not hold of a batch, though it must of every one, whatever came in. */
function faultsOf(batch: IngestBatch): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string): void => void (holds || faults.push(what));
  for (const reading of batch.readings) {
    must(IDS.has(reading.transformerId), 'a registered transformer');
    must(Number.isSafeInteger(Math.trunc(reading.tsMs)), 'a time');
    must(reading.point.length > 0, 'a point');
    must(
      [reading.uaV, reading.ubV, reading.ucV].some((v) => !Number.isNaN(v)),
      'a voltage',
    );
    const numbers = Object.values(reading).filter((value) => typeof value === 'number');
    must(!numbers.some((v) => Math.abs(v) === Infinity || Object.is(v, -0)), 'finite or NaN, never −0');
  }
  for (const { reason, detail, payload } of batch.deadLetters) {
    must((REFUSAL_REASONS as readonly string[]).includes(reason), 'a reason');
    must(/^[^\p{Cc}]{3,400}$/u.test(detail), `a sentence: ${detail}`);
    must(payload instanceof Uint8Array, 'a payload');
  }
  const ids = new Set(batch.deadLetters.map(({ id }) => id));
  must(ids.size === batch.deadLetters.length, 'an id of its own');
  return faults;
}

/** What was kept must lead to an entry again when it is decoded again. */
function replayFaultsOf(site: Site, batch: IngestBatch): string[] {
  return batch.deadLetters.slice(0, 20).flatMap(({ topic, payload }) => {
    const again = site.decode(topic, payload);
    return [...faultsOf(again), ...(unitsOf(again) > 0 ? [] : ['a replay that says nothing'])];
  });
}

/** Runs a property that yields faults; the report of its smallest counterexample, or nothing. */
function counterexample<T>(inputs: fc.Arbitrary<T>, faults: (input: T) => string[], seed: number): string {
  const property = fc.property(inputs, (input) => {
    const found = faults(input);
    if (found.length > 0) throw new Error(found.join('; '));
  });
  return fc.defaultReportMessage(fc.check(property, { numRuns: RUNS, seed })) ?? '';
}

interface Change {
  at: number;
  kind: string;
  value: number;
}
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(4096),
  kind: fc.constantFrom('flip', 'set', 'insert', 'cut', 'repeat'),
  value: fc.integer({ min: 0, max: 255 }),
});

function mutate(seed: Uint8Array, changes: readonly Change[]): Buffer {
  let bytes = Buffer.from(seed);
  for (const { at, kind, value } of changes) {
    const i = bytes.length === 0 ? 0 : at % bytes.length;
    const head = bytes.subarray(0, i);
    if (kind === 'insert') bytes = Buffer.concat([head, Buffer.of(value), bytes.subarray(i)]);
    else if (kind === 'cut') bytes = Buffer.concat([head, bytes.subarray(i + 1 + (value % 16))]);
    else if (kind === 'repeat')
      bytes = Buffer.concat([head, bytes.subarray(Math.max(0, i - value)), bytes.subarray(i)]);
    else if (bytes.length > 0) bytes[i] = kind === 'flip' ? bytes[i]! ^ (1 << (value % 8)) : value;
  }
  // An empty message is no message on a retained topic.
  return bytes.length === 0 ? Buffer.from(' ') : bytes;
}

describe.each(FAMILIES)('%s', (_, topic, seed) => {
  // Sparkplug alone has messages that hold none of our quantities and so say nothing.
  const unitsMin = topic.startsWith('spBv1.0/') ? 0 : 1;
  const enough = (batch: IngestBatch): string[] => (unitsOf(batch) >= unitsMin ? [] : ['nothing came of it']);

  it('takes its seed', () => {
    const batch = new Site({ routes }).decode(topic, seed);
    expect(
      batch.readings.length + batch.weather.length + batch.forecasts.length + batch.reports.length,
    ).toBeGreaterThan(0);
  });

  it('survives changed bytes', () => {
    const faults = (changes: Change[]): string[] => {
      const site = new Site({ routes });
      const batch = site.decode(topic, mutate(seed, changes));
      return [...faultsOf(batch), ...enough(batch), ...replayFaultsOf(site, batch)];
    };
    expect(counterexample(fc.array(change, { minLength: 1, maxLength: 8 }), faults, 20_260_720)).toBe('');
  });

  it('survives any bytes', () => {
    const faults = (payload: Uint8Array): string[] => {
      const batch = new Site({ routes }).decode(topic, payload);
      return [...faultsOf(batch), ...enough(batch)];
    };
    expect(counterexample(fc.uint8Array({ minLength: 1, maxLength: 200 }), faults, 20_260_721)).toBe('');
  });
});

const hostileNumber = fc.constantFrom(
  0,
  -0,
  1e308,
  -1e308,
  5e-324,
  Infinity,
  T0_MS,
  32_472_144_000_000,
  220,
  2213,
  380,
);
const hostileValue = fc.oneof(
  hostileNumber,
  fc.double({ noNaN: true }),
  fc.string(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(null),
);
const KEYS = [
  'ts',
  'u',
  'ua',
  'Ua',
  'id',
  'int',
  'i',
  'p',
  'pt',
  'body',
  'devices',
  'name',
  'val',
  '__proto__',
  'toString',
];
const hostileObject = fc.dictionary(fc.constantFrom(...KEYS), hostileValue, { maxKeys: 8 });

describe('hostile values under known keys', () => {
  const json = FAMILIES.filter(([, topic]) => !topic.startsWith('spBv1.0/') && !topic.startsWith('line/'));

  it.each(json)('%s', (_, topic, seed) => {
    const parsed: unknown = JSON.parse(seed.toString());
    const base = Array.isArray(parsed) ? {} : (parsed as object);
    const isList = !topic.endsWith('/status');
    const faults = (change: object): string[] => {
      // JSON has no infinity; the text 1e999 is how it arrives.
      const infinite = (_: string, value: unknown): unknown => (value === Infinity ? '@inf' : value);
      const text = JSON.stringify({ ...base, ...change }, infinite).replaceAll('"@inf"', '1e999');
      const batch = new Site({ routes }).decode(topic, isList ? `[${text},${text}]` : text);
      return [...faultsOf(batch), ...(unitsOf(batch) >= (isList ? 2 : 1) ? [] : ['an element vanished'])];
    };
    expect(counterexample(hostileObject, faults, 20_260_722)).toBe('');
  });

  it('native: each element of an array is exactly one entry', () => {
    const elements = fc.array(fc.oneof(hostileObject, hostileValue), { minLength: 1, maxLength: 20 });
    const faults = (list: unknown[]): string[] => {
      const batch = new Site().decode('pq/v1/lichuan/TQ001/data', list);
      return [...faultsOf(batch), ...(unitsOf(batch) === list.length ? [] : ['not one entry an element'])];
    };
    expect(counterexample(elements, faults, 20_260_723)).toBe('');
  });
});

it('any topic ends as one entry', () => {
  const words = ['pq', 'v1', 'data', 'weather', 'database', 'notify', 'event', 'get', 'response', 'realtime'];
  const level = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 12 }));
  const faults = (levels: string[]): string[] => {
    const batch = new Site().decode(levels.join('/'), fixture('native.json'));
    return [...faultsOf(batch), ...(unitsOf(batch) === 1 ? [] : ['not one entry'])];
  };
  expect(counterexample(fc.array(level, { maxLength: 14 }), faults, 20_260_724)).toBe('');
});
