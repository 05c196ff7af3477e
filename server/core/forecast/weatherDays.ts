import { DAY_MS, type ZoneOffset } from '../localTime.ts';
import type { WeatherSample } from '../reading.ts';
import type { DailyWeather } from './forecast.ts';
import type { DayRange } from './history.ts';

/** A day's mean is of its quarters, so that a gap at night does not make the day warmer. */
const QUARTERS = 4;
const QUARTER_MS = DAY_MS / QUARTERS;

interface StationDays {
  sumC: Float64Array;
  count: Uint32Array;
  maxC: Float32Array;
  minC: Float32Array;
}

/** Samples of weather stations, in any order, into days. A day without a sample in each of its quarters is unknown (NaN). */
export class WeatherBuilder {
  readonly #range: DayRange;
  readonly #days: number;
  readonly #offset: ZoneOffset;
  readonly #stations = new Map<string, StationDays>();

  constructor(range: DayRange, offset: ZoneOffset) {
    this.#range = range;
    this.#days = range.lastDay - range.firstDay + 1;
    this.#offset = offset;
  }

  add({ stationId, tsMs, tempC }: Pick<WeatherSample, 'stationId' | 'tsMs' | 'tempC'>): void {
    const localMs = tsMs + this.#offset(tsMs);
    const day = Math.floor(localMs / DAY_MS);
    const at = day - this.#range.firstDay;
    if (!(at >= 0 && at < this.#days) || Number.isNaN(tempC)) return;
    const station = this.#stationOf(stationId);
    const cell = at * QUARTERS + Math.floor((localMs - day * DAY_MS) / QUARTER_MS);
    station.sumC[cell] = station.sumC[cell]! + tempC;
    station.count[cell] = station.count[cell]! + 1;
    station.maxC[at] = Math.max(station.maxC[at]!, tempC);
    station.minC[at] = Math.min(station.minC[at]!, tempC);
  }

  finish(): Map<string, DailyWeather> {
    return new Map([...this.#stations].map(([id, station]) => [id, this.#weatherOf(id, station)]));
  }

  #weatherOf(stationId: string, { sumC, count, maxC, minC }: StationDays): DailyWeather {
    const meanC = new Float32Array(this.#days);
    for (let at = 0; at < this.#days; at++) {
      let meanSumC = 0;
      for (let cell = at * QUARTERS; cell < (at + 1) * QUARTERS; cell++)
        meanSumC += sumC[cell]! / count[cell]!;
      // A quarter without sample has made 0/0.
      meanC[at] = meanSumC / QUARTERS;
      if (Number.isNaN(meanSumC)) {
        maxC[at] = NaN;
        minC[at] = NaN;
      }
    }
    return { stationId, firstDay: this.#range.firstDay, days: this.#days, meanC, maxC, minC };
  }

  #stationOf(stationId: string): StationDays {
    let station = this.#stations.get(stationId);
    if (station === undefined) {
      station = {
        sumC: new Float64Array(this.#days * QUARTERS),
        count: new Uint32Array(this.#days * QUARTERS),
        maxC: new Float32Array(this.#days).fill(-Infinity),
        minC: new Float32Array(this.#days).fill(Infinity),
      };
      this.#stations.set(stationId, station);
    }
    return station;
  }
}
