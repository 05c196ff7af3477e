import { isQualified, LOW_TOLERANCE_V, measuresVoltage, UNKNOWN_INTERVAL_S } from './aggregate.ts';
import { dailyRow, meanRow, rootMeanSquare, type PointNames } from './aggregateRows.ts';
import { DAY_LAYOUT, HOUR_LAYOUT, HOUR_LOADS, LOADS, WINDOW_LAYOUT } from './aggregateLayout.ts';
import { withoutDeadPhases } from './deadPhase.ts';
import { dayStart, localHour, type ZoneOffset } from './localTime.ts';
import { READING_FLAG, type Reading } from './reading.ts';
import { MEAN_INTERVAL_MS, type DailySummary, type VoltageMean } from './summary.ts';
import { NONE, Table } from './table.ts';

const HOURS_PER_DAY = 24;
/** P and Q among the loads. */
const FIRST_POWER = 3;

/** Who takes what ends. */
export interface AggregateOwner extends PointNames {
  mean(row: VoltageMean): void;
  daily(p: number, row: DailySummary): void;
}

/** The stream form of `summarise` (aggregate.ts): readings of a point in rising time, rows as they end. */
export class AggregateStream {
  readonly windows = new Table(WINDOW_LAYOUT);
  readonly hours = new Table(HOUR_LAYOUT);
  readonly days = new Table(DAY_LAYOUT);
  #owner: AggregateOwner;
  #offset: ZoneOffset;

  constructor(owner: AggregateOwner, offset: ZoneOffset) {
    this.#owner = owner;
    this.#offset = offset;
  }

  get tables(): readonly [typeof this.windows, typeof this.hours, typeof this.days] {
    return [this.windows, this.hours, this.days];
  }

  /** UTC time at which the open window of a point ends; Infinity without one. */
  windowEndMs(p: number): number {
    const { tick, count } = this.windows.columns;
    return count[p] === 0 ? Infinity : (tick[p]! + 1) * MEAN_INTERVAL_MS;
  }

  /** Number of the local day that is open at a point; {@link NONE} before its first reading. */
  openDay(p: number): number {
    return this.days.columns.day[p]!;
  }

