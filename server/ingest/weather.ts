import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Intake } from './intake.ts';
import { refusal, type Refusal } from './refusal.ts';
import type { Route } from './route.ts';

const shape = Compile(
  Type.Object({
    ts: Type.Number(),
    tempC: Type.Number(),
    humidityPct: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  }),
);
/** Beyond the records of the Earth's surface (−89.2 °C, 56.7 °C) with some room for a sensor in the sun. */
const TEMP_C_MIN = -90;
const TEMP_C_MAX = 70;

/** Body of `weather/v1/{org}/{stationId}`: `{"ts","tempC","humidityPct"}`. */
export function decodeWeather(element: unknown, route: Route, intake: Intake): Refusal | null {
  if (!shape.Check(element))
    return refusal('unparsable', 'expected {"ts","tempC","humidityPct"} with numbers');
  const { ts, tempC } = element;
  const humidityPct = element.humidityPct ?? NaN;
  if (ts < intake.limits.oldestMs) return refusal('too-old', `time ${ts} ms is before any sample can be`);
  if (ts > intake.receivedMs + intake.limits.futureMsMax) return refusal('future', `time ${ts} ms is ahead`);
  if (tempC < TEMP_C_MIN || tempC > TEMP_C_MAX) return refusal('value-range', `temperature ${tempC} °C`);
  if (humidityPct < 0 || humidityPct > 100) return refusal('value-range', `humidity ${humidityPct} %`);
  intake.out.weather.push({ stationId: route.id!, tsMs: ts, tempC: tempC + 0, humidityPct: humidityPct + 0 });
  return null;
}
