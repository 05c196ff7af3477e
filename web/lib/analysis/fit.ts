/** A straight line through voltage over current of one phase: U = source + slope · I. */
export interface VoltageFit {
  /** Voltage at no current, V: what the network above the point delivers. */
  sourceV: number;
  /** Volts for each ampere; negative where load pulls the voltage down (the size is the impedance in Ω). */
  slopeVPerA: number;
  /** Share of the voltage's variance that the line explains, 0…1. */
  r2: number;
  points: number;
  /** Range of the currents seen. */
  minA: number;
  maxA: number;
}

/** Fewer points than this say nothing of a slope. */
const POINTS_MIN = 12;

/**
 * Ordinary least squares of voltage on current. `null` where fewer than 12 pairs are known or the current does not
 * vary. A pair in which either is not measured is left out.
 */
export function fitVoltage(
  currentA: readonly (number | null)[],
  voltageV: readonly (number | null)[],
): VoltageFit | null {
  let [n, sumI, sumU] = [0, 0, 0];
  let [minA, maxA] = [Infinity, -Infinity];
  const pairs: [number, number][] = [];
  currentA.forEach((i, index) => {
    const u = voltageV[index] ?? null;
    if (i === null || u === null || !Number.isFinite(i) || !Number.isFinite(u)) return;
    pairs.push([i, u]);
    n += 1;
    sumI += i;
    sumU += u;
    minA = Math.min(minA, i);
    maxA = Math.max(maxA, i);
  });
  if (n < POINTS_MIN) return null;
  const meanI = sumI / n;
  const meanU = sumU / n;
  let [sII, sIU, sUU] = [0, 0, 0];
  for (const [i, u] of pairs) {
    sII += (i - meanI) ** 2;
    sIU += (i - meanI) * (u - meanU);
    sUU += (u - meanU) ** 2;
  }
  if (sII <= n * 1e-9) return null;
  const slopeVPerA = sIU / sII;
  return {
    sourceV: meanU - slopeVPerA * meanI,
    slopeVPerA,
    r2: sUU === 0 ? 1 : sIU ** 2 / (sII * sUU),
    points: n,
    minA,
    maxA,
  };
}
