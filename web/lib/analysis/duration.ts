/** Points of a duration curve: `[share of time in %, voltage]`, highest voltage first. */
export type DurationPoint = [sharePct: number, voltageV: number];

const POINTS_MAX = 240;

/** The voltage that was exceeded in each share of the time. Unknown values are left out. */
export function durationCurve(voltageV: readonly (number | null)[]): DurationPoint[] {
  const known = voltageV.filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return [];
  known.sort((a, b) => b - a);
  const count = Math.min(POINTS_MAX, known.length);
  return Array.from({ length: count }, (_, i) => {
    const at = count === 1 ? 0 : Math.round((i * (known.length - 1)) / (count - 1));
    const share = known.length === 1 ? 0 : (at / (known.length - 1)) * 100;
    return [share, known[at]!];
  });
}

/** Share of the known values below a limit, %; `null` where none is known. */
export function shareBelow(voltageV: readonly (number | null)[], limitV: number): number | null {
  const known = voltageV.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (known.length === 0) return null;
  return (known.filter((value) => value < limitV).length / known.length) * 100;
}
