import { chanceOf } from '../../../server/core/forecast/chance.ts';
import { springFestivalShare, weekdayOf } from '../../../server/core/forecast/calendar.ts';
import {
  FORECAST_OPTIONS,
  type DailyHistory,
  type DailyWeather,
} from '../../../server/core/forecast/forecast.ts';
import type { ForecastInput } from '../../../server/core/forecast/forecast.ts';
import { emptyHistory } from '../../../server/core/forecast/history.ts';
import { seasonOf, type Season } from '../../../server/core/forecast/season.ts';
import type { Transformer } from '../../../server/core/grid.ts';
import { transformerOf } from '../../fixtures/transformers.ts';

/** A small grid of daily summaries, simpler than the simulator's, in which every number is known. */

export interface SmallGridOptions {
  seed?: number;
  feeders?: number;
  perFeeder?: number;
  /** Years of history before the season's end. */
  years?: number;
  season?: Season;
  weatherYears?: number;
  /** Factor on the answer to heat of each area; feeders go to the areas in turn. */
  heatOfAreas?: readonly number[];
}

export interface SmallGrid {
  input: ForecastInput;
  /** Volts per ampere that were used, by transformer. */
  slopes: Map<string, number>;
}

/** Histories up to the end of the season: what comes after the origin is there, and must not be looked at. */
export function smallGrid(options: SmallGridOptions = {}): SmallGrid {
  const { seed = 1, feeders = 4, perFeeder = 8, years = 3, weatherYears = 8, heatOfAreas = [1] } = options;
  const season = options.season ?? seasonOf('summer', 2026);
  const chance = chanceOf(seed);
  const weather = weatherOf(seed, season.lastDay - Math.round(weatherYears * 365.25), season.lastDay);
  const range = { firstDay: season.lastDay - Math.round(years * 365.25), lastDay: season.lastDay };
  const transformers: Transformer[] = [];
  const histories = new Map<string, DailyHistory>();
  const slopes = new Map<string, number>();
  for (let f = 0; f < feeders; f++) {
    const levelV = chance.normal() * 2;
    const feederNoise = noiseOf(chance, range.lastDay - range.firstDay + 1, 0.8);
    for (let t = 0; t < perFeeder; t++) {
      const area = f % heatOfAreas.length;
      const transformer = transformerOf(`F${f}-T${t}`, {
        feederId: `F${f}`,
        areaId: `A${area + 1}`,
        capacityKva: 400,
      });
      const slope = 0.0085 * (0.8 + 0.4 * chance.unit());
      const place = {
        slope,
        sourceV: 224 + levelV + chance.normal() * 2 - (18 * t) / perFeeder,
        baseA: 450 + 500 * chance.unit(),
        growth: 0.04 + 0.06 * chance.unit(),
        cooling: (0.1 + 0.06 * chance.unit()) * heatOfAreas[area]!,
        feederDropV: 3 + (9 * t) / perFeeder,
      };
      transformers.push(transformer);
      slopes.set(transformer.id, slope);
      histories.set(transformer.id, historyOf(transformer.id, range, place, weather, feederNoise, chance));
    }
  }
  const input: ForecastInput = {
    season,
    transformers,
    versions: new Map(),
    histories,
    weather: new Map([[weather.stationId, weather]]),
    options: FORECAST_OPTIONS,
  };
  return { input, slopes };
}

interface Place {
  slope: number;
  sourceV: number;
  baseA: number;
  growth: number;
  cooling: number;
  feederDropV: number;
}

const SHARE = [0.36, 0.33, 0.31] as const;

function historyOf(
  id: string,
  range: { firstDay: number; lastDay: number },
  place: Place,
  weather: DailyWeather,
  feederNoise: Float64Array,
  chance: ReturnType<typeof chanceOf>,
): DailyHistory {
  const history = emptyHistory(id, range);
  const { columns } = history;
  const noise = noiseOf(chance, history.days, 0.07);
  for (let d = 0; d < history.days; d++) {
    const day = range.firstDay + d;
    const hot = Math.max(0, Math.min(36, weather.maxC[day - weather.firstDay]!) - 25);
    const cold = Math.max(0, 8 - weather.minC[day - weather.firstDay]!);
    const relative =
      (1 + place.cooling * hot + 0.02 * cold + 0.4 * springFestivalShare(day)) *
      (weekdayOf(day) % 6 === 0 ? 1.05 : 1) *
      Math.exp((place.growth * (day - range.lastDay)) / 365.25);
    const loadA = place.baseA * 0.8 * relative * Math.exp(noise[d]!);
    const sourceV = place.sourceV - place.feederDropV * (relative - 1) * 0.7 + feederNoise[d]!;
    const volts = SHARE.map((share) => sourceV - place.slope * share * loadA + chance.normal() * 0.5);
    [columns.uaMinHourV, columns.ubMinHourV, columns.ucMinHourV].forEach((c, i) => (c[d] = volts[i]!));
    [columns.iaMaxHourA, columns.ibMaxHourA, columns.icMaxHourA].forEach(
      (c, i) => (c[d] = SHARE[i]! * loadA),
    );
    columns.pMaxHourKw[d] = loadA * 0.22 * 0.95;
    columns.pMeanKw[d] = 0.6 * columns.pMaxHourKw[d]!;
    columns.qMeanKvar[d] = 0.3 * columns.pMeanKw[d]!;
    columns.highestV[d] = sourceV + 4;
    columns.validHours[d] = 24;
    columns.lowHours[d] = Math.max(0, Math.ceil((198 - Math.min(...volts)) * 0.6));
  }
  return history;
}

/** AR(1), 0.7 from day to day. */
function noiseOf(chance: ReturnType<typeof chanceOf>, days: number, sd: number): Float64Array {
  const out = new Float64Array(days);
  let value = 0;
  for (let d = 0; d < days; d++) {
    value = 0.7 * value + Math.sqrt(1 - 0.49) * chance.normal();
    out[d] = sd * value;
  }
  return out;
}

function weatherOf(seed: number, firstDay: number, lastDay: number): DailyWeather {
  const days = lastDay - firstDay + 1;
  const noise = noiseOf(chanceOf(seed + 1000), days, 2.5);
  const meanC = new Float32Array(days);
  for (let d = 0; d < days; d++) {
    const angle = (2 * Math.PI * (firstDay + d - 22)) / 365.25;
    const year = Math.floor((firstDay + d) / 365.25);
    meanC[d] = 17 - 12 * Math.cos(angle) + Math.sin(year * 12.9898 + seed) * 1.2 + noise[d]!;
  }
  return {
    stationId: 'W1',
    firstDay,
    days,
    meanC,
    maxC: meanC.map((value) => value + 4.5),
    minC: meanC.map((value) => value - 4),
  };
}
