import { describe, expect, it } from 'vitest';
import { READING_FLAG } from '../../server/core/reading.ts';
import { NOW_MS, Site, T0_MS, measured, unitsOf } from './site.ts';
import { decode, encode, type MetricFields } from './sparkplugEncoder.ts';

const NODE = { birth: 'spBv1.0/lichuan/NBIRTH/gw1', death: 'spBv1.0/lichuan/NDEATH/gw1' };
const DEVICE = {
  birth: 'spBv1.0/lichuan/DBIRTH/gw1/TQ001',
  data: 'spBv1.0/lichuan/DDATA/gw1/TQ001',
  death: 'spBv1.0/lichuan/DDEATH/gw1/TQ001',
};
const FLOAT = 9;
const INT16 = 2;
const INT64 = 4;

const BIRTH_METRICS: MetricFields[] = [
  { name: 'Voltage/Ua', alias: 1, datatype: FLOAT, float_value: 221.3 },
  { name: 'Voltage/Ub', alias: 2, datatype: FLOAT, float_value: 219.8 },
  { name: 'Voltage/Uc', alias: 3, datatype: FLOAT, float_value: 223.1 },
  { name: 'Power/P', alias: 4, datatype: INT16, int_value: 205 },
  { name: 'Oil temperature', alias: 5, datatype: FLOAT, float_value: 61.5 },
];

/** A site whose node and device are born: sequence numbers 0 and 1 are used. */
function born(): Site {
  const site = new Site();
  site.decode(NODE.birth, encode({ timestamp: T0_MS, seq: 0, metrics: [{ name: 'bdSeq', long_value: 7 }] }));
  site.decode(DEVICE.birth, encode({ timestamp: T0_MS, seq: 1, metrics: BIRTH_METRICS }));
  return site;
}

const later = (minutes: number): number => T0_MS + minutes * 60_000;
const change = (alias: number, value: number, more: MetricFields = {}): MetricFields => ({
  alias,
  float_value: value,
  ...more,
});

describe('births and data', () => {
  it('takes the values of a device birth as a reading, and the device as on line', () => {
    const site = new Site();
    site.decode(NODE.birth, encode({ timestamp: T0_MS, seq: 0 }));
    const { readings, reports } = site.decode(
      DEVICE.birth,
      encode({ timestamp: T0_MS, seq: 1, metrics: BIRTH_METRICS }),
    );
    expect(readings.map(measured)).toEqual([
      {
        transformerId: 'TQ001',
        point: 'outlet',
        tsMs: T0_MS,
        uaV: 221.3,
        ubV: 219.8,
        ucV: 223.1,
        pKw: 205,
        flags: 0,
      },
    ]);
    expect(reports).toEqual([
      { kind: 'status', transformerId: 'TQ001', org: 'lichuan', receivedMs: NOW_MS, body: { online: true } },
    ]);
  });

  it('completes a report by exception with the values that hold', () => {
    const site = born();
    const reading = site.reading(
      DEVICE.data,
      encode({ timestamp: later(1), seq: 2, metrics: [change(1, 199.5)] }),
    );
    expect([reading.tsMs, reading.uaV, reading.ubV, reading.pKw]).toEqual([later(1), 199.5, 219.8, 205]);
    const next = site.reading(
      DEVICE.data,
      encode({ timestamp: later(2), seq: 3, metrics: [change(2, 198.1)] }),
    );
    expect([next.uaV, next.ubV, site.commands]).toEqual([199.5, 198.1, []]);
  });

  it('tells zero volts from no value', () => {
    const out = encode({ timestamp: later(1), seq: 2, metrics: [1, 2, 3].map((alias) => change(alias, 0)) });
    const reading = born().reading(DEVICE.data, out);
    expect([reading.uaV, reading.ubV, reading.ucV]).toEqual([0, 0, 0]);
  });

  it('forgets a value that became null', () => {
    const gone = encode({ timestamp: later(1), seq: 2, metrics: [{ alias: 1, is_null: true }] });
    expect(born().reading(DEVICE.data, gone).uaV).toBeNaN();
  });

  it('reads each moment of a message as its own reading', () => {
    const metrics = [1, 2, 3].map((i) => change(1, 210 + i, { timestamp: later(i) }));
    const { readings } = born().decode(DEVICE.data, encode({ timestamp: later(3), seq: 2, metrics }));
    expect(readings.map(({ tsMs, uaV, ubV }) => [tsMs, uaV, ubV])).toEqual([
      [later(1), 211, 219.8],
      [later(2), 212, 219.8],
      [later(3), 213, 219.8],
    ]);
  });

  it('stores history as it came, and lets it change nothing that holds', () => {
    const site = born();
    const metrics = [change(1, 180, { is_historical: true, timestamp: later(-60) })];
    const past = site.reading(DEVICE.data, encode({ timestamp: later(1), seq: 2, metrics }));
    expect([past.tsMs, past.uaV, past.ubV, past.flags]).toEqual([later(-60), 180, NaN, READING_FLAG.history]);
    const live = site.reading(
      DEVICE.data,
      encode({ timestamp: later(2), seq: 3, metrics: [change(2, 218)] }),
    );
    expect([live.uaV, live.ubV]).toEqual([221.3, 218]);
  });

  it.each([
    ['a 16-bit integer', { alias: 4, int_value: 0xffff }, -1],
    ['a 64-bit integer', { name: 'P', datatype: INT64, long_value: -3 }, -3],
    ['a double', { name: 'P', double_value: 205.25 }, 205.25],
    ['text', { name: 'P', string_value: '205.5' }, 205.5],
  ] as [string, MetricFields, number][])('reads %s', (_, metric, value) => {
    expect(born().reading(DEVICE.data, encode({ timestamp: later(1), seq: 2, metrics: [metric] })).pKw).toBe(
      value,
    );
  });

  it('takes metrics of the node itself under the name of the node', () => {
    const metrics = [{ name: 'Ua', double_value: 222 }];
    const { readings } = new Site().decode(
      'spBv1.0/g/NBIRTH/TQ002',
      encode({ timestamp: T0_MS, seq: 0, metrics }),
    );
    expect(readings.map(({ transformerId, uaV }) => [transformerId, uaV])).toEqual([['TQ002', 222]]);
  });
});

