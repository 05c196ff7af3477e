import { READING_FLAG, type Reading } from '../core/reading.ts';
import type { DecodeLimits } from './options.ts';
import { refusal, type Refusal } from './refusal.ts';

/**
 * Share of the nominal within which a live low-voltage network is found; wide on purpose, it only tells units apart.
 * Around ×√3 (line-to-line voltage sent as phase voltage) it begins at {@link DecodeLimits.voltagePuMax}.
 */
const LIVE_PU_MIN = 0.7;
const LIVE_PU_MAX = 1.2;
/** Factors that a wrong unit is known to leave: 0.1 V and 0.01 V steps, mV, and line-to-line voltage. */
const UNIT_FACTORS = [
  { factor: Math.sqrt(3), hint: 'line-to-line voltage (×√3) where phase voltage is expected' },
  { factor: 10, hint: 'ten times too high: 0.1 V steps?' },
  { factor: 100, hint: 'a hundred times too high: 0.01 V steps?' },
  { factor: 1000, hint: 'a thousand times too high: mV?' },
] as const;
/**
 * One tenth of a live voltage. It starts at 0.1 pu because everything under that is an outage (domain.md §1, Trap), and an
 * outage is never refused.
 */
const TENTH_PU_MIN = 0.1;
const TENTH_PU_MAX = 0.115;

/**
 * Judges a decoded reading, and makes it ready for use: negative zero becomes zero, `clockSkew` and `history` are set.
 * Reasons, in the order in which they are looked for: too-old, future, no-voltage, wrong-unit, voltage-range, value-range.
 *
 * Clock rule: a reading cannot be known before its interval ends, so an end that lies ahead of the arrival is the device's
 * clock: flagged beyond `skewMs`, refused beyond `futureMsMax`. An end in the past is delay, not skew.
 *
 * @param nominalV nominal phase-to-neutral voltage of the transformer
 * @returns null when the reading is taken
 */
export function judgeReading(
  reading: Reading,
  nominalV: number,
  receivedMs: number,
  limits: DecodeLimits,
): Refusal | null {
  const { tsMs, intervalS } = reading;
  if (!(tsMs >= limits.oldestMs)) return judgeOld(reading);
  if (tsMs > receivedMs + limits.futureMsMax) {
    return refusal('future', `time is ${hours(tsMs - receivedMs)} h ahead`, reading.transformerId);
  }
  if (intervalS <= 0 || intervalS > limits.intervalSMax)
    return valueRange(reading, 'interval', intervalS, 's');
  const endMs = intervalS > 0 ? tsMs + intervalS * 1000 : tsMs;
  if (endMs - receivedMs > limits.skewMs) reading.flags |= READING_FLAG.clockSkew;
  if (receivedMs - endMs > limits.historyAfterMs) reading.flags |= READING_FLAG.history;
  return judgeVoltages(reading, nominalV, limits) ?? judgeOthers(reading, nominalV, limits);
}

function judgeOld(reading: Reading): Refusal {
  const { tsMs, transformerId } = reading;
  if (!Number.isFinite(tsMs)) return refusal('unparsable', 'time is not a number', transformerId);
  const seconds = tsMs > 9e8 && tsMs < 1e11 ? '; seconds where milliseconds are expected?' : '';
  return refusal('too-old', `time ${tsMs} ms is before any reading can be${seconds}`, transformerId);
}

