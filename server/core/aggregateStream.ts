import { isQualified, LOW_TOLERANCE_V, measuresVoltage, UNKNOWN_INTERVAL_S } from './aggregate.ts';
import { DAY_LAYOUT, HOUR_LAYOUT, HOUR_LOADS, LOADS, WINDOW_LAYOUT } from './aggregateLayout.ts';
import type { Limits } from './limits.ts';
import { dayStart, localHour, type ZoneOffset } from './localTime.ts';
import { READING_FLAG, type Reading } from './reading.ts';
import { MEAN_INTERVAL_MS, type DailySummary, type VoltageMean } from './summary.ts';
import { NONE, Table } from './table.ts';

const HOURS_PER_DAY = 24;

/** What ends, by point; the engine adds the names. */
export interface ClosedRows {
  mean(p: number, row: Omit<VoltageMean, 'transformerId' | 'point'>): void;
  /** `day` is the number of the local day. */
  daily(p: number, day: number, row: Omit<DailySummary, 'transformerId' | 'point' | 'dayMs'>): void;
}

/** The stream form of `summarise` (aggregate.ts): readings of a point in rising time, rows as they end. */
export class AggregateStream {
  readonly windows = new Table(WINDOW_LAYOUT);
  readonly hours = new Table(HOUR_LAYOUT);
  readonly days = new Table(DAY_LAYOUT);
  #limitsOf: (p: number) => Limits;
  #offset: ZoneOffset;
  #closed: ClosedRows;

