import type { NameplateVersion, Transformer } from '../grid.ts';
import { DAY_MS } from '../localTime.ts';
import type { SeasonContext, StationFeatures } from './context.ts';
import type { DailyHistory } from './forecast.ts';
import { takeOutSteps } from './levelSteps.ts';
import { fitLoad, writeLogLoad, type LoadModel } from './loadModel.ts';
import { lineVPerA, nameplateVPerA, ratedA, tapV } from './nameplate.ts';
import type { Prior } from './parts.ts';
import type { Ridge } from './ridge.ts';
import { CHANNELS, fitVoltage, TAIL, tailPrior, VOLT, VOLT_FEATURES } from './voltageModel.ts';
import type { VoltageModel } from './voltageModel.ts';

/** Mean load of a transformer of which no load is known, share of rated current. */
const MEAN_LOAD_PU = 0.3;
/** Half of one 2.5 % tap step is 2.9 V of 231 V: less is drift, not a step. */
const STEP_MIN_V = 3.2;
/** Drop of a line whose length nobody knows, in drops of the nameplate. */
const LINE_RATIO = 2;
/** Phase shares are those of the days of highest load, this share of them. */
const PEAK_DAYS_SHARE = 0.1;

export interface TransformerModel {
  transformer: Transformer;
  history: DailyHistory;
  station: StationFeatures;
  load: LoadModel;
  /** By channel; null where not measured. */
  channels: readonly (VoltageModel | null)[];
  /** Share of the phases in the load at peak. */
  share: readonly [number, number, number];
  /** Of the nameplate. */
  zVPerA: number;
  /** Log load by the model alone, by day. */
  modelledLog: Float64Array;
  /** Log load above the model by day; NaN where unknown. */
  loadResidual: Float32Array;
  /** By channel: volts above the model, with the measured load and the modelled feeder; NaN where unknown. */
  residualV: readonly Float32Array[];
  /** Added to what was measured on each day to bring it to the last level, V. */
  levelV: Float32Array;
}

/** One transformer while it is fitted. */
export class TransformerFit {
  readonly transformer: Transformer;
  readonly logLoad: Float64Array;
  readonly modelled: Float64Array;
  readonly #history: DailyHistory;
  readonly #station: StationFeatures;
  readonly #context: SeasonContext;
  /** Volts per ampere of the nameplate of each day. */
  readonly #zVPerA: Float64Array;
  readonly #knownDays: number[] = [];
  readonly #levelV: Float32Array;
  readonly #residualV: Float32Array[];
  #channels: (VoltageModel | null)[] = [];
  #share: [number, number, number] = [1 / 3, 1 / 3, 1 / 3];
  #load: LoadModel | null = null;

  constructor(
    transformer: Transformer,
    history: DailyHistory,
    station: StationFeatures,
    context: SeasonContext,
    versions: readonly NameplateVersion[],
  ) {
    this.transformer = transformer;
    this.#history = history;
    this.#station = station;
    this.#context = context;
    this.#zVPerA = new Float64Array(context.days).fill(nameplateVPerA(transformer));
    this.logLoad = new Float64Array(context.days);
    this.modelled = new Float64Array(context.days);
    this.#levelV = new Float32Array(context.days);
    this.#residualV = CHANNELS.map(() => new Float32Array(context.days).fill(NaN));
    this.#takeRecordedChanges(versions);
  }

  get load(): LoadModel {
    return this.#load!;
  }

  fitLoad(prior: Prior, ridge: Ridge): void {
    const { transformer, logLoad, modelled } = this;
    const source = writeLogLoad(this.#history, this.#context, transformer.nominalV, logLoad);
    const unmeasuredLog = Math.log(3 * MEAN_LOAD_PU * ratedA(transformer));
    this.#load = fitLoad(
      logLoad,
      source,
      unmeasuredLog,
      this.#station,
      this.#context,
      prior,
      ridge,
      modelled,
    );
    this.#share = this.#phaseShares();
  }