function judgeVoltages(reading: Reading, nominalV: number, limits: DecodeLimits): Refusal | null {
  const a = (reading.uaV += 0);
  const b = (reading.ubV += 0);
  const c = (reading.ucV += 0);
  // NaN (not measured) fails every comparison, so each test names what is wrong, never what is right.
  if (Number.isNaN(a) && Number.isNaN(b) && Number.isNaN(c)) {
    return refusal('no-voltage', 'no phase voltage', reading.transformerId);
  }
  const maxV = nominalV * limits.voltagePuMax;
  if (a > maxV || b > maxV || c > maxV) return judgeHigh(reading, nominalV, limits);
  if (a < 0 || b < 0 || c < 0) {
    return refusal('voltage-range', `negative voltage ${volts(reading)}`, reading.transformerId);
  }
  // The first comparison alone decides for every healthy reading.
  if (a <= nominalV * TENTH_PU_MAX || Number.isNaN(a)) {
    if (isTenth(a, nominalV) && isTenth(b, nominalV) && isTenth(c, nominalV)) {
      return refusal('wrong-unit', `${volts(reading)}: a tenth of the nominal`, reading.transformerId);
    }
  }
  return null;
}

function isTenth(voltageV: number, nominalV: number): boolean {
  return (
    Number.isNaN(voltageV) || (voltageV >= nominalV * TENTH_PU_MIN && voltageV <= nominalV * TENTH_PU_MAX)
  );
}

/** Some phase is above the limit: if one factor explains every phase, the unit is wrong; else the voltage is. */
function judgeHigh(reading: Reading, nominalV: number, limits: DecodeLimits): Refusal {
  const measured = [reading.uaV, reading.ubV, reading.ucV].filter((v) => !Number.isNaN(v));
  for (const { factor, hint } of UNIT_FACTORS) {
    const low = nominalV * factor * LIVE_PU_MIN;
    const high = nominalV * factor * LIVE_PU_MAX;
    // Zero is zero in every unit: a phase that is out says nothing about the unit of the others.
    if (measured.every((v) => v === 0 || (v >= low && v <= high))) {
      return refusal(
        'wrong-unit',
        `${volts(reading)} on a nominal of ${nominalV} V: ${hint}`,
        reading.transformerId,
      );
    }
  }
  return refusal(
    'voltage-range',
    `${volts(reading)}: above ${limits.voltagePuMax} of the nominal ${nominalV} V`,
    reading.transformerId,
  );
}

function judgeOthers(reading: Reading, nominalV: number, limits: DecodeLimits): Refusal | null {
  const maxV = nominalV * limits.voltagePuMax;
  const { currentAMax, powerKwMax } = limits;
  const aMin = (reading.uaMinV += 0);
  const bMin = (reading.ubMinV += 0);
  const cMin = (reading.ucMinV += 0);
  if (aMin < 0 || bMin < 0 || cMin < 0 || aMin > maxV || bMin > maxV || cMin > maxV) {
    const text = `lowest voltage ${aMin}, ${bMin}, ${cMin} V is out of range`;
    return refusal('voltage-range', text, reading.transformerId);
  }
  if (Math.abs((reading.iaA += 0)) > currentAMax) return valueRange(reading, 'current a', reading.iaA, 'A');
  if (Math.abs((reading.ibA += 0)) > currentAMax) return valueRange(reading, 'current b', reading.ibA, 'A');
  if (Math.abs((reading.icA += 0)) > currentAMax) return valueRange(reading, 'current c', reading.icA, 'A');
  if (Math.abs((reading.inA += 0)) > currentAMax)
    return valueRange(reading, 'neutral current', reading.inA, 'A');
  if (Math.abs((reading.pKw += 0)) > powerKwMax)
    return valueRange(reading, 'active power', reading.pKw, 'kW');
  if (Math.abs((reading.qKvar += 0)) > powerKwMax)
    return valueRange(reading, 'reactive power', reading.qKvar, 'kvar');
  return null;
}

function valueRange(reading: Reading, what: string, value: number, unit: string): Refusal {
  return refusal('value-range', `${what} ${value} ${unit} is out of range`, reading.transformerId);
}

function volts(reading: Reading): string {
  return [reading.uaV, reading.ubV, reading.ucV].map((v) => (Number.isNaN(v) ? '–' : `${v} V`)).join(', ');
}

function hours(ms: number): string {
  return (ms / 3_600_000).toFixed(1);
}
