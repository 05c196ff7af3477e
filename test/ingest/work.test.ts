import { describe, expect, it } from 'vitest';
import { DECODE_LIMITS, type RouteRule } from '../../server/ingest/options.ts';
import { Site, T0_MS, unitsOf } from './site.ts';
import { encode } from './sparkplugEncoder.ts';

/** Payloads at the limit that are built to cost: what they leave is counted, for a clock would only measure the machine. */

const routes: RouteRule[] = [
  { filter: 'flat/#', family: 'flat' },
  { filter: 'line/#', family: 'line' },
];
const MIB = DECODE_LIMITS.arrayBytesMax;
const JSON_TOPICS = [
  'pq/v1/lichuan/TQ001/data',
  'pq/v1/lichuan/TQ001/meta',
  'weather/v1/lichuan/ST-1',
  'app/notify/event/database/ADC/ADC_TQ001',
  'database/get/response/app/realtime',
  'flat/x',
];

function repeat(text: string, bytes = MIB): string {
  return text.repeat(Math.floor(bytes / text.length));
}

const HALF = Math.floor(MIB / 2);
const PAYLOADS: readonly [name: string, text: string][] = [
  ['1 MiB of [', repeat('[')],
  ['deep and closed', '['.repeat(HALF) + ']'.repeat(HALF)],
  ['deep objects', `${repeat('{"a":', MIB - 200_000)}1${'}'.repeat(170_000)}`.slice(0, MIB)],
  ['a deep element', `[${'['.repeat(HALF - 1)}${']'.repeat(HALF - 1)}]`],
  ['numbers', `[${repeat('7,', MIB - 4)}7]`],
  ['empty objects', `[${repeat('{},', MIB - 4)}{}]`],
  ['empty lists in a body', `{"body":[${repeat('[],', MIB - 20)}7]}`],
  ['devices', `{"devices":[${repeat('{},', MIB - 20)}7]}`],
  ['nested devices', `{"body":[${repeat('{"body":[]},', MIB - 30)}7]}`],
  ['one long text', JSON.stringify('x'.repeat(MIB - 2))],
  ['one long key', `{"${'k'.repeat(MIB - 6)}":1}`],
  ['backslashes', `["${repeat('\\\\', MIB - 6)}"]`],
  ['commas in text', `["${repeat(',', MIB - 4)}"]`],
];

describe.each(JSON_TOPICS)('%s', (topic) => {
  it.each(PAYLOADS)('%s', (_, text) => {
    expect(text.length).toBeLessThanOrEqual(MIB);
    const batch = new Site({ routes }).decode(topic, text);
    expect(batch.readings).toEqual([]);
    expect(unitsOf(batch)).toBeGreaterThan(0);
    expect(unitsOf(batch)).toBeLessThanOrEqual(DECODE_LIMITS.elementRefusalsMax + 1);
  });
});

describe('other families', () => {
  it.each([
    ['newlines', repeat('\n')],
    ['lines', repeat('a\n')],
    ['one long line', repeat('a=1,')],
    ['backslashes', repeat('\\')],
    ['quotes', `a b="${repeat('\\"', MIB - 10)}`],
  ])('lines: %s', (_, text) => {
    const batch = new Site({ routes }).decode('line/x', text);
    expect(unitsOf(batch)).toBeGreaterThan(0);
    expect(unitsOf(batch)).toBeLessThanOrEqual(DECODE_LIMITS.elementRefusalsMax + 1);
  });

  it('Sparkplug: groups within groups', () => {
    expect(new Site().letter('spBv1.0/g/DDATA/n/TQ001', Buffer.alloc(MIB, 0x33)).reason).toBe('unparsable');
  });

  it('Sparkplug: more metrics than a node may have', () => {
    const metrics = Array.from({ length: DECODE_LIMITS.sparkplugMetricsMax + 1 }, () => ({ name: 'Ua' }));
    expect(
      new Site().letter('spBv1.0/g/DBIRTH/n/TQ001', encode({ timestamp: T0_MS, seq: 0, metrics })).reason,
    ).toBe('too-large');
  });

  it('keeps no more of a message than an array may have', () => {
    const letter = new Site().letter('pq/v1/lichuan/TQ001/data', Buffer.alloc(3 * MIB, 0x20));
    expect([letter.reason, letter.payload.length]).toEqual(['too-large', MIB]);
  });

  it('forgets routes of topics that come once', () => {
    const site = new Site({ limits: { routesCachedMax: 4 } });
    for (let i = 0; i < 100; i++) expect(site.letter(`once/${i}`, '{}').reason).toBe('unknown-format');
  });
});