  /** `rows`: {@link voltageRows} of the feeder with this transformer's station. */
  fitVoltages(rows: Float64Array, prior: Prior, ridge: Ridge): void {
    const { days } = this.#context;
    const voltageV = new Float64Array(days);
    this.#channels = CHANNELS.map((_, c) => {
      if (!this.#writeVoltage(c, voltageV)) return null;
      for (let d = 0; d < days; d++) {
        rows[d * VOLT_FEATURES + VOLT.own] = -this.#zVPerA[d]! * this.#currentA(c, d);
      }
      const own = c === TAIL ? tailPrior(prior, this.#lineRatio()) : prior;
      return fitVoltage(voltageV, rows, this.#context, own, ridge, this.#residualV[c]!);
    });
  }

  /** Drop of the line by the LV radius, in drops of the nameplate. */
  #lineRatio(): number {
    const lineZ = lineVPerA(this.transformer);
    return Number.isNaN(lineZ) ? LINE_RATIO : lineZ / nameplateVPerA(this.transformer);
  }

  get station(): StationFeatures {
    return this.#station;
  }

  /** Mean over the phases of what the model leaves over on a day, V. */
  outletResidual(d: number): number {
    let sum = 0;
    let count = 0;
    for (let c = 0; c < TAIL; c++) {
      const value = this.#residualV[c]![d]!;
      if (this.#channels[c] === null || Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? NaN : sum / count;
  }

  /** Finds level steps against the feeder's common residual; whether there are any, so that the fit must be done again. */
  findSteps(common: Float64Array): boolean {
    const { days } = this.#context;
    const left = new Float64Array(days);
    for (let d = 0; d < days; d++) left[d] = this.outletResidual(d) - common[d]!;
    const steps = takeOutSteps(left, days, STEP_MIN_V, this.#knownDays);
    for (const step of steps) this.raise(step.day, step.stepV);
    return steps.length > 0;
  }

  model(measured: Float64Array, modelled: Float64Array): TransformerModel {
    const { days } = this.#context;
    const loadResidual = new Float32Array(days);
    for (let d = 0; d < days; d++) loadResidual[d] = this.logLoad[d]! - this.modelled[d]!;
    // The draws know the feeder's modelled load and the phase's mean share: what differs belongs to the residual.
    this.#channels.forEach((channel, c) => {
      if (channel === null) return;
      const residual = this.#residualV[c]!;
      const ratio = channel.beta[VOLT.own]!;
      const feeder = channel.beta[VOLT.feeder]!;
      for (let d = 0; d < days; d++) {
        const loadA = Math.exp(Number.isNaN(this.logLoad[d]!) ? this.modelled[d]! : this.logLoad[d]!);
        const fromShare = ratio * this.#zVPerA[d]! * (this.channelShare(c) * loadA - this.#currentA(c, d));
        residual[d] = residual[d]! + fromShare + feeder * (modelled[d]! - measured[d]!);
      }
    });
    this.#bringToLastNameplate();
    return {
      transformer: this.transformer,
      history: this.#history,
      station: this.#station,
      load: this.load,
      channels: this.#channels,
      share: this.#share,
      zVPerA: nameplateVPerA(this.transformer),
      modelledLog: this.modelled,
      loadResidual,
      residualV: this.#residualV,
      levelV: this.#levelV,
    };
  }

  /** A larger transformer would have dropped less on the days before it came. */
  #bringToLastNameplate(): void {
    const last = nameplateVPerA(this.transformer);
    const phases = this.#channels.slice(0, TAIL).flatMap((channel) => (channel === null ? [] : [channel]));
    if (phases.length === 0 || this.#zVPerA[0] === last) return;
    const ratio = phases.reduce((sum, { beta }) => sum + beta[VOLT.own]!, 0) / phases.length;
    for (let d = 0; d < this.#context.days; d++) {
      if (this.#zVPerA[d] === last) continue;
      this.#levelV[d]! += ratio * (this.#zVPerA[d]! - last) * this.#currentA(TAIL, d);
    }
  }

  /** Share of the load that flows in the phase of a channel; the line end hangs on the most loaded. */
  channelShare(c: number): number {
    return c === TAIL ? Math.max(...this.#share) : this.#share[c]!;
  }

  #takeRecordedChanges(versions: readonly NameplateVersion[]): void {
    const { firstDay, days } = this.#context;
    for (let i = 1; i < versions.length; i++) {
      const version = versions[i]!;
      const day = Math.round(version.validFromMs / DAY_MS) - firstDay;
      if (day < 0 || day >= days) continue;
      this.#knownDays.push(day);
      const { transformer: before } = versions[i - 1]!;
      this.#zVPerA.fill(nameplateVPerA(before), this.#knownDays.at(-2) ?? 0, day);
      const [from, to] = [before.tapPosition, version.transformer.tapPosition];
      if (from !== null && to !== null && from !== to) this.raise(day, tapV(this.transformer, to - from));
    }
  }

  /** Brings the days before `day` to a level that is so much higher. */
  raise(day: number, stepV: number): void {
    for (let d = 0; d < day; d++) this.#levelV[d]! += stepV;
  }

  /** Lowest hours of a channel on the last level; whether there are any. */
  #writeVoltage(c: number, out: Float64Array): boolean {
    const columns = this.#history.columns;
    const { firstDay, days } = this.#context;
    const column =
      c === 0
        ? columns.uaMinHourV
        : c === 1
          ? columns.ubMinHourV
          : c === 2
            ? columns.ucMinHourV
            : columns.tailMinHourV;
    let measured = 0;
    for (let d = 0; d < days; d++) {
      const value = column[d + firstDay - this.#history.firstDay] ?? NaN;
      out[d] = value + this.#levelV[d]!;
      if (!Number.isNaN(value)) measured++;
    }
    return measured > 0;
  }

  #currentA(c: number, d: number): number {
    const columns = this.#history.columns;
    const i = d + this.#context.firstDay - this.#history.firstDay;
    if (c !== TAIL && this.load.source === 'current' && i >= 0 && i < this.#history.days) {
      const column = c === 0 ? columns.iaMaxHourA : c === 1 ? columns.ibMaxHourA : columns.icMaxHourA;
      if (!Number.isNaN(column[i]!)) return column[i]!;
    }
    const logLoad = Number.isNaN(this.logLoad[d]!) ? this.modelled[d]! : this.logLoad[d]!;
    return this.channelShare(c) * Math.exp(logLoad);
  }

  /** Shares of the phases in the load on the days of highest load; thirds where currents are not measured. */
  #phaseShares(): [number, number, number] {
    if (this.load.source !== 'current') return [1 / 3, 1 / 3, 1 / 3];
    const sorted = this.logLoad.filter((value) => !Number.isNaN(value)).sort();
    const from = sorted[Math.floor(sorted.length * (1 - PEAK_DAYS_SHARE))] ?? Infinity;
    const { iaMaxHourA: a, ibMaxHourA: b, icMaxHourA: c } = this.#history.columns;
    const sums = [0, 0, 0];
    for (let d = 0; d < this.#context.days; d++) {
      const i = d + this.#context.firstDay - this.#history.firstDay;
      if (!(this.logLoad[d]! >= from) || Number.isNaN(a[i]! + b[i]! + c[i]!)) continue;
      sums[0]! += a[i]!;
      sums[1]! += b[i]!;
      sums[2]! += c[i]!;
    }
    const total = sums[0]! + sums[1]! + sums[2]!;
    return total > 0 ? [sums[0]! / total, sums[1]! / total, sums[2]! / total] : [1 / 3, 1 / 3, 1 / 3];
  }
}
