import { describe, expect, test } from 'vitest';
import { importText, importWorld, NOW_MS, T1 } from './world.ts';

const HEADER =
  'transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,substation_id,substation_name,lon,lat,capacity_kva,' +
  'nominal_v,uk_pct,tap_position,tap_step_pct,tap_count,customers,important_customers,lv_radius_m,kind,weather_station_id';
const ROW = 'N1,新村1号,demo,A2,城南,F7,南一线,S2,南变,120.1,30.2,400,220,4,3,2.5,5,120,1,350,rural,W1';

describe('a registry row', () => {
  test('holds a whole transformer; unknown columns become attributes', async () => {
    const world = importWorld();
    const text = `${HEADER},厂家,备注\n${ROW},特变电工,\n`;
    const { report } = await importText('registry', text, world);
    expect(report).toMatchObject({ rows: 1, stored: 1, refused: 0, failure: null });
    expect(report.registry).toMatchObject({ added: 1, changed: 0, unchanged: 0 });
    expect(world.transformers()).toEqual([
      {
        ...T1,
        id: 'N1',
        name: '新村1号',
        areaId: 'A2',
        feederId: 'F7',
        lon: 120.1,
        lat: 30.2,
        kind: 'rural',
        attributes: { 厂家: '特变电工' },
      },
    ]);
  });

  test('needs only its id, area and feeder', async () => {
    const world = importWorld();
    await importText('registry', 'feeder_id,transformer_id,area_id\nF1,N1,A1', world);
    expect(world.transformers()).toEqual([
      expect.objectContaining({
        id: 'N1',
        name: 'N1',
        org: 'A1',
        nominalV: 220,
        customers: 0,
        kind: 'mixed',
        tapPosition: null,
        weatherStationId: null,
      }),
    ]);
  });

  test('keeps what its columns do not speak of, and clears what they leave empty', async () => {
    const world = importWorld({ ...T1, attributes: { 厂家: '特变' } });
    const { report } = await importText('registry', 'transformer_id,tap_position,uk_pct\nT1,4,', world, {
      validFromMs: 77,
    });
    expect(report.registry?.changes).toEqual([
      { transformerId: 'T1', kind: 'changed', changed: ['ukPct', 'tapPosition'] },
    ]);
    expect(world.transformers()).toEqual([
      { ...T1, tapPosition: 4, ukPct: null, attributes: { 厂家: '特变' } },
    ]);
    expect(world.upserts).toEqual([{ validFromMs: 77, dryRun: false }]);
  });

  test.each([
    ['new without area', 'transformer_id,feeder_id\nN1,F1', ['area_id: is needed']],
    ['topic characters', 'transformer_id,name\nT/1+,x', ['transformer_id:', 'area_id', 'feeder_id']],
    [
      'empty id and area',
      'transformer_id,area_id,feeder_id\n,,F1',
      ['transformer_id: empty', 'area_id: empty'],
    ],
    ['not numbers', 'transformer_id,customers,lon\nT1,many,12°', ['lon: "12°"', 'customers: "many"']],
    [
      'line voltage',
      'transformer_id,nominal_v\nT1,380',
      ['nominal_v: 380 V is between lines; write the voltage to neutral (219)'],
    ],
    ['out of range', 'transformer_id,lat,customers\nT1,91,-1', ['lat: 91 is not between', 'customers: -1']],
    ['half a tap', 'transformer_id,tap_position\nT1,2.5', ['tap_position: 2.5 is not a whole number']],
    ['tap beyond the switch', 'transformer_id,tap_position\nT1,6', ['tap_position: 6 is beyond the 5']],
    ['half a place', 'transformer_id,lat\nT1,', ['lat: lon and lat are given together']],
  ])('is refused: %s', async (_, text, expected) => {
    const world = importWorld(T1);
    const { report, errors } = await importText('registry', text, world);
    const said = errors.flatMap(({ faults }) => faults.map((f) => `${f.column}: ${f.message}`));
    expect(said).toHaveLength(expected.length);
    for (const [i, fault] of expected.entries()) expect(said[i]).toContain(fault);
    expect(report).toMatchObject({ rows: 1, stored: 0, refused: 1 });
    expect(world.transformers()).toEqual([T1]);
  });
});

describe('a registry file', () => {
  test('the same row twice is a duplicate, another of the same transformer is refused', async () => {
    const world = importWorld(T1);
    const text = 'transformer_id,customers\nT1,5\nT1,5\nT1,6';
    const { report, errors } = await importText('registry', text, world);
    expect(report).toMatchObject({ rows: 3, stored: 1, duplicate: 1, refused: 1 });
    expect(errors).toMatchObject([
      { line: 4, faults: [{ message: 'line 2 says something else of the same transformer' }] },
    ]);
  });

  test('warns where rows disagree about an area', async () => {
    const world = importWorld();
    const text = 'transformer_id,area_id,area_name,feeder_id\nN1,A1,东,F1\nN2,A1,西,F1';
    const { report } = await importText('registry', text, world);
    expect(report.stored).toBe(2);
    expect(report.warnings).toEqual(['line 3 describes area A1 otherwise than line 2, which holds']);
  });

  test('a dry run tells the difference and writes nothing', async () => {
    const world = importWorld(T1);
    const text = 'transformer_id,customers,area_id,feeder_id\nT1,5,A1,F1\nN1,1,A1,F1';
    const { report } = await importText('registry', text, world, { dryRun: true });
    expect(report.registry).toEqual({
      added: 1,
      changed: 1,
      unchanged: 0,
      changes: [
        { transformerId: 'T1', kind: 'changed', changed: ['customers'] },
        { transformerId: 'N1', kind: 'added', changed: [] },
      ],
    });
    expect(world.transformers()).toEqual([T1]);
    expect(world.upserts).toEqual([{ validFromMs: NOW_MS, dryRun: true }]);
  });

  test('that breaks off is not written by half', async () => {
    const world = importWorld();
    const text = 'transformer_id,area_id,feeder_id\nN1,A1,F1\n"N2,A1';
    const { report } = await importText('registry', text, world);
    expect(report.failure?.reason).toContain('never closed');
    expect(world.upserts).toEqual([]);
  });
});

describe('weather', () => {
  test('is written as it comes, the last of a time winning', async () => {
    const world = importWorld();
    const text = 'ts,station_id,temp_c,humidity_pct\n2025-07-01T00:00:00Z,W1,31.5,\n1751328000000,W1,32,60\n';
    const { report } = await importText('weather', text, world);
    expect(report).toMatchObject({ rows: 2, stored: 1, duplicate: 1, refused: 0 });
    expect([...world.weather.values()]).toEqual([
      { stationId: 'W1', tsMs: 1_751_328_000_000, tempC: 32, humidityPct: 60 },
    ]);
  });

  test.each([
    ['no temperature', 'W1,1751328000000,,50', 'temp_c: empty'],
    ['Fahrenheit', 'W1,1751328000000,95,50', 'temp_c: 95 is not between -90 and 60'],
    ['humidity', 'W1,1751328000000,20,120', 'humidity_pct: 120 is not between 0 and 100'],
    ['no station', ',1751328000000,20,50', 'station_id: empty'],
  ])('is refused: %s', async (_, row, expected) => {
    const world = importWorld();
    const { errors } = await importText('weather', `station_id,ts,temp_c,humidity_pct\n${row}`, world);
    const said = errors.flatMap(({ faults }) => faults.map((f) => `${f.column}: ${f.message}`));
    expect(said).toEqual([expected]);
    expect(world.weather.size).toBe(0);
  });
});
