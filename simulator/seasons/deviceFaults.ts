import { DAY_MS } from '../calendar.ts';
import type { Random } from '../random.ts';
import type { DeviceFaults, SeasonTransformer } from './seasonGrid.ts';

/** What devices and registries get wrong; all of it can be turned off. */
export interface FaultOptions {
  /** Share of the transformers with one to three months missing. */
  missingMonths?: number;
  /** Chance of a gap of some hours on a day. */
  gapPerDay?: number;
  /** Standard deviation of what a phase reads too high, V. */
  offsetSigmaV?: number;
  /** Every so many transformers have a nameplate one or two sizes off; 0 for none. */
  wrongNameplateEvery?: number;
}

export const NO_FAULTS: Required<FaultOptions> = {
  missingMonths: 0,
  gapPerDay: 0,
  offsetSigmaV: 0,
  wrongNameplateEvery: 0,
};

/** As devices on a mobile network are (M): class 0.5 of 220 V, a gap now and then, some months lost. */
export const ORDINARY_FAULTS: Required<FaultOptions> = {
  missingMonths: 0.06,
  gapPerDay: 0.012,
  offsetSigmaV: 0.4,
  wrongNameplateEvery: 0,
};

const MONTH_DAYS = 30;
const MISSING_MONTHS_MAX = 3;

/** Months are missing only in [fromMs, toMs): the season to be judged is measured. */
export function deviceFaults(
  options: Required<FaultOptions>,
  fromMs: number,
  toMs: number,
  random: Random,
): DeviceFaults {
  const missing: [number, number][] = [];
  if (random.unit() < options.missingMonths) {
    const days = MONTH_DAYS * (1 + random.below(MISSING_MONTHS_MAX));
    const startMs = fromMs + random.below(Math.max(1, Math.round((toMs - fromMs) / DAY_MS) - days)) * DAY_MS;
    missing.push([startMs, startMs + days * DAY_MS]);
  }
  const offset = (): number => random.normal() * options.offsetSigmaV;
  return { offsetV: [offset(), offset(), offset()], missing, gapPerDay: options.gapPerDay };
}

const RATINGS = [100, 160, 200, 250, 315, 400, 500, 630] as const;

/** The registry's clerk copied the neighbour's plate. */
export function wrongNameplate(t: SeasonTransformer, random: Random): void {
  const at = RATINGS.findIndex((kva) => kva === t.capacityKva);
  const off = (1 + random.below(2)) * (random.unit() < 0.5 ? -1 : 1);
  const wrong = RATINGS[at + off] ?? RATINGS[at - off] ?? RATINGS[0];
  t.capacityKva = wrong;
  t.ukPct = wrong === 630 ? 4.5 : 4;
}