describe('sequence', () => {
  const data = (seq: number, minute: number): Uint8Array =>
    encode({ timestamp: later(minute), seq, metrics: [change(1, 200 + seq / 1000)] });

  it('wraps from 255 to 0 without asking', () => {
    const site = born();
    for (let i = 2; i < 520; i++) site.decode(DEVICE.data, data(i % 256, i / 100));
    expect(site.commands).toEqual([]);
  });

  it('asks for a rebirth after a gap, once, and completes nothing from before it', () => {
    const site = born();
    const first = site.reading(DEVICE.data, data(5, 1));
    expect([first.uaV, first.ubV, first.flags]).toEqual([200.005, NaN, READING_FLAG.gap]);
    site.reading(DEVICE.data, data(6, 2));
    expect(site.commands.map(({ topic }) => topic)).toEqual(['spBv1.0/lichuan/NCMD/gw1']);
    expect(decode(site.commands[0]!.payload)).toMatchObject({
      timestamp: NOW_MS,
      metrics: [{ name: 'Node Control/Rebirth', datatype: 11, boolean_value: true }],
    });
  });

  it('asks again when the rebirth does not come', () => {
    const site = born();
    site.decode(DEVICE.data, data(5, 1));
    site.nowMs += 30_000;
    site.decode(DEVICE.data, data(9, 2));
    expect(site.commands).toHaveLength(2);
  });

  it('is whole again after the rebirth', () => {
    const site = born();
    site.decode(DEVICE.data, data(5, 1));
    site.decode(NODE.birth, encode({ timestamp: later(2), seq: 0 }));
    site.decode(DEVICE.birth, encode({ timestamp: later(2), seq: 1, metrics: BIRTH_METRICS }));
    expect(site.reading(DEVICE.data, data(2, 3)).ubV).toBe(219.8);
    expect(site.commands).toHaveLength(1);
  });

  it('takes a repeated message as it is, and asks nothing', () => {
    const site = born();
    site.decode(DEVICE.data, data(2, 1));
    expect(site.reading(DEVICE.data, data(2, 1)).uaV).toBe(200.002);
    expect(site.reading(DEVICE.data, data(3, 2)).ubV).toBe(219.8);
    expect(site.commands).toEqual([]);
  });

  it('keeps what an alias without birth says, and asks', () => {
    const site = new Site();
    const letter = site.letter(DEVICE.data, data(9, 1));
    expect([letter.reason, letter.transformerId, site.commands.length]).toEqual(['sequence-gap', 'TQ001', 1]);
  });

  it('decodes names without a birth, and asks', () => {
    const site = new Site();
    const named = encode({ timestamp: T0_MS, seq: 9, metrics: [{ name: 'Ua', double_value: 220 }] });
    expect(site.reading(DEVICE.data, named).uaV).toBe(220);
    expect(site.commands).toHaveLength(1);
  });
});

