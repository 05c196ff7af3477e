import { describe, expect, it } from 'vitest';
import { READING_FLAG } from '../../server/core/reading.ts';
import type { RouteRule } from '../../server/ingest/options.ts';
import { Site, T0_MS, fixture, measured } from './site.ts';

const TOPIC = 'meters/TQ001/up';
const RULE: RouteRule = { filter: 'meters/+/up', family: 'flat' };

function site(change: Partial<RouteRule> = {}): Site {
  return new Site({ routes: [{ ...RULE, ...change }] });
}

const id = { id: 'TQ001', ts: T0_MS };

describe('examples', () => {
  it.each([
    ['flat.json', { uaV: 221.3, ubV: 219.8, ucV: 223.1, iaA: 310 }],
    ['flat-chinese.json', { uaV: 221.3, ubV: 219.8, iaA: 310, pKw: 205.1 }],
    ['telegraf.json', { uaV: 221.3, ubV: 219.8, ucV: 223.1, point: 'tail-0042' }],
    ['properties.json', { uaV: 221.3, iaA: 310, flags: READING_FLAG.unitConverted }],
    [
      'phases.json',
      { uaV: 221.3, ubV: 219.8, ucV: 223.1, iaA: 310, ibA: 402, icA: 288, flags: READING_FLAG.unitConverted },
    ],
  ])('%s', (name, values) => {
    expect(measured(site().reading(TOPIC, fixture(name)))).toEqual({
      transformerId: 'TQ001',
      point: 'outlet',
      tsMs: T0_MS,
      flags: 0,
      ...values,
    });
  });
});

describe('names of the first phase voltage', () => {
  it.each([
    'Ua',
    'ua',
    'UA',
    'u_a',
    'VL1',
    'v_a',
    'V_L1',
    'ul1',
    'U1',
    'A相电压',
    'voltage_a',
    'Voltage A',
    'phase_a_voltage',

    '32.7.0',
    '1-0:32.7.0',
    '1-0:32.7.0.255',
    '1-0:32.7.0*255',
    '1.0.32.7.0.255',
    'ua_v',
    'UaV',
    'PhV_phsA',
    'MMXU1.PhV.phsA.cVal.mag.f',
    'LD0/MMXU1$MX$PhV$phsA$cVal$mag$f',
    'Measurements/Ua',
  ])('%s', (name) => {
    expect(site().reading(TOPIC, { ...id, [name]: 221.3 }).uaV).toBe(221.3);
  });

  it.each(['uax', 'Ub', 'apparent', 'temp_a', 'constructor', '__proto__', 'Ua'.padEnd(200, ' ')])(
    '%s is not one',
    (name) => {
      expect(
        site().letter(TOPIC, `{"id":"TQ001","ts":${T0_MS},"Uc":-1,${JSON.stringify(name)}:221.3}`).reason,
      ).toBe('voltage-range');
    },
  );
});

describe('other names', () => {
  it.each([
    ['Ib', 'ibA', 402, 402],
    ['91.7.0', 'inA', 41, 41],
    ['零线电流', 'inA', 41, 41],
    ['ub_min', 'ubMinV', 213, 213],
    ['P', 'pKw', 205.1, 205.1],
    ['p_w', 'pKw', 205_100, 205.1],
    ['TotVar', 'qKvar', 61, 61],
    ['无功功率', 'qKvar', -61, -61],
  ] as const)('%s is %s', (name, column, sent, value) => {
    expect(site().reading(TOPIC, { ...id, Ua: 220, [name]: sent })[column]).toBe(value);
  });
});

