import { seasonContext, type SeasonContext } from '../../server/core/forecast/context.ts';
import { LOAD_FEATURES, writeCalendar, writeWeather } from '../../server/core/forecast/features.ts';
import { fitFeeder } from '../../server/core/forecast/feederModel.ts';
import type { DailyWeather, ForecastInput } from '../../server/core/forecast/forecast.ts';
import { poolPriors } from '../../server/core/forecast/pooling.ts';
import { dot, Ridge } from '../../server/core/forecast/ridge.ts';
import type { Season } from '../../server/core/forecast/season.ts';
import type { TransformerModel } from '../../server/core/forecast/transformerFit.ts';
import {
  fitVoltage,
  priorAt,
  sourceV,
  VOLT,
  VOLT_FEATURES,
  VOLTAGE_PRIOR,
  voltageRows,
  type VoltageModel,
} from '../../server/core/forecast/voltageModel.ts';
import { meanOf } from '../../server/core/forecast/statistics.ts';
import type { PhaseSeries } from './phaseSeries.ts';
import { bandAround, raised, type Band } from './predictionErrors.ts';

/**
 * One transformer by the program's own voltage model: fitted on what was measured up to an origin, asked for later times
 * of which currents and calendar are known. Alone on its feeder, it is the feeder.
 */

/** Neither heating nor cooling: the model is told of no weather. */
const MILD_C = 18;
const YEAR_DAYS = 366;

/** Weather that says nothing, over these days and long enough before them for the model to have a past year of it. */
export function mildWeather(firstDay: number, lastDay: number): DailyWeather {
  const from = firstDay - 2 * YEAR_DAYS;
  const days = lastDay - from + 1;
  const column = (): Float32Array => new Float32Array(days).fill(MILD_C);
  return { stationId: 'mild', firstDay: from, days, meanC: column(), maxC: column(), minC: column() };
}

/** Who can be asked for the phases of a step (of a {@link PhaseSeries}) from its currents. */
export interface Oracle {
  predict(step: number): Band[];
}

/** The daily model as the program fits it at the end of `originDay`. */
export class FittedTransformer implements Oracle {
  readonly model: TransformerModel;
  readonly levelSdV: number;
  readonly meanLoadA: number;
  readonly context: SeasonContext;
  readonly #weather: DailyWeather;
  readonly #bands: readonly Band[];

  /**
   * @param firstDay of the history
   * @param lastDay last day that it will be asked for: the length of the horizon decides how the model weighs the
   * last weeks, as in a forecast of the next days or of a season
   */
  constructor(input: ForecastInput, firstDay: number, originDay: number, lastDay: number) {
    const span = { firstDay: originDay + 1, lastDay, originDay };
    const season: Season = { id: `after-${originDay}`, kind: 'winter', year: 0, ...span };
    const whole = { ...input, season };
    this.context = seasonContext(whole, season, firstDay);
    this.#weather = input.weather.values().next().value!;
    const priors = poolPriors(whole, this.context);
    const feeder = fitFeeder(whole, this.context, input.transformers, priors);
    this.model = feeder.models[0]!;
    this.meanLoadA = feeder.meanLoadA;
    this.levelSdV = priors.voltageLevelSd * this.context.horizon.levelSdShare;
    this.#bands = this.#pastResiduals().map((residualsV, c) =>
      bandAround(this.model.channels[c]!.levelCarry, residualsV, this.levelSdV),
    );
  }

  /** Lowest hour of each phase on a day. */
  predict(day: number): Band[] {
    return this.#expectedV(day).map((v, c) => raised(this.#bands[c]!, v));
  }

  /** Means over the phases on a day: voltage without load, V, and what an ampere in each phase takes off it, V. */
  sourceAndSlope(day: number): { sourceV: number; slopeVPerA: number } {
    const features = new Float64Array(LOAD_FEATURES);
    this.writeDay(features, 0, day);
    const channels = this.model.channels.flatMap((channel) => (channel === null ? [] : [channel]));
    return {
      sourceV: meanOf(channels.map((channel) => sourceV(channel, features, 0) + channel.levelCarry)),
      slopeVPerA: meanOf(
        channels.map(
          ({ beta }) =>
            beta[VOLT.own]! * this.model.zVPerA + (beta[VOLT.feeder]! * channels.length) / this.meanLoadA,
        ),
      ),
    };
  }

  /** Calendar, and weather that says nothing, of a day into a row of load features. */
  writeDay(features: Float64Array, offset: number, day: number): void {
    writeCalendar(features, offset, day, this.context.season.originDay);
    writeWeather(features, offset, this.#weather, day - this.#weather.firstDay, 0);
  }

  /** By the coefficients alone, V; NaN where a current is not known. */
  #expectedV(day: number): number[] {
    const { columns, firstDay } = this.model.history;
    const at = day - firstDay;
    const amps = [columns.iaMaxHourA[at]!, columns.ibMaxHourA[at]!, columns.icMaxHourA[at]!];
    const features = new Float64Array(LOAD_FEATURES);
    this.writeDay(features, 0, day);
    const loadPu = amps.reduce((sum, a) => sum + a, 0) / this.meanLoadA;
    const row = voltageRows(features, Float64Array.of(loadPu), 1);
    return amps.map((a, c) => {
      row[VOLT.own] = -this.model.zVPerA * a;
      return dot(row, 0, this.model.channels[c]!.beta);
    });
  }

  /** What the coefficients leave over on the days that the ensemble draws from, by phase, V. */
  #pastResiduals(): Float64Array[] {
    const { columns, firstDay } = this.model.history;
    const days = [...this.context.poolDays];
    const expected = days.map((d) => this.#expectedV(this.context.firstDay + d));
    return [columns.uaMinHourV, columns.ubMinHourV, columns.ucMinHourV].map((column, c) =>
      Float64Array.from(days, (d, i) => {
        const measuredV = column[d + this.context.firstDay - firstDay]! + this.model.levelV[d]!;
        return measuredV - expected[i]![c]!;
      }).filter((value) => !Number.isNaN(value)),
    );
  }
}

