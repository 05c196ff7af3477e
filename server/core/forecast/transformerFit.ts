import type { NameplateVersion, Transformer } from '../grid.ts';
import { DAY_MS } from '../localTime.ts';
import type { SeasonContext, StationFeatures } from './context.ts';
import type { DailyHistory } from './forecast.ts';
import { takeOutSteps } from './levelSteps.ts';
import { lineShiftV } from './lineSteps.ts';
import { fitLoad, writeLogLoad, type LoadModel } from './loadModel.ts';
import { lineVPerA, nameplateVPerA, ratedA, tapV } from './nameplate.ts';
import type { Prior } from './parts.ts';
import { EVEN_SHARES, phaseShares, type PhaseShares } from './phaseShares.ts';
import type { Ridge } from './ridge.ts';
import { CHANNELS, fitVoltage, ownDrop, TAIL, tailPrior, VOLT, VOLT_FEATURES } from './voltageModel.ts';
import type { VoltageModel } from './voltageModel.ts';

/** Mean load of a transformer of which no load is known, share of rated current. */
const MEAN_LOAD_PU = 0.3;
/** Half of one 2.5 % tap step is 2.9 V of 231 V: less is drift, not a step. */
const STEP_MIN_V = 3.2;
/** Drop of a line whose length nobody knows, in drops of the nameplate. */
const LINE_RATIO = 2;

export interface TransformerModel {
  transformer: Transformer;
  history: DailyHistory;
  station: StationFeatures;
  load: LoadModel;
  /** By channel; null where not measured. */
  channels: readonly (VoltageModel | null)[];
  /** Share of the phases in the load at peak. */
  share: PhaseShares['now'];
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
  /**
   * Lowest hour of each day at the worst channel as it would have been with level, phases and line of today, V; NaN where
   * not measured.
   */
  worstV: Float32Array;
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
  /** Load of each day: measured, else by the model, A. */
  readonly #loadA: Float64Array;
  readonly #levelV: Float32Array;
  readonly #residualV: Float32Array[];
  #channels: (VoltageModel | null)[] = [];
  #shares = EVEN_SHARES;
  #lineV: Float32Array | null = null;
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
    this.#loadA = new Float64Array(context.days);
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
    for (let d = 0; d < logLoad.length; d++) {
      this.#loadA[d] = Math.exp(Number.isNaN(logLoad[d]!) ? modelled[d]! : logLoad[d]!);
    }
    if (source === 'current') this.#shares = phaseShares(this.#history, this.#context, logLoad);
    this.#lineV = lineShiftV(this.#history, this.#from, this.#context.days, (d) => this.#currentA(TAIL, d));
  }

  /** `rows`: {@link voltageRows} of the feeder with this transformer's station. */
  fitVoltages(rows: Float64Array, prior: Prior, ridge: Ridge): void {
    const { days } = this.#context;
    const voltageV = new Float64Array(days);
    this.#channels = CHANNELS.map((_, c) => {
      if (!this.#writeVoltage(c, voltageV)) return null;
      for (let d = 0; d < days; d++) {
        const currentA = this.#currentA(c, d);
        rows[d * VOLT_FEATURES + VOLT.own] = -this.#zVPerA[d]! * currentA;
        rows[d * VOLT_FEATURES + VOLT.neutral] = -this.#zVPerA[d]! * (currentA - this.#loadA[d]! / 3);
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
      const now = ownDrop(channel.beta, this.#shares.of(c));
      const feeder = channel.beta[VOLT.feeder]!;
      for (let d = 0; d < days; d++) {
        const loadA = this.#loadA[d]!;
        const share = this.#currentA(c, d) / loadA + this.#shares.shift(c, d);
        const fromShare = this.#zVPerA[d]! * (now - ownDrop(channel.beta, share)) * loadA;
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
      share: this.#shares.now,
      zVPerA: nameplateVPerA(this.transformer),
      modelledLog: this.modelled,
      loadResidual,
      residualV: this.#residualV,
      levelV: this.#levelV,
      worstV: this.#worstV(),
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

  #worstV(): Float32Array {
    const worst = new Float32Array(this.#context.days).fill(NaN);
    const voltageV = new Float64Array(this.#context.days);
    this.#channels.forEach((channel, c) => {
      if (channel === null || !this.#writeVoltage(c, voltageV)) return;
      const perShare = channel.beta[VOLT.own]! + channel.beta[VOLT.neutral]!;
      for (let d = 0; d < worst.length; d++) {
        const v = voltageV[d]! - perShare * this.#zVPerA[d]! * this.#shares.shift(c, d) * this.#loadA[d]!;
        if (!(v >= worst[d]!) && !Number.isNaN(v)) worst[d] = v;
      }
    });
    return worst;
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
      out[d] = value + this.#levelV[d]! + (c === TAIL ? (this.#lineV?.[d] ?? 0) : 0);
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
    return this.#shares.on(c, d) * this.#loadA[d]!;
  }

  /** Cell of the history that is day 0 of the run. */
  get #from(): number {
    return this.#context.firstDay - this.#history.firstDay;
  }
}
