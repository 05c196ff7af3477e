import { describe, expect, it } from 'vitest';
import { READING_FLAG } from '../../server/core/reading.ts';
import { NOW_MS, Site, T0_MS, fixture, measured, textOf } from './site.ts';

const PUSH = 'pdAdc/notify/event/database/ADC/ADC_TQ001';
const REALTIME = 'database/get/response/peakvolt/realtime';

interface Entry {
  name: string;
  val: unknown;
  timestamp?: string;
}

function push(entries: Entry[], timestamp = '2025-07-20T16:40:00.000+0800'): object {
  return { token: '1', timestamp, body: entries };
}

const volt = (val: unknown, timestamp?: string): Entry => ({
  name: 'PhV_phsA',
  val,
  ...(timestamp === undefined ? {} : { timestamp }),
});

describe('push of one device', () => {
  it('joins entries of one moment into one reading', () => {
    expect(measured(new Site().reading(PUSH, fixture('terminal-push.json')))).toEqual({
      transformerId: 'TQ001',
      point: 'outlet',
      tsMs: T0_MS + 101,
      uaV: 221.3,
      ubV: 219.8,
      ucV: 223.1,
      iaA: 310,
      pKw: 205.1,
      flags: 0,
    });
  });

  it.each([
    'huawei/0001/pdAdc/notify/event/database/ADC/ADC_TQ001',
    'pdAdc/notify/event/database/ADC/ADC_a1b2c3',
    'pdAdc/notify/event/database/ADC/TQ001',
  ])('finds the device in %s', (topic) => {
    expect(new Site().reading(topic, push([volt('220')])).transformerId).toBe('TQ001');
  });

  it('takes the time of the envelope for entries without one', () => {
    expect(new Site().reading(PUSH, push([volt('220')])).tsMs).toBe(T0_MS);
  });

  it('keeps moments apart, in whatever order the entries come', () => {
    const at = (second: number): string => `2025-07-20T16:40:0${second}.000+0800`;
    const b = (val: string, second: number): Entry => ({ name: 'PhV_phsB', val, timestamp: at(second) });
    const entries = [volt('220', at(1)), volt('221', at(2)), b('210', 1), b('211', 2)];
    const { readings } = new Site().decode(PUSH, push(entries));
    expect(readings.map(({ tsMs, uaV, ubV }) => [tsMs - T0_MS, uaV, ubV])).toEqual([
      [1000, 220, 210],
      [2000, 221, 211],
    ]);
  });

  it('joins entries on both sides of a slot border', () => {
    const entries = [
      volt('220', '2025-07-20T16:40:00.499+0800'),
      { name: 'PhV_phsB', val: '219', timestamp: '2025-07-20T16:40:00.501+0800' },
    ];
    expect(new Site().reading(PUSH, push(entries)).ubV).toBe(219);
  });

  it('converts line-to-line voltage where no phase voltage was sent, and flags it', () => {
    const lines = ['AB', 'BC', 'CA'].map((pair) => ({ name: `LinV_phs${pair}`, val: '380' }));
    const reading = new Site().reading(PUSH, push(lines));
    expect(reading.uaV).toBeCloseTo(219.393, 3);
    expect(reading.flags).toBe(READING_FLAG.fromLineVoltage);
    const both = new Site().reading(PUSH, push([...lines, volt('221')]));
    expect([both.uaV, both.ubV, both.flags]).toEqual([221, NaN, 0]);
  });

  it('takes an empty value as not measured', () => {
    expect(new Site().reading(PUSH, push([volt('220'), { name: 'A_phsA', val: '' }])).iaA).toBeNaN();
  });

  it('refuses one moment and takes the others; what it keeps decodes by itself', () => {
    const site = new Site();
    const entries = [
      volt('2213', '2025-07-20T16:40:01.000+0800'),
      volt('221', '2025-07-20T16:40:02.000+0800'),
    ];
    const batch = site.decode(PUSH, push(entries));
    expect(batch.readings.map(({ uaV }) => uaV)).toEqual([221]);
    expect(batch.deadLetters.map(({ reason }) => reason)).toEqual(['wrong-unit']);
    expect(site.letter(PUSH, batch.deadLetters[0]!.payload).reason).toBe('wrong-unit');
    const steps = [{ filter: 'pdAdc/#', family: 'terminal', scale: { voltage: 0.1 } }] as const;
    const mended = new Site({ routes: steps }).reading(PUSH, batch.deadLetters[0]!.payload);
    expect([mended.uaV, mended.tsMs, mended.flags]).toEqual([
      221.3,
      T0_MS + 1000,
      READING_FLAG.unitConverted,
    ]);
  });

  it.each([
    ['no known point', push([{ name: 'Temp', val: '41' }]), 'no-voltage'],
    ['a value that is no number', push([volt('22O')]), 'unparsable'],
    ['a time that is none', push([volt('220')], '2025-02-30T00:00:00.000+0800'), 'unparsable'],
    ['no body', { token: '1' }, 'unparsable'],
    ['a list of nothing', push([]), 'no-voltage'],
    ['a list', [7], 'unparsable'],
  ])('refuses %s', (_, payload, reason) => {
    expect(new Site().letter(PUSH, payload).reason).toBe(reason);
  });

  it('bounds what one message may leave', () => {
    const second = (i: number): string => new Date(NOW_MS - i * 1000).toISOString();
    const entries = Array.from({ length: 50 }, (_, i) => volt('2213', second(i)));
    const site = new Site({ limits: { elementRefusalsMax: 10 } });
    const { deadLetters } = site.decode(PUSH, push(entries));
    expect(deadLetters.map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 10 }, () => 'wrong-unit'),
      'too-large',
    ]);
    expect(JSON.parse(textOf(deadLetters[10]!)).body).toHaveLength(40);
  });
});

