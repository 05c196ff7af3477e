import { MASKED, SKIP, TOLERANCE, verdict, type Detector, type Sample } from './detector.ts';

/**
 * Unstable voltage (电压不稳): blows within an hour: a step from one reading to the next, or a fall below the mean within an
 * interval, of more than a share of nominal (GB/T 12326 allows 4 % at most once an hour). Loose contacts, starting motors, welders.
 * It counts readings, not half-waves: no flicker meter.
 */
export const unstableVoltage: Detector = {
  condition: 'unstable-voltage',
  channels: [null],
  levels: [{ severity: 'mild', shows: 'watch' }],
  onDelaysMs: () => [0],
  offDelayMs: (s) => s.unstableWithinS * 1000,
  repeats: (s) => ({ times: s.unstableTimes, withinMs: s.unstableWithinS * 1000 }),

  rests: (sample, { unstableStepPct }) => !isBlow(sample, unstableStepPct),
  judge(sample, _channel, { unstableStepPct }) {
    if (sample.outage) return MASKED;
    if (isBlow(sample, unstableStepPct)) return verdict(1, 1, false);
    return Number.isNaN(sample.stepV) && Number.isNaN(sample.dipV) ? SKIP : 0;
  },
  valueV: () => null,
  limitV: () => null,
};

/** A step over a hole in the readings may have been a slope. */
function isBlow({ stepV, dipV, restart, limits }: Sample, stepPct: number): boolean {
  const farV = (stepPct / 100) * limits.nominalV + TOLERANCE;
  return dipV > farV || (stepV > farV && !restart);
}
