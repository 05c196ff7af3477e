import type { Transformer } from '../grid.ts';

/** What the nameplate alone says of voltage drop. */

/** Load loss of 10/0.4 kV oil transformers, % of capacity (GB/T 6451, S11; domain.md §3), by capacity. */
const RESISTANCE_PCT: readonly (readonly [number, number])[] = [
  [30, 2.0],
  [50, 1.75],
  [100, 1.5],
  [200, 1.3],
  [315, 1.16],
  [400, 1.08],
  [630, 0.98],
  [1000, 1.03],
];
const UK_PCT = 4;
const COS_PHI = 0.95;
const SIN_PHI = Math.sqrt(1 - COS_PHI ** 2);
/** Capacity to reckon with where the registry has none. */
const CAPACITY_KVA = 315;
/** No-load voltage of the outlet above nominal: 10/0.4 kV gives 231 V of 220 V. */
const NO_LOAD_PU = 1.05;

/** Drop of one LV line of 120 mm² aluminium, uniformly loaded, and how many leave an outlet (domain.md §3). */
const LINE_PCT_PER_KW_KM = 0.24 / 2;
const LINES_PER_OUTLET = 4;
/** Service connection and the worse phase, %, at full load. */
const SERVICE_PCT = 1.5;

/** Volts a phase drops for each ampere in it: ΔU% = R cos φ + X sin φ at rated current. */
export function nameplateVPerA(t: Transformer): number {
  const ukPct = t.ukPct !== null && t.ukPct > 1 && t.ukPct < 12 ? t.ukPct : UK_PCT;
  const resistancePct = Math.min(0.9 * ukPct, resistanceAt(capacityOf(t)));
  const reactancePct = Math.sqrt(ukPct ** 2 - resistancePct ** 2);
  const dropPct = resistancePct * COS_PHI + reactancePct * SIN_PHI;
  return ((dropPct / 100) * t.nominalV) / ratedA(t);
}

/** Rated current of a phase, A. */
export function ratedA(t: Transformer): number {
  return (capacityOf(t) * 1000) / (3 * t.nominalV * NO_LOAD_PU);
}

/** Volts between outlet and line end for each ampere of the phase, from the LV radius; NaN where it is not registered. */
export function lineVPerA(t: Transformer): number {
  if (t.lvRadiusM === null || t.lvRadiusM <= 0) return NaN;
  const lineKw = (capacityOf(t) * COS_PHI) / LINES_PER_OUTLET;
  const dropPct = LINE_PCT_PER_KW_KM * lineKw * (t.lvRadiusM / 1000) + SERVICE_PCT;
  return ((dropPct / 100) * t.nominalV) / ratedA(t);
}

/** Volts at the outlet that a number of tap positions makes. */
export function tapV(t: Transformer, positions: number): number {
  return (positions * (t.tapStepPct ?? 2.5) * t.nominalV * NO_LOAD_PU) / 100;
}

function capacityOf(t: Transformer): number {
  return t.capacityKva !== null && t.capacityKva > 0 ? t.capacityKva : CAPACITY_KVA;
}

function resistanceAt(capacityKva: number): number {
  const table = RESISTANCE_PCT;
  if (capacityKva <= table[0]![0]) return table[0]![1];
  for (let i = 1; i < table.length; i++) {
    const [below, at] = [table[i - 1]!, table[i]!];
    if (capacityKva <= at[0]) {
      return below[1] + ((at[1] - below[1]) * (capacityKva - below[0])) / (at[0] - below[0]);
    }
  }
  return table.at(-1)![1];
}