describe('realtime response', () => {
  it('holds a reading for each device', () => {
    const { readings, deadLetters } = new Site().decode(REALTIME, fixture('terminal-realtime.json'));
    expect(readings.map(({ transformerId, tsMs, uaV, ubV }) => [transformerId, tsMs, uaV, ubV])).toEqual([
      ['TQ001', T0_MS, 221.3, 219.8],
      ['TQ002', T0_MS, 226.4, NaN],
    ]);
    expect(deadLetters).toEqual([]);
  });

  it('keeps a refused device in its envelope', () => {
    const site = new Site();
    const devices = [
      { dev: 'ADC_NEW', body: [volt('220')] },
      { dev: 'ADC_TQ001', body: [volt('220')] },
    ];
    const batch = site.decode(REALTIME, { token: '1', timestamp: '2025-07-20T16:40:00+0800', body: devices });
    expect(batch.readings.map(({ transformerId }) => transformerId)).toEqual(['TQ001']);
    expect(batch.deadLetters).toMatchObject([{ reason: 'unknown-transformer', transformerId: 'ADC_NEW' }]);
    expect(site.letter(REALTIME, batch.deadLetters[0]!.payload).reason).toBe('unknown-transformer');
  });

  it('refuses a list that names no device', () => {
    expect(new Site().letter(REALTIME, push([volt('220')])).reason).toBe('unparsable');
  });
});

describe('northbound', () => {
  const routes = [{ filter: '$oc/#', family: 'terminal' }] as const;
  const topic = '$oc/devices/gw-1/sys/gateway/sub_devices/properties/report';

  it('joins the services of one moment', () => {
    expect(measured(new Site({ routes }).reading(topic, fixture('northbound.json')))).toMatchObject({
      transformerId: 'TQ001',
      tsMs: T0_MS,
      uaV: 221.3,
      ucV: 223.1,
    });
  });

  it('refuses only the device that is not known; what it keeps decodes by itself', () => {
    const site = new Site({ routes });
    const of = (deviceId: string): object => ({
      deviceId,
      services: [
        { serviceId: 'analog', eventTime: '20250720T084000Z', properties: { PhV_phsA: '220' } },
        { serviceId: 'analog', eventTime: '20250720T085500Z', properties: { PhV_phsA: '221' } },
      ],
    });
    const batch = site.decode(topic, { devices: [of('NEW'), of('TQ002'), 7] });
    expect(batch.readings.map(({ transformerId, uaV }) => [transformerId, uaV])).toEqual([
      ['TQ002', 220],
      ['TQ002', 221],
    ]);
    expect(batch.deadLetters.map(({ reason }) => reason)).toEqual([
      'unknown-transformer',
      'unknown-transformer',
      'unparsable',
    ]);
    const again = new Site({ routes, aliases: { NEW: 'TQ001' } });
    expect(batch.deadLetters.slice(0, 2).map(({ payload }) => again.reading(topic, payload).tsMs)).toEqual([
      T0_MS,
      T0_MS + 900_000,
    ]);
  });
});
