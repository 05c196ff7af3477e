import { describe, expect, it } from 'vitest';
import { NOW_MS, Site, T0_MS, fixture, textOf } from './site.ts';

const TOPIC = 'weather/v1/lichuan/ST-1';

it('decodes a sample', () => {
  expect(new Site().decode(TOPIC, fixture('weather.json')).weather).toEqual([
    { stationId: 'ST-1', tsMs: T0_MS, tempC: 36.4, humidityPct: 61 },
  ]);
});

it('needs no humidity', () => {
  expect(new Site().decode(TOPIC, { ts: T0_MS, tempC: -12 }).weather[0]!.humidityPct).toBeNaN();
});

it('refuses only the bad elements of an array', () => {
  const batch = new Site().decode(TOPIC, [
    { ts: T0_MS, tempC: 30 },
    { ts: T0_MS, tempC: 300 },
  ]);
  expect(batch.weather).toHaveLength(1);
  expect(batch.deadLetters.map((letter) => [letter.reason, textOf(letter)])).toEqual([
    ['value-range', `{"ts":${T0_MS},"tempC":300}`],
  ]);
});

it.each([
  ['no temperature', { ts: T0_MS }, 'unparsable'],
  ['text', { ts: T0_MS, tempC: '30' }, 'unparsable'],
  ['1970', { ts: 0, tempC: 30 }, 'too-old'],
  ['ahead', { ts: NOW_MS + 86_400_001, tempC: 30 }, 'future'],
  ['kelvin', { ts: T0_MS, tempC: 303 }, 'value-range'],
  ['101 %', { ts: T0_MS, tempC: 30, humidityPct: 101 }, 'value-range'],
])('refuses %s', (_, payload, reason) => {
  expect(new Site().letter(TOPIC, payload).reason).toBe(reason);
});

it('refuses a topic without a station', () => {
  expect(new Site().letter('weather/v1/lichuan', { ts: T0_MS, tempC: 30 }).reason).toBe('topic-invalid');
});

describe('weather to come', () => {
  const FORECAST = `${TOPIC}/forecast`;
  const hours = [
    { ts: NOW_MS + 3_600_000, tempC: 38, humidityPct: 50 },
    { ts: NOW_MS + 72 * 3_600_000, tempC: 39 },
  ];

  it('comes as an array, or with the time of its issue', () => {
    const plain = new Site().decode(FORECAST, hours);
    expect(plain.weather).toEqual([]);
    expect(plain.forecasts).toEqual([
      { stationId: 'ST-1', tsMs: hours[0]!.ts, tempC: 38, humidityPct: 50, issuedMs: NOW_MS },
      { stationId: 'ST-1', tsMs: hours[1]!.ts, tempC: 39, humidityPct: NaN, issuedMs: NOW_MS },
    ]);
    const issued = new Site().decode(FORECAST, { issued: T0_MS, hours }).forecasts;
    expect(issued.map(({ issuedMs }) => issuedMs)).toEqual([T0_MS, T0_MS]);
  });

  it.each([
    ['no hours', { issued: T0_MS }, 'unparsable'],
    ['next month', [{ ts: NOW_MS + 30 * 86_400_000, tempC: 30 }], 'future'],
    ['an issue to come', { issued: NOW_MS + 90_000_000, hours }, 'future'],
    ['one bad hour', { hours: [...hours, { ts: NOW_MS, tempC: 303 }] }, 'value-range'],
  ])('refuses %s', (_, payload, reason) => {
    expect(new Site().letter(FORECAST, payload).reason).toBe(reason);
  });
});
