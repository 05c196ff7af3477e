/**
 * Steps of voltage level that no load explains: a tap that somebody moved, recorded or not, another feeder, a meter
 * exchanged. Found in what the voltage model leaves over, less what the neighbours on the feeder leave over.
 */
export interface LevelStep {
  /** First day of the new level, on the axis of days of the run. */
  day: number;
  stepV: number;
}

/** Days on each side whose means are compared. */
const WINDOW_DAYS = 21;
/** Fewest measured days on the new side. */
const SIDE_DAYS_MIN = 8;
/** Where the registry knows of a change, less is enough. */
const KNOWN_STEP_MIN_V = 1.5;
const KNOWN_DAYS = 4;
/** How far a step must stand out of the scatter of a window's mean. */
const SIGMAS = 4;
/** Scatter of a window's mean is larger than of independent days by this factor (days hang together). */
const DEPENDENCE = 2;
const STEPS_MAX = 4;

/**
 * Finds steps in `leftV` (NaN where not measured), largest first, and takes each out of it: afterwards all of it is on
 * the last level. Near `knownDays` less than `stepMinV` is a step.
 */
export function takeOutSteps(
  leftV: Float64Array,
  days: number,
  stepMinV: number,
  knownDays: readonly number[],
): LevelStep[] {
  const found: LevelStep[] = [];
  const sums = new Float64Array(days + 1);
  const squares = new Float64Array(days + 1);
  const counts = new Int32Array(days + 1);
  while (found.length < STEPS_MAX) {
    for (let d = 0; d < days; d++) {
      const value = leftV[d]!;
      const measured = !Number.isNaN(value);
      sums[d + 1] = sums[d]! + (measured ? value : 0);
      squares[d + 1] = squares[d]! + (measured ? value * value : 0);
      counts[d + 1] = counts[d]! + (measured ? 1 : 0);
    }
    const step = largestStep(sums, squares, counts, days, stepMinV, knownDays);
    if (step === null) break;
    found.push(step);
    for (let d = 0; d < step.day; d++) leftV[d]! += step.stepV;
  }
  return found;
}

function largestStep(
  sums: Float64Array,
  squares: Float64Array,
  counts: Int32Array,
  days: number,
  stepMinV: number,
  knownDays: readonly number[],
): LevelStep | null {
  let best: LevelStep | null = null;
  let bestScore = SIGMAS;
  for (let d = SIDE_DAYS_MIN; d <= days - SIDE_DAYS_MIN; d++) {
    const from = Math.max(0, d - WINDOW_DAYS);
    const to = Math.min(days, d + WINDOW_DAYS);
    const before = counts[d]! - counts[from]!;
    const after = counts[to]! - counts[d]!;
    if (before < SIDE_DAYS_MIN || after < SIDE_DAYS_MIN) continue;
    const beforeV = (sums[d]! - sums[from]!) / before;
    const afterV = (sums[to]! - sums[d]!) / after;
    const stepV = afterV - beforeV;
    const known = knownDays.some((day) => Math.abs(day - d) <= KNOWN_DAYS);
    if (Math.abs(stepV) < (known ? KNOWN_STEP_MIN_V : stepMinV)) continue;
    const within = squares[to]! - squares[from]! - before * beforeV * beforeV - after * afterV * afterV;
    const sd = Math.sqrt(Math.max(0.04, within / (before + after - 1)));
    const score = Math.abs(stepV) / (DEPENDENCE * sd * Math.sqrt(1 / before + 1 / after));
    if (score <= bestScore) continue;
    bestScore = score;
    best = { day: d, stepV };
  }
  return best;
}