describe('deaths', () => {
  const will = (bdSeq: number): Uint8Array =>
    encode({ timestamp: T0_MS, metrics: [{ name: 'bdSeq', long_value: bdSeq }] });

  it('reports the devices of a node off line, for the session of the will only', () => {
    const site = born();
    expect(unitsOf(site.decode(NODE.death, will(6)))).toBe(0);
    expect(site.decode(NODE.death, will(7)).reports).toMatchObject([
      { transformerId: 'TQ001', body: { online: false } },
    ]);
    expect(unitsOf(site.decode(NODE.death, will(7)))).toBe(0);
  });

  it('reports a device off line', () => {
    expect(born().decode(DEVICE.death, encode({ timestamp: later(1), seq: 2 })).reports).toMatchObject([
      { transformerId: 'TQ001', body: { online: false } },
    ]);
  });
});

describe('refusals', () => {
  it('keeps a refused reading such that it decodes without its birth', () => {
    const site = born();
    const letter = site.letter(
      DEVICE.data,
      encode({ timestamp: later(1), seq: 2, metrics: [change(1, 400)] }),
    );
    expect(letter.reason).toBe('voltage-range');
    expect(decode(letter.payload)).toMatchObject({
      metrics: [
        { name: 'Voltage/Ua', double_value: 400, timestamp: later(1), is_historical: true },
        { name: 'Voltage/Ub', double_value: 219.8 },
        { name: 'Voltage/Uc' },
        { name: 'Power/P' },
      ],
    });
    expect(new Site().letter(DEVICE.data, letter.payload).reason).toBe('voltage-range');
  });

  it('keeps an unknown transformer, and takes it once it is known', () => {
    const birth = encode({ timestamp: T0_MS, seq: 1, metrics: BIRTH_METRICS });
    const topic = 'spBv1.0/lichuan/DBIRTH/gw1/NEW';
    const letter = new Site().decode(topic, birth).deadLetters[0]!;
    expect([letter.reason, letter.transformerId]).toEqual(['unknown-transformer', 'NEW']);
    const again = new Site({ aliases: { NEW: 'TQ002' } }).decode(topic, letter.payload);
    expect(again.readings.map(({ transformerId, uaV }) => [transformerId, uaV])).toEqual([['TQ002', 221.3]]);
  });

  it('says that a birth names nothing that we know', () => {
    const birth = encode({ timestamp: T0_MS, seq: 1, metrics: [{ name: 'Temp', float_value: 3 }] });
    expect(new Site().decode(DEVICE.birth, birth).deadLetters).toMatchObject([{ reason: 'no-voltage' }]);
  });

  it.each([
    ['not protobuf', DEVICE.data, Buffer.from('{"ts":1}'), 'unparsable'],
    ['a device message without device', 'spBv1.0/g/DDATA/gw1', encode({}), 'topic-invalid'],
    ['another type', 'spBv1.0/g/XDATA/gw1', encode({}), 'topic-invalid'],
    [
      'a voltage that is no number',
      DEVICE.data,
      encode({ metrics: [{ name: 'Ua', string_value: 'x' }] }),
      'unparsable',
    ],
    [
      'NaN',
      DEVICE.data,
      encode({ timestamp: T0_MS, metrics: [{ name: 'Ua', double_value: NaN }] }),
      'unparsable',
    ],
    [
      'a data set for a voltage',
      DEVICE.data,
      encode({ timestamp: T0_MS, metrics: [{ name: 'Ua', dataset_value: {} }] }),
      'no-voltage',
    ],
  ])('refuses %s', (_, topic, payload, reason) => {
    expect(new Site().letter(topic, payload).reason).toBe(reason);
  });

  it.each(['spBv1.0/STATE/scada', 'spBv1.0/g/NCMD/gw1', 'spBv1.0/g/DCMD/gw1/TQ001'])(
    'passes over %s',
    (topic) => {
      expect(unitsOf(new Site().decode(topic, '{"online":true}'))).toBe(0);
    },
  );

  it('remembers a bounded number of nodes', () => {
    const site = new Site({ limits: { sparkplugNodesMax: 2 } });
    for (const node of ['n1', 'n2', 'n3']) {
      site.decode(`spBv1.0/g/NBIRTH/${node}`, encode({ timestamp: T0_MS, seq: 0 }));
    }
    for (const node of ['n3', 'n1'])
      site.decode(`spBv1.0/g/NDATA/${node}`, encode({ timestamp: T0_MS, seq: 1 }));
    expect(site.commands.map(({ topic }) => topic)).toEqual(['spBv1.0/g/NCMD/n1']);
  });
});
