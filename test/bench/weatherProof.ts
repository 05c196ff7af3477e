import type { DailyWeather, ForecastInput } from '../../server/core/forecast/forecast.ts';
import {
  feederIds,
  forecastFeeder,
  forecastSeason,
  prepareForecast,
} from '../../server/core/forecast/readiness.ts';
import { yearsEarlier } from '../../server/core/forecast/calendar.ts';
import { WeatherBuilder } from '../../server/core/forecast/weatherDays.ts';
import { DAY_MS, HOUR_MS, type ZoneOffset } from '../../server/core/localTime.ts';
import type { WeatherSample } from '../../server/core/reading.ts';
import type { StationWeather } from '../../simulator/seasons/weatherYears.ts';

/** A season's ensemble on weather that was measured: what each of its years would bring, and all together. */

/** A gap of so many hours or fewer is bridged by a straight line. */
const BRIDGED_HOURS = 6;
const HOT_FROM_C = 26;
const VERY_HOT_C = 35;

/** Samples in ascending time as hours from the first to the last; NaN in longer gaps. */
export function hourlyOf(samples: readonly WeatherSample[]): StationWeather {
  const firstHour = Math.floor(samples[0]!.tsMs / HOUR_MS);
  const hours = Math.floor(samples.at(-1)!.tsMs / HOUR_MS) - firstHour + 1;
  const column = (of: (sample: WeatherSample) => number): Float32Array => {
    const values = new Float32Array(hours).fill(NaN);
    for (const sample of samples) values[Math.floor(sample.tsMs / HOUR_MS) - firstHour] = of(sample);
    return bridged(values);
  };
  return {
    fromMs: firstHour * HOUR_MS,
    tempC: column(({ tempC }) => tempC),
    humidityPct: column(({ humidityPct }) => humidityPct),
  };
}

function bridged(values: Float32Array): Float32Array {
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    if (last >= 0 && i - last - 1 <= BRIDGED_HOURS) {
      for (let k = last + 1; k < i; k++) {
        values[k] = values[last]! + ((values[i]! - values[last]!) * (k - last)) / (i - last);
      }
    }
    last = i;
  }
  return values;
}

/** Days of the station as the forecast builds them, up to a last one. */
export function dailyOf(
  samples: readonly WeatherSample[],
  offset: ZoneOffset,
  lastDay: number,
): DailyWeather {
  const first = samples[0]!;
  const firstDay = Math.floor((first.tsMs + offset(first.tsMs)) / DAY_MS);
  const builder = new WeatherBuilder({ firstDay, lastDay }, offset);
  for (const sample of samples) builder.add(sample);
  return builder.finish().get(first.stationId)!;
}

export interface SeasonHeat {
  /** Hours of the span that were measured, %. */
  coveragePct: number;
  /** Σ of what hours are above 26 °C. */
  degreeHours: number;
  hoursFrom35: number;
  highestC: number;
}

/** Heat of the hours in [fromMs, toMs). */
export function heatOf({ fromMs: first, tempC }: StationWeather, fromMs: number, toMs: number): SeasonHeat {
  const [from, to] = [fromMs, toMs].map((ms) => Math.round((ms - first) / HOUR_MS)) as [number, number];
  const known = tempC.subarray(Math.max(0, from), Math.max(0, to)).filter((t) => !Number.isNaN(t));
  return {
    coveragePct: (100 * known.length) / (to - from),
    degreeHours: known.reduce((sum, t) => sum + Math.max(0, t - HOT_FROM_C), 0),
    hoursFrom35: known.filter((t) => t >= VERY_HOT_C).length,
    highestC: known.reduce((max, t) => Math.max(max, t), -Infinity),
  };
}

/** What a forecast says of all transformers together. */
export interface Risk {
  transformers: number;
  /** Σ of the probabilities. */
  expectedLow: number;
  atRisk: number;
}

/** The forecast as it is published, with a warming. */
export function publishedRisk(input: ForecastInput, warmingK: number): Risk {
  const { forecasts } = forecastSeason({ ...input, options: { ...input.options, warmingK } });
  return riskOf(forecasts.filter(({ status }) => status !== 'unknown').map(({ pLow }) => pLow));
}

/** The ensemble before calibration: of all weather years, or of one alone. */
export function ensembleRisk(input: ForecastInput): Risk {
  const [first] = prepareForecast(input).seasons;
  return riskOf(
    feederIds(input).flatMap((id) =>
      forecastFeeder(input, { seasons: [first!] }, id).forecasts.flatMap(
        ({ unknownReason, minimaV, lowV }) =>
          unknownReason === null ? [minimaV.filter((v) => v < lowV).length / minimaV.length] : [],
      ),
    ),
  );
}

function riskOf(probabilities: readonly number[]): Risk {
  return {
    transformers: probabilities.length,
    expectedLow: probabilities.reduce((sum, p) => sum + p, 0),
    atRisk: probabilities.filter((p) => p >= 0.5).length,
  };
}

/** The input with the weather of the season that of so many years before: 0 is its own, which nobody knows at the origin. */
export function inWeatherOf(input: ForecastInput, yearsBack: number): ForecastInput {
  const { originDay, lastDay } = input.season;
  const weather = new Map(
    [...input.weather].map(([id, daily]) => {
      const moved = (column: Float32Array): Float32Array => {
        const copy = column.slice();
        for (let day = originDay + 1; day <= lastDay; day++) {
          copy[day - daily.firstDay] = column[yearsEarlier(day, yearsBack) - daily.firstDay] ?? NaN;
        }
        return copy;
      };
      const { meanC, maxC, minC } = daily;
      return [id, { ...daily, meanC: moved(meanC), maxC: moved(maxC), minC: moved(minC) }] as const;
    }),
  );
  return { ...input, weather, options: { ...input.options, perfectWeather: true } };
}
