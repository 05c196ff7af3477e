import { describe, expect, it } from 'vitest';
import { READING_FLAG, type RefusalReason } from '../../server/core/reading.ts';
import { NOW_MS, Site, T0_MS, measured, textOf, unitsOf } from './site.ts';

const DATA = 'pq/v1/lichuan/TQ001/data';
const DAY_MS = 86_400_000;

/** A healthy body with some keys replaced. */
function body(change: object = {}): object {
  return { v: 1, id: 'TQ001', ts: T0_MS, int: 900, u: { a: 221.3, b: 219.8, c: 223.1 }, ...change };
}

describe('native readings', () => {
  it('decodes every key of the contract', () => {
    const full = body({
      agg: 'mean',
      seq: 1201,
      umin: { a: 216, b: 213.9, c: 218.2 },
      i: { a: 310, b: 402, c: 288, n: 41 },
      p: 205.1,
      q: 61.2,
      hist: false,
      pt: 'outlet',
      flags: [],
    });
    expect(new Site().reading(DATA, full)).toEqual({
      transformerId: 'TQ001',
      point: 'outlet',
      tsMs: T0_MS,
      intervalS: 900,
      uaV: 221.3,
      ubV: 219.8,
      ucV: 223.1,
      uaMinV: 216,
      ubMinV: 213.9,
      ucMinV: 218.2,
      iaA: 310,
      ibA: 402,
      icA: 288,
      inA: 41,
      pKw: 205.1,
      qKvar: 61.2,
      flags: 0,
    });
  });

  it('needs only a time and one phase', () => {
    expect(measured(new Site().reading(DATA, { ts: T0_MS, u: { b: 219.8 } }))).toEqual({
      transformerId: 'TQ001',
      point: 'outlet',
      tsMs: T0_MS,
      ubV: 219.8,
      flags: 0,
    });
  });

  it('takes null for a value that was not measured', () => {
    const reading = new Site().reading(
      DATA,
      body({ u: { a: 221.3, b: null, c: null }, i: null, p: null, int: null }),
    );
    expect([reading.uaV, reading.ubV, reading.pKw, reading.intervalS]).toEqual([221.3, NaN, NaN, NaN]);
  });

  it('takes zero volts as they are: an outage is data', () => {
    expect(new Site().reading(DATA, body({ u: { a: 0, b: 0, c: 0 } })).uaV).toBe(0);
  });

  it('makes negative zero zero, so that a replay is the same bytes', () => {
    const reading = new Site().reading(DATA, '{"ts":1753000800000,"u":{"a":-0.0},"i":{"a":-0},"p":-0}');
    expect([reading.uaV, reading.iaA, reading.pKw].map((v) => Object.is(v, 0))).toEqual([true, true, true]);
  });

  it('knows a device by its external name, and stores under ours', () => {
    expect(new Site().reading('pq/v1/lichuan/mRID-0001/data', body({ id: 'mRID-0001' })).transformerId).toBe(
      'TQ001',
    );
    const site = new Site({ aliases: { 'meter-9': 'TQ002' } });
    expect(site.reading('pq/v1/lichuan/meter-9/data', { ts: T0_MS, u: { a: 220 } }).transformerId).toBe(
      'TQ002',
    );
  });

  it('reads line-end meters as points of their own', () => {
    expect(new Site().reading(DATA, body({ pt: 'tail-0042' })).point).toBe('tail-0042');
  });
});

describe('clock rules', () => {
  const timed = (ts: number, more: object = {}): number =>
    new Site().reading(DATA, body({ ts, ...more })).flags;

  it.each([
    ['on time', NOW_MS - 900_000, {}, 0],
    ['ends exactly 5 min ahead', NOW_MS - 600_000, {}, 0],
    ['ends more than 5 min ahead', NOW_MS - 599_999, {}, READING_FLAG.clockSkew],
    ['a day late is delay, not skew', NOW_MS - DAY_MS, {}, 0],
    ['a week old exactly', NOW_MS - 7 * DAY_MS - 900_000, {}, 0],
    ['more than a week old', NOW_MS - 7 * DAY_MS - 900_001, {}, READING_FLAG.history],
    ['sent as history', NOW_MS - 900_000, { hist: true }, READING_FLAG.history],
    ['24 h ahead', NOW_MS + DAY_MS, {}, READING_FLAG.clockSkew],
  ])('%s', (_, ts, more, flags) => {
    expect(timed(ts, more)).toBe(flags);
  });
});

