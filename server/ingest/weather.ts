import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { WeatherSample } from '../core/reading.ts';
import type { Intake } from './intake.ts';
import { refusal, type Refusal } from './refusal.ts';
import type { Route } from './route.ts';

const sample = Type.Object({
  ts: Type.Number(),
  tempC: Type.Number(),
  humidityPct: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
});
type Sample = Type.Static<typeof sample>;
const shape = Compile(sample);
const envelope = Compile(
  Type.Object({ issued: Type.Optional(Type.Number()), hours: Type.Array(sample, { minItems: 1 }) }),
);
/** No weather forecast says anything of the hours after this. */
const FORECAST_AHEAD_MS_MAX = 16 * 86_400_000;
/** Beyond the records of the Earth's surface (−89.2 °C, 56.7 °C) with some room for a sensor in the sun. */
const TEMP_C_MIN = -90;
const TEMP_C_MAX = 70;

/** Body of `weather/v1/{org}/{stationId}`: `{"ts","tempC","humidityPct"}`. */
export function decodeWeather(element: unknown, route: Route, intake: Intake): Refusal | null {
  if (!shape.Check(element))
    return refusal('unparsable', 'expected {"ts","tempC","humidityPct"} with numbers');
  const refused = judged(element, intake, intake.limits.futureMsMax);
  if (refused === null) intake.out.weather.push(sampleOf(element, route));
  return refused;
}

/**
 * Body of `weather/v1/{org}/{stationId}/forecast`: an array of samples, or `{"issued","hours":[…]}`. One bad hour
 * refuses an envelope whole: it is one statement.
 */
export function decodeWeatherForecast(element: unknown, route: Route, intake: Intake): Refusal | null {
  const isEnvelope = envelope.Check(element);
  if (!isEnvelope && !shape.Check(element)) {
    return refusal('unparsable', 'expected {"ts","tempC","humidityPct"} or {"issued","hours":[…]}');
  }
  const hours = isEnvelope ? element.hours : [element];
  const issuedMs = (isEnvelope ? element.issued : undefined) ?? intake.receivedMs;
  if (issuedMs < intake.limits.oldestMs) return refusal('too-old', `issued at ${issuedMs} ms`);
  if (issuedMs > intake.receivedMs + intake.limits.futureMsMax) {
    return refusal('future', `issued at ${issuedMs} ms, which is ahead`);
  }
  for (const hour of hours) {
    const refused = judged(hour, intake, FORECAST_AHEAD_MS_MAX);
    if (refused !== null) return refused;
  }
  for (const hour of hours) intake.out.forecasts.push({ ...sampleOf(hour, route), issuedMs });
  return null;
}

function judged({ ts, tempC, humidityPct }: Sample, intake: Intake, aheadMsMax: number): Refusal | null {
  if (ts < intake.limits.oldestMs) return refusal('too-old', `time ${ts} ms is before any sample can be`);
  if (ts > intake.receivedMs + aheadMsMax) return refusal('future', `time ${ts} ms is ahead`);
  if (tempC < TEMP_C_MIN || tempC > TEMP_C_MAX) return refusal('value-range', `temperature ${tempC} °C`);
  if (typeof humidityPct === 'number' && (humidityPct < 0 || humidityPct > 100)) {
    return refusal('value-range', `humidity ${humidityPct} %`);
  }
  return null;
}

function sampleOf({ ts, tempC, humidityPct }: Sample, route: Route): WeatherSample {
  return { stationId: route.id!, tsMs: ts, tempC: tempC + 0, humidityPct: (humidityPct ?? NaN) + 0 };
}
