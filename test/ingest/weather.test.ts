import { expect, it } from 'vitest';
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