const REFUSED: [name: string, change: object | string, reason: RefusalReason][] = [
  ['not JSON', '{"ts":', 'unparsable'],
  ['empty', '', 'unparsable'],
  ['a number', '7', 'unparsable'],
  ['null', 'null', 'unparsable'],
  ['an empty array', '[]', 'unparsable'],
  ['no ts', { ts: undefined }, 'unparsable'],
  ['ts as text', { ts: '2025-07-20' }, 'unparsable'],
  ['ts infinite', '{"ts":1e999,"u":{"a":220}}', 'unparsable'],
  ['voltage as text', { u: { a: '221.3' } }, 'unparsable'],
  ['voltage infinite', '{"ts":1753000800000,"u":{"a":1e999}}', 'unparsable'],
  ['u as a list', { u: [221.3, 219.8, 223.1] }, 'unparsable'],
  ['a point with a slash', { pt: 'tail/1' }, 'unparsable'],
  ['another version', { v: 2 }, 'unknown-format'],
  ['a maximum sent as mean', { agg: 'max' }, 'unknown-format'],
  ['another id', { id: 'TQ002' }, 'id-mismatch'],
  ['no phase', { u: {} }, 'no-voltage'],
  ['no u', { u: undefined }, 'no-voltage'],
  ['1970', { ts: 0 }, 'too-old'],
  ['a negative time', { ts: -1e15 }, 'too-old'],
  ['seconds', { ts: T0_MS / 1000 }, 'too-old'],
  ['2999', { ts: 32_472_144_000_000 }, 'future'],
  ['more than 24 h ahead', { ts: NOW_MS + DAY_MS + 1 }, 'future'],
  ['1e308 V', { u: { a: 1e308 } }, 'voltage-range'],
  ['negative voltage', { u: { a: -3 } }, 'voltage-range'],
  ['one phase at 1.51 pu, others well', { u: { a: 332.3, b: 221, c: 220 } }, 'voltage-range'],
  ['lowest voltage beyond range', { umin: { a: -1 } }, 'voltage-range'],
  ['0.1 V steps', { u: { a: 2413, b: 2398, c: 2402 } }, 'wrong-unit'],
  ['0.1 V steps, one phase out', { u: { a: 2413, b: 0, c: 2402 } }, 'wrong-unit'],
  ['a tenth', { u: { a: 22.1, b: 22.3, c: 22.2 } }, 'wrong-unit'],
  ['line-to-line voltage', { u: { a: 380, b: 381, c: 400 } }, 'wrong-unit'],
  ['millivolts', { u: { a: 221_300 } }, 'wrong-unit'],
  ['1e9 A', { i: { a: 1e9 } }, 'value-range'],
  ['W as kW', { p: -205_100 }, 'value-range'],
  ['interval 0', { int: 0 }, 'value-range'],
  ['interval beyond a day', { int: 86_401 }, 'value-range'],
];