/**
 * The same regression and priors with clock hours in place of days: what the program does not do, and what its formula
 * is worth at every hour.
 */
export class FittedHours implements Oracle {
  readonly #daily: FittedTransformer;
  readonly #series: PhaseSeries;
  readonly #channels: readonly VoltageModel[];
  readonly #bands: readonly Band[];

  constructor(daily: FittedTransformer, series: PhaseSeries) {
    this.#daily = daily;
    this.#series = series;
    const { context, model } = daily;
    const { perDay, first } = series;
    const steps = (context.season.originDay + 1) * perDay - first;
    const hours: SeasonContext = {
      ...context,
      days: steps,
      fitDays: Int32Array.from({ length: steps }, (_, i) => i),
      // The hours of a day weigh as the day does.
      recency: Float64Array.from({ length: steps }, (_, i) => {
        return context.recency[Math.floor((first + i) / perDay) - context.firstDay]! / perDay;
      }),
      horizon: { ...context.horizon, levelDays: context.horizon.levelDays * perDay },
    };
    const prior = priorAt(VOLTAGE_PRIOR, model.transformer.nominalV);
    const rows = this.#rows(first, steps);
    const fits = series.voltageV.map((column, c) => {
      for (let i = 0; i < steps; i++) {
        rows[i * VOLT_FEATURES + VOLT.own] = -model.zVPerA * series.currentA[c]![i]!;
      }
      const measured = Float64Array.from(column.subarray(0, steps), (v, i) =>
        Number.isNaN(this.#loadA(i)) ? NaN : v,
      );
      const residual = new Float32Array(steps);
      const channel = fitVoltage(measured, rows, hours, prior, new Ridge(VOLT_FEATURES), residual);
      if (channel === null) throw new Error('too few hours before the origin');
      const known = residual.filter((value) => !Number.isNaN(value));
      return { channel, band: bandAround(channel.levelCarry, known, daily.levelSdV) };
    });
    this.#channels = fits.map(({ channel }) => channel);
    this.#bands = fits.map(({ band }) => band);
  }

  predict(step: number): Band[] {
    const row = this.#rows(step, 1);
    return this.#channels.map(({ beta }, c) => {
      row[VOLT.own] = -this.#daily.model.zVPerA * this.#series.currentA[c]![step - this.#series.first]!;
      return raised(this.#bands[c]!, dot(row, 0, beta));
    });
  }

  /** Of the steps from `from` on, the column of own load left open. */
  #rows(from: number, steps: number): Float64Array {
    const { perDay, first } = this.#series;
    const features = new Float64Array(steps * LOAD_FEATURES);
    const loadPu = new Float64Array(steps);
    for (let i = 0; i < steps; i++) {
      this.#daily.writeDay(features, i * LOAD_FEATURES, Math.floor((from + i) / perDay));
      loadPu[i] = this.#loadA(from + i - first) / this.#daily.meanLoadA;
    }
    return voltageRows(features, loadPu, steps);
  }

  #loadA(at: number): number {
    return this.#series.currentA.reduce((sum, column) => sum + column[at]!, 0);
  }
}