  /** Local day number of a time. */
  dayOf(tsMs: number): number {
    return Math.floor(localHour(tsMs, this.#offset) / HOURS_PER_DAY);
  }

  /** Whether the window of a time is still open. */
  isOpen(p: number, tsMs: number): boolean {
    const { tick, count } = this.windows.columns;
    return count[p]! > 0 && tick[p] === Math.floor(tsMs / MEAN_INTERVAL_MS);
  }

  /** Whether the window of a time has ended: what comes now for it must be made again from the store. */
  isPast(p: number, tsMs: number): boolean {
    const { tick, count } = this.windows.columns;
    const own = Math.floor(tsMs / MEAN_INTERVAL_MS);
    return tick[p] !== NONE && (own < tick[p]! || (own === tick[p] && count[p] === 0));
  }

  /** Takes a live reading; `previousTsMs` is the live reading before it. Whether it opened another day. */
  add(p: number, raw: Reading, previousTsMs: number): boolean {
    const reading = withoutDeadPhases(raw);
    const tick = Math.floor(reading.tsMs / MEAN_INTERVAL_MS);
    let opened = false;
    if (tick !== this.windows.columns.tick[p]) {
      this.closeWindow(p);
      opened = this.#open(p, tick);
    }
    this.#addToWindow(p, reading);
    this.#addToDay(p, reading, opened ? NaN : previousTsMs);
    return opened;
  }

  /** Adds to the open window alone: a late reading whose window has not ended. */
  addToWindow(p: number, reading: Reading): void {
    this.#addToWindow(p, withoutDeadPhases(reading));
  }

  #addToWindow(p: number, reading: Reading): void {
    const window = this.windows.columns;
    window.count[p] = window.count[p]! + 1;
    window.flags[p] = window.flags[p]! | reading.flags;
    if ((reading.flags & READING_FLAG.outage) === 0) {
      const { nominalV } = this.#owner.limitsOf(p);
      this.#addVoltage(3 * p, reading.uaV, reading.uaMinV, nominalV);
      this.#addVoltage(3 * p + 1, reading.ubV, reading.ubMinV, nominalV);
      this.#addVoltage(3 * p + 2, reading.ucV, reading.ucMinV, nominalV);
    }
    const at = p * LOADS;
    this.#addLoad(at, reading.iaA);
    this.#addLoad(at + 1, reading.ibA);
    this.#addLoad(at + 2, reading.icA);
    this.#addLoad(at + 3, reading.pKw);
    this.#addLoad(at + 4, reading.qKvar);
  }

  /** Ends the open window: its mean is told, its sums go to the hour. */
  closeWindow(p: number): void {
    const window = this.windows.columns;
    if (window.count[p] === 0) return;
    this.#owner.mean(meanRow(this.windows, p, this.#owner));
    const hour = this.hours.columns;
    const day = this.days.columns;
    for (let at = 3 * p; at < 3 * p + 3; at++) {
      hour.voltages[at] = hour.voltages[at]! + window.voltages[at]!;
      hour.squares[at] = hour.squares[at]! + window.squares[at]!;
      day.voltages[at] = day.voltages[at]! + window.voltages[at]!;
      day.squares[at] = day.squares[at]! + window.squares[at]!;
      if (window.maxV[at]! > day.maxV[at]! || Number.isNaN(day.maxV[at]!)) day.maxV[at] = window.maxV[at]!;
      window.voltages[at] = 0;
      window.squares[at] = 0;
      window.minV[at] = NaN;
      window.maxV[at] = NaN;
    }
    for (let load = 0; load < LOADS; load++) {
      const from = p * LOADS + load;
      const count = window.loads[from]!;
      const sum = window.loadSums[from]!;
      if (load < HOUR_LOADS) {
        const to = p * HOUR_LOADS + load;
        hour.loads[to] = hour.loads[to]! + count;
        hour.loadSums[to] = hour.loadSums[to]! + sum;
      }
      if (load >= FIRST_POWER) {
        const to = 2 * p + load - FIRST_POWER;
        day.powers[to] = day.powers[to]! + count;
        day.powerSums[to] = day.powerSums[to]! + sum;
      }
      window.loads[from] = 0;
      window.loadSums[from] = 0;
    }
    window.count[p] = 0;
    window.flags[p] = 0;
  }

  /** Ends window, hour and day of a point, if they are open. */
  closeDay(p: number): void {
    this.closeWindow(p);
    this.#closeHour(p);
    const day = this.days.columns.day[p]!;
    if (day === NONE) return;
    this.#owner.daily(p, dailyRow(this.days, p, dayStart(day, this.#offset), this.#owner));
    this.days.clearRow(p);
  }

  /** Forgets what is open: the point's clock went back. */
  forget(p: number): void {
    this.windows.clearRow(p);
    this.hours.clearRow(p);
    this.days.clearRow(p);
  }

  /** UTC span of a local day. */
  daySpan(day: number): { fromMs: number; toMs: number } {
    return { fromMs: dayStart(day, this.#offset), toMs: dayStart(day + 1, this.#offset) };
  }

  /** Whether windows fit the clock hours of the zone; where not (Nepal, +05:45) the store's summary is the exact one. */
  isAligned(tsMs: number): boolean {
    return this.#offset(tsMs) % MEAN_INTERVAL_MS === 0;
  }

  #open(p: number, tick: number): boolean {
    const hour = localHour(tick * MEAN_INTERVAL_MS, this.#offset);
    const day = Math.floor(hour / HOURS_PER_DAY);
    const opened = day !== this.days.columns.day[p];
    if (opened) this.closeDay(p);
    else if (hour !== this.hours.columns.hour[p]) this.#closeHour(p);
    this.windows.columns.tick[p] = tick;
    this.hours.columns.hour[p] = hour;
    this.days.columns.day[p] = day;
    return opened;
  }

  #addVoltage(at: number, voltageV: number, minV: number, nominalV: number): void {
    const window = this.windows.columns;
    if (minV < window.minV[at]! || (Number.isNaN(window.minV[at]!) && minV >= 0)) window.minV[at] = minV;
    if (!(voltageV >= 0)) return;
    const pu = voltageV / nominalV;
    window.voltages[at] = window.voltages[at]! + 1;
    window.squares[at] = window.squares[at]! + (pu * pu - 1);
    if (!(window.minV[at]! <= voltageV)) window.minV[at] = voltageV;
    if (!(window.maxV[at]! >= voltageV)) window.maxV[at] = voltageV;
  }

  #addLoad(at: number, load: number): void {
    if (Number.isNaN(load)) return;
    const { loads, loadSums } = this.windows.columns;
    loads[at] = loads[at]! + 1;
    loadSums[at] = loadSums[at]! + load;
  }

  #addToDay(p: number, reading: Reading, previousTsMs: number): void {
    const day = this.days.columns;
    day.count[p] = day.count[p]! + 1;
    if ((reading.flags & READING_FLAG.outage) !== 0) {
      day.outageCount[p] = day.outageCount[p]! + 1;
      return;
    }
    if (!measuresVoltage(reading)) return;
    let lengthS = reading.intervalS;
    if (!(lengthS > 0)) {
      const sinceS = (reading.tsMs - previousTsMs) / 1000;
      lengthS = sinceS < UNKNOWN_INTERVAL_S ? sinceS : UNKNOWN_INTERVAL_S;
    }
    day.monitoredS[p] = day.monitoredS[p]! + lengthS;
    if (isQualified(reading, this.#owner.limitsOf(p))) day.qualifiedS[p] = day.qualifiedS[p]! + lengthS;
  }

  #closeHour(p: number): void {
    const { hour, voltages, squares, loads, loadSums } = this.hours.columns;
    const day = this.days.columns;
    const { nominalV, lowV } = this.#owner.limitsOf(p);
    let valid = false;
    let low = false;
    for (let at = 3 * p; at < 3 * p + 3; at++) {
      if (voltages[at] === 0) continue;
      const meanV = rootMeanSquare(squares[at]!, voltages[at]!, nominalV);
      valid = true;
      low = low || meanV < lowV - LOW_TOLERANCE_V;
      if (!(day.minHourV[at]! <= meanV)) day.minHourV[at] = meanV;
      voltages[at] = 0;
      squares[at] = 0;
    }
    day.validHours[p] = day.validHours[p]! + +valid;
    day.lowHours[p] = day.lowHours[p]! + +low;
    for (let at = p * HOUR_LOADS; at < (p + 1) * HOUR_LOADS; at++) {
      if (loads[at] === 0) continue;
      const mean = loadSums[at]! / loads[at]!;
      if (!(day.maxHourLoads[at]! >= mean)) day.maxHourLoads[at] = mean;
      loads[at] = 0;
      loadSums[at] = 0;
    }
    hour[p] = NONE;
  }
}