describe('times', () => {
  it.each([
    T0_MS,
    T0_MS / 1000,
    String(T0_MS / 1000),
    T0_MS * 1000,
    `${T0_MS}000000`,
    '2025-07-20T08:40:00Z',
    '2025-07-20T16:40:00.000+0800',
    '2025-07-20T10:40:00+02:00',
    '2025-07-20 16:40:00',
    '2025/7/20 16:40',
    '20250720164000',
    '20250720T084000Z',
  ])('%s', (ts) => {
    expect(site().reading(TOPIC, { id: 'TQ001', Ua: 220, ts }).tsMs).toBe(T0_MS);
  });

  it('reads local time in the declared zone', () => {
    const text = '2025-07-20 10:40:00';
    expect(site({ zoneOffsetMin: 120 }).reading(TOPIC, { id: 'TQ001', Ua: 220, ts: text }).tsMs).toBe(T0_MS);
  });

  it.each([
    '2025-02-30 00:00:00',
    '2025-13-01 00:00:00',
    '2025-01-01 25:00:00',
    'soon',
    '',
    true,
    {},
    [],
    'x'.repeat(99),
  ])('refuses %j', (ts) => {
    expect(site().letter(TOPIC, { id: 'TQ001', Ua: 220, ts }).reason).toBe('unparsable');
  });

  it('takes the time of arrival only where the rule says so', () => {
    expect(site().letter(TOPIC, { id: 'TQ001', Ua: 220 }).reason).toBe('unparsable');
    const arrival = site({ timeFromArrival: true });
    expect(arrival.reading(TOPIC, { id: 'TQ001', Ua: 220 }).tsMs).toBe(arrival.nowMs);
  });
});

describe('rules', () => {
  it('takes the transformer from the topic', () => {
    expect(site({ idLevel: 1 }).reading(TOPIC, { ts: T0_MS, Ua: 220 }).transformerId).toBe('TQ001');
  });

  it('refuses a body that names another transformer than the topic', () => {
    expect(site({ idLevel: 1 }).letter(TOPIC, { id: 'TQ002', ts: T0_MS, Ua: 220 }).reason).toBe(
      'id-mismatch',
    );
    // A number of the message is no transformer.
    expect(site({ idLevel: 1 }).reading(TOPIC, { id: 77, ts: T0_MS, Ua: 220 }).transformerId).toBe('TQ001');
  });

  it('scales steps that the rule declares, and flags them', () => {
    const reading = site({ scale: { voltage: 0.1, current: 0.01 } }).reading(TOPIC, {
      ...id,
      Ua: 2413,
      Ia: 31_000,
    });
    expect([reading.uaV, reading.iaA, reading.flags]).toEqual([241.3, 310, READING_FLAG.unitConverted]);
  });

  it('takes the interval from the payload, else from the rule', () => {
    expect(site({ intervalS: 900 }).reading(TOPIC, { ...id, Ua: 220 }).intervalS).toBe(900);
    expect(site({ intervalS: 900 }).reading(TOPIC, { ...id, Ua: 220, interval: '60' }).intervalS).toBe(60);
  });

  it('marks what the device calls history', () => {
    expect(site().reading(TOPIC, { ...id, Ua: 220, hist: true }).flags).toBe(READING_FLAG.history);
  });
});

it.each([
  [
    'a unit that we do not know',
    { location_code: 'TQ001', ts: T0_MS, properties: [{ key: 'Ua', value: 1, unit: 'pu' }] },
    'wrong-unit',
  ],
  ['0.1 V steps that no rule declares', { ...id, Ua: 2413 }, 'wrong-unit'],
  ['no transformer', { ts: T0_MS, Ua: 220 }, 'unparsable'],
  ['an unknown transformer', { id: 'NEW', ts: T0_MS, Ua: 220 }, 'unknown-transformer'],
  ['a value that is no number', { ...id, Ua: true }, 'unparsable'],
  ['a hostile object as value', { ...id, u: { a: { toString: 1 } } }, 'unparsable'],
  ['no voltage', { ...id, Ia: 3 }, 'no-voltage'],
])('refuses %s', (_, payload, reason) => {
  expect(site().letter(TOPIC, payload).reason).toBe(reason);
});