  constructor(limitsOf: (p: number) => Limits, offset: ZoneOffset, closed: ClosedRows) {
    this.#limitsOf = limitsOf;
    this.#offset = offset;
    this.#closed = closed;
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
  add(p: number, reading: Reading, previousTsMs: number): boolean {
    const tick = Math.floor(reading.tsMs / MEAN_INTERVAL_MS);
    let opened = false;
    if (tick !== this.windows.columns.tick[p]) {
      this.closeWindow(p);
      opened = this.#open(p, tick);
    }
    this.addToWindow(p, reading);
    this.#addToDay(p, reading, opened ? NaN : previousTsMs);
    return opened;
  }

  /** Adds to the open window alone: a late reading whose window has not ended. */
  addToWindow(p: number, reading: Reading): void {
    const window = this.windows.columns;
    window.count[p] = window.count[p]! + 1;
    window.flags[p] = window.flags[p]! | reading.flags;
    if ((reading.flags & READING_FLAG.outage) === 0) {
      const { nominalV } = this.#limitsOf(p);
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
    this.#closed.mean(p, this.#mean(p));
    const hour = this.hours.columns;
    const day = this.days.columns;
    for (let at = 3 * p; at < 3 * p + 3; at++) {
      hour.voltages[at] = hour.voltages[at]! + window.voltages[at]!;
      hour.squares[at] = hour.squares[at]! + window.squares[at]!;
      day.voltages[at] = day.voltages[at]! + window.voltages[at]!;
      day.squares[at] = day.squares[at]! + window.squares[at]!;
      if (!(day.maxV[at]! >= window.maxV[at]!) && window.voltages[at]! > 0) day.maxV[at] = window.maxV[at]!;
    }
    for (let load = 0; load < HOUR_LOADS; load++) {
      const from = p * LOADS + load;
      const to = p * HOUR_LOADS + load;
      hour.loads[to] = hour.loads[to]! + window.loads[from]!;
      hour.loadSums[to] = hour.loadSums[to]! + window.loadSums[from]!;
    }
    for (let power = 0; power < 2; power++) {
      const from = p * LOADS + 3 + power;
      day.powers[2 * p + power] = day.powers[2 * p + power]! + window.loads[from]!;
      day.powerSums[2 * p + power] = day.powerSums[2 * p + power]! + window.loadSums[from]!;
    }
    const { tick } = window;
    const kept = tick[p]!;
    this.windows.clearRow(p);
    tick[p] = kept;
  }

  /** Ends window, hour and day of a point, if they are open. */
  closeDay(p: number): void {
    this.closeWindow(p);
    this.#closeHour(p);
    const day = this.days.columns.day[p]!;
    if (day === NONE) return;
    this.#closed.daily(p, day, this.#daily(p));
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
    if (isQualified(reading, this.#limitsOf(p))) day.qualifiedS[p] = day.qualifiedS[p]! + lengthS;
  }

  #closeHour(p: number): void {
    const { voltages, squares, loads, loadSums } = this.hours.columns;
    const day = this.days.columns;
    const { nominalV, lowV } = this.#limitsOf(p);
    let valid = false;
    let low = false;
    for (let at = 3 * p; at < 3 * p + 3; at++) {
      if (voltages[at] === 0) continue;
      const meanV = rootMeanSquare(squares[at]!, voltages[at]!, nominalV);
      valid = true;
      low = low || meanV < lowV - LOW_TOLERANCE_V;
      if (!(day.minHourV[at]! <= meanV)) day.minHourV[at] = meanV;
    }
    day.validHours[p] = day.validHours[p]! + +valid;
    day.lowHours[p] = day.lowHours[p]! + +low;
    for (let at = p * HOUR_LOADS; at < (p + 1) * HOUR_LOADS; at++) {
      if (loads[at] === 0) continue;
      const mean = loadSums[at]! / loads[at]!;
      if (!(day.maxHourLoads[at]! >= mean)) day.maxHourLoads[at] = mean;
    }
    this.hours.clearRow(p);
  }

  #mean(p: number): Parameters<ClosedRows['mean']>[1] {
    const { tick, count, flags, voltages, squares, minV, maxV, loads, loadSums } = this.windows.columns;
    const { nominalV } = this.#limitsOf(p);
    const at = 3 * p;
    const from = p * LOADS;
    return {
      tsMs: tick[p]! * MEAN_INTERVAL_MS,
      uaV: rootMeanSquare(squares[at]!, voltages[at]!, nominalV),
      ubV: rootMeanSquare(squares[at + 1]!, voltages[at + 1]!, nominalV),
      ucV: rootMeanSquare(squares[at + 2]!, voltages[at + 2]!, nominalV),
      uaMinV: rounded(minV[at]!),
      ubMinV: rounded(minV[at + 1]!),
      ucMinV: rounded(minV[at + 2]!),
      uaMaxV: rounded(maxV[at]!),
      ubMaxV: rounded(maxV[at + 1]!),
      ucMaxV: rounded(maxV[at + 2]!),
      iaA: quotient(loadSums[from]!, loads[from]!),
      ibA: quotient(loadSums[from + 1]!, loads[from + 1]!),
      icA: quotient(loadSums[from + 2]!, loads[from + 2]!),
      pKw: quotient(loadSums[from + 3]!, loads[from + 3]!),
      qKvar: quotient(loadSums[from + 4]!, loads[from + 4]!),
      count: count[p]!,
      flags: flags[p]!,
    };
  }

  #daily(p: number): Parameters<ClosedRows['daily']>[2] {
    const day = this.days.columns;
    const { nominalV } = this.#limitsOf(p);
    const at = 3 * p;
    const load = HOUR_LOADS * p;
    return {
      uaMinHourV: rounded(day.minHourV[at]!),
      ubMinHourV: rounded(day.minHourV[at + 1]!),
      ucMinHourV: rounded(day.minHourV[at + 2]!),
      uaMeanV: rootMeanSquare(day.squares[at]!, day.voltages[at]!, nominalV),
      ubMeanV: rootMeanSquare(day.squares[at + 1]!, day.voltages[at + 1]!, nominalV),
      ucMeanV: rootMeanSquare(day.squares[at + 2]!, day.voltages[at + 2]!, nominalV),
      uaMaxV: rounded(day.maxV[at]!),
      ubMaxV: rounded(day.maxV[at + 1]!),
      ucMaxV: rounded(day.maxV[at + 2]!),
      lowHours: day.lowHours[p]!,
      validHours: day.validHours[p]!,
      iaMaxHourA: rounded(day.maxHourLoads[load]!),
      ibMaxHourA: rounded(day.maxHourLoads[load + 1]!),
      icMaxHourA: rounded(day.maxHourLoads[load + 2]!),
      pMaxHourKw: rounded(day.maxHourLoads[load + 3]!),
      pMeanKw: quotient(day.powerSums[2 * p]!, day.powers[2 * p]!),
      qMeanKvar: quotient(day.powerSums[2 * p + 1]!, day.powers[2 * p + 1]!),
      monitoredMin: day.monitoredS[p]! / 60,
      qualifiedMin: day.qualifiedS[p]! / 60,
      count: day.count[p]!,
      outageCount: day.outageCount[p]!,
    };
  }
}

function rootMeanSquare(squares: number, count: number, nominalV: number): number {
  return count === 0 ? NaN : rounded(nominalV * Math.sqrt(Math.max(0, 1 + squares / count)));
}

function quotient(sum: number, count: number): number {
  return count === 0 ? NaN : rounded(sum / count);
}

/** To 0.1 mV: what 4-byte numbers hold of a voltage, without their binary tail. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
