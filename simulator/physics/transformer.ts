/** The 10/0.4 kV oil transformer: nameplate to impedance, tap ratio, voltage drop. Pure; per-phase, scalar (domain.md §3). */

/** Secondary phase-to-neutral voltage at rated ratio, V. */
export const RATED_SECONDARY_V = 400 / Math.sqrt(3);
const RATED_SECONDARY_KV = 0.4;
/** Tap in which the primary rating is nominal, of 5. */
const NOMINAL_TAP = 3;

export interface Nameplate {
  capacityKva: number;
  noLoadLossW: number;
  loadLossW: number;
  ukPct: number;
}

/** S11 losses (GB/T 6451, as in domain.md §3; 160, 250 and 500 kVA from the same series, H). */
const NAMEPLATES: readonly Nameplate[] = [
  { capacityKva: 100, noLoadLossW: 200, loadLossW: 1500, ukPct: 4 },
  { capacityKva: 160, noLoadLossW: 280, loadLossW: 2200, ukPct: 4 },
  { capacityKva: 200, noLoadLossW: 340, loadLossW: 2600, ukPct: 4 },
  { capacityKva: 250, noLoadLossW: 400, loadLossW: 3050, ukPct: 4 },
  { capacityKva: 315, noLoadLossW: 480, loadLossW: 3650, ukPct: 4 },
  { capacityKva: 400, noLoadLossW: 570, loadLossW: 4300, ukPct: 4 },
  { capacityKva: 500, noLoadLossW: 680, loadLossW: 5150, ukPct: 4 },
  { capacityKva: 630, noLoadLossW: 810, loadLossW: 6200, ukPct: 4.5 },
];

/** @throws when no standard transformer has that rating. */
export function nameplate(capacityKva: number): Nameplate {
  const found = NAMEPLATES.find((n) => n.capacityKva === capacityKva);
  if (!found) throw new RangeError(`no nameplate for ${capacityKva} kVA`);
  return found;
}

export interface Impedance {
  rOhm: number;
  xOhm: number;
}

/** Short-circuit impedance of one phase seen from the secondary, Ω: R% from the load loss, X% from uk% (IEC 60076-1). */
export function shortCircuitImpedance(plate: Nameplate): Impedance {
  const rPct = plate.loadLossW / (10 * plate.capacityKva);
  const xPct = Math.sqrt(plate.ukPct ** 2 - rPct ** 2);
  const baseOhm = (RATED_SECONDARY_KV ** 2 * 1000) / plate.capacityKva;
  return { rOhm: (rPct / 100) * baseOhm, xOhm: (xPct / 100) * baseOhm };
}

/** Turns ratio relative to nominal: position 1 has the highest primary rating, so the lowest secondary voltage. */
export function tapRatio(position: number, stepPct: number): number {
  return 1 + ((NOMINAL_TAP - position) * stepPct) / 100;
}

/** Voltage lost in one phase, V, carrying `pW` and `qVar` at `voltageV`: (R·P + X·Q)/U, the scalar form of R·I·cosφ + X·I·sinφ. */
export function phaseDropV(z: Impedance, pW: number, qVar: number, voltageV: number): number {
  return (z.rOhm * pW + z.xOhm * qVar) / voltageV;
}

/**
 * Ω of neutral displacement: what one phase loses for each ampere that it carries above the mean of the other two. The
 * currents' unbalance returns through (Z0 − Z1)/3: nothing worth counting in Dyn11; in a Yyn0 core Z0 is several times Z1.
 */
export function neutralShiftOhm(z: Impedance, group: 'Dyn11' | 'Yyn0'): number {
  const zeroToPositive = group === 'Dyn11' ? 1 : 7; // Yyn0, three limbs: about 5–10 (M)
  return ((zeroToPositive - 1) / 3) * Math.hypot(z.rOhm, z.xOhm);
}