describe('refusals', () => {
  it.each(REFUSED)('%s', (_, change, reason) => {
    const payload = typeof change === 'string' ? change : JSON.stringify(body(change));
    const letter = new Site().letter(DATA, payload);
    expect(letter).toMatchObject({ reason, topic: DATA, receivedMs: NOW_MS, id: 'id-1' });
    expect(letter.detail.length).toBeGreaterThan(5);
    expect(textOf(letter)).toBe(payload);
  });

  it('keeps an unknown transformer by its name, so that it can be registered', () => {
    const letter = new Site().letter('pq/v1/lichuan/NEW-1/data', { ts: T0_MS, u: { a: 220 } });
    expect(letter).toMatchObject({ reason: 'unknown-transformer', transformerId: 'NEW-1' });
  });

  it('judges by the nominal voltage of the transformer', () => {
    const us = 'pq/v1/lichuan/US-9/data';
    expect(new Site().reading(us, { ts: T0_MS, u: { a: 121 } }).uaV).toBe(121);
    expect(new Site().letter(us, { ts: T0_MS, u: { a: 221 } }).reason).toBe('wrong-unit');
  });

  it.each([
    'pq/v1/lichuan/TQ001',
    'pq/v1/lichuan/TQ001/other',
    'pq/v1/lichuan/TQ001/data/more',
    'pq/v1//TQ001/data',
    'pq/v1/lichuan/T 1/data',
    'pq/v1/lichuan/TQ001/constructor',
    'a/b/c/d/e/f/g/h/i/j/k',
    '/'.repeat(60_000),
  ])('topic %#', (topic) => {
    expect(new Site().letter(topic, body()).reason).toBe('topic-invalid');
  });

  it('says so where no rule names a format', () => {
    expect(new Site().letter('some/thing', body()).reason).toBe('unknown-format');
  });
});

describe('arrays', () => {
  it('refuses only the bad elements, each with its own text', () => {
    const bad = '{ "ts" : 1753000800000, "u":{"a":1e999} , "note":"[,]\\"" }';
    const batch = new Site().decode(
      DATA,
      `[${JSON.stringify(body())}, ${bad},[[7]] ,\n${JSON.stringify(body({ ts: T0_MS + 1 }))}]`,
    );
    expect(batch.readings.map(({ tsMs }) => tsMs)).toEqual([T0_MS, T0_MS + 1]);
    expect(batch.deadLetters.map(textOf)).toEqual([bad, '[[7]]']);
  });

  it('keeps one large element and takes its neighbours', () => {
    const large = body({ note: 'x'.repeat(8 * 1024) });
    const batch = new Site().decode(DATA, [body(), large]);
    expect(batch.readings).toHaveLength(1);
    expect(batch.deadLetters.map(({ reason }) => reason)).toEqual(['too-large']);
  });

  it.each([
    ['a reading', JSON.stringify(body({ note: 'x'.repeat(8 * 1024) }))],
    ['an array', `[${JSON.stringify(body())}${' '.repeat(1024 * 1024)}]`],
  ])('refuses %s above its limit', (_, payload) => {
    expect(new Site().letter(DATA, payload).reason).toBe('too-large');
  });

  it('keeps the rest together after too many refusals, and can decode it later', () => {
    const elements = [...Array.from({ length: 5 }, () => 7), body(), body({ ts: T0_MS + 1 })];
    const site = new Site({ limits: { elementRefusalsMax: 3 } });
    const batch = site.decode(DATA, elements);
    expect(batch.deadLetters.map(({ reason }) => reason)).toEqual([
      'unparsable',
      'unparsable',
      'unparsable',
      'too-large',
    ]);
    const again = site.decode(DATA, textOf(batch.deadLetters[3]!));
    expect([again.readings.length, again.deadLetters.length]).toEqual([2, 2]);
  });
});

describe('reports', () => {
  it.each(['status', 'meta', 'event'] as const)('%s', (kind) => {
    const said = { online: true, capacity_kva: 400 };
    expect(new Site().decode(`pq/v1/lichuan/NEW-1/${kind}`, said).reports).toEqual([
      { kind, transformerId: 'NEW-1', org: 'lichuan', receivedMs: NOW_MS, body: said },
    ]);
  });

  it('passes over the empty message that clears a retained one', () => {
    expect(unitsOf(new Site().decode('pq/v1/lichuan/TQ001/status', ''))).toBe(0);
  });

  it('refuses a status that does not say whether', () => {
    expect(new Site().letter('pq/v1/lichuan/TQ001/status', { online: 'yes' }).reason).toBe('unparsable');
  });
});
