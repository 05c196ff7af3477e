import { expect, it } from 'vitest';
import {
  emptySample,
  isNear,
  MASKED,
  onLevel,
  SKIP,
  type Sample,
} from '../../../server/core/detect/detector.ts';
import { DETECTORS } from '../../../server/core/detect/detectors.ts';
import { resolveLimits } from '../../../server/core/limits.ts';
import { detectionSettings } from '../../../server/core/settings.ts';

const SETTINGS = detectionSettings();
const LIMITS = resolveLimits('gbt-12325', 220);
const SAMPLES = 20_000;

/** Seeded, so that a failure comes again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Voltages about the limits, with phases that are dark or not measured; the loads about theirs. */
function sampleOf(random: () => number): Sample {
  const voltageV = (): number => {
    const kind = random();
    if (kind < 0.06) return NaN;
    if (kind < 0.12) return random() * 25;
    return Math.round((170 + random() * 90) * 10) / 10;
  };
  const or = (value: number): number => (random() < 0.2 ? NaN : value);
  const phases = [voltageV(), voltageV(), voltageV()] as const;
  const [uaV, ubV, ucV] = phases;
  const measured = phases.filter((phaseV) => !Number.isNaN(phaseV));
  return {
    ...emptySample(),
    uaV,
    ubV,
    ucV,
    lowestV: measured.length === 0 ? NaN : Math.min(...measured),
    highestV: measured.length === 0 ? NaN : Math.max(...measured),
    iaA: or(random() * 300),
    ibA: or(random() * 300),
    icA: or(random() * 300),
    loadPct: or(random() * 130),
    stepV: or(random() * 20),
    dipV: or(random() * 20),
    outletAboveV: or(random() * 20 - 10),
    frozen: random() < 0.2,
    outage: measured.length > 0 && measured.every((phaseV) => phaseV < LIMITS.outageV),
    restart: random() < 0.2,
    limits: LIMITS,
  };
}

/** What is at rest is passed over unless it runs already, so a rest that hides something would be an alarm that never comes. */
it.each(DETECTORS.map((detector) => ({ detector, name: detector.condition })))(
  '$name rests only where no channel has anything to say',
  ({ detector }) => {
    const random = generator(7);
    const said: string[] = [];
    let rested = 0;
    for (let k = 0; k < SAMPLES; k++) {
      const sample = sampleOf(random);
      if (!detector.rests(sample, SETTINGS)) continue;
      rested++;
      for (let channel = 0; channel < detector.channels.length; channel++) {
        const judged = detector.judge(sample, channel, SETTINGS);
        const isQuiet = judged === SKIP || judged === MASKED || (onLevel(judged) === 0 && !isNear(judged));
        if (!isQuiet) said.push(`channel ${channel}: ${judged} of ${JSON.stringify(sample)}`);
      }
    }
    expect(said).toEqual([]);
    expect(rested).toBeGreaterThan(0);
    expect(rested).toBeLessThan(SAMPLES);
  },
);
