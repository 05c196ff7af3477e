import { chanceOf } from '../../../server/core/forecast/chance.ts';
import type { DailyHistory } from '../../../server/core/forecast/forecast.ts';
import { emptyHistory } from '../../../server/core/forecast/history.ts';
import type { Transformer } from '../../../server/core/grid.ts';
import { transformer } from '../timeline.ts';

/**
 * Years of a feeder for tests of breaks and of verified measures: daily lowest hours from a load with seasons, weeks and
 * weather, a feeder drop that grows with distance, slow noise of its own for each transformer. Not the simulator's
 * physics, and simpler on purpose: every number that a test asks for is in one line here.
 */

export const FIRST_DAY = Date.UTC(2024, 0, 1) / 86_400_000;

export interface FeederYears {
  transformers: Map<string, Transformer>;
  histories: DailyHistory[];
  /** Daily mean temperature, °C, from {@link FIRST_DAY}. */
  meanC: Float32Array;
}

export interface Intervention {
  row: number;
  /** Days after {@link FIRST_DAY}. */
  fromDay: number;
  /** Added to every phase, V. */
  shiftV?: number;
  /** Factor on the volts of own load, and on the spread between phases. */
  slopeFactor?: number;
  spreadFactor?: number;
}

export interface FeederPlan {
  seed: number;
  transformers?: number;
  days?: number;
  /** Phase shares of the load of each transformer. */
  unbalanced?: boolean;
  interventions?: readonly Intervention[];
  /** A change of the bus voltage that all see, V, from that day on. */
  bus?: { fromDay: number; shiftV: number };
  /** Mean lowest hour without weather, V. */
  levelV?: number;
  /** Factor on what an ampere takes at every transformer. */
  ohmFactor?: number;
}

const SHARES = { even: [1, 1, 1], uneven: [1.35, 0.9, 0.75] } as const;
const PHASES = ['a', 'b', 'c'] as const;

export function feederYears(plan: FeederPlan): FeederYears {
  const { seed, transformers: count = 12, days = 730, interventions = [], bus, levelV = 224 } = plan;
  const chance = chanceOf(seed);
  const weather = slowNoise(chance, days, 0.8, 2.5);
  const meanC = Float32Array.from(
    weather,
    (noise, day) => 16 - 12 * Math.cos((2 * Math.PI * day) / 365.25) + noise,
  );
  const busNoise = slowNoise(chance, days, 0.9, 0.8);
  const rows = Array.from({ length: count }, (_, row) => {
    const id = `T${String(row).padStart(2, '0')}`;
    const history = emptyHistory(id, { firstDay: FIRST_DAY, lastDay: FIRST_DAY + days - 1 });
    const ratedA = 150 + 150 * chance.unit();
    const ohm = (0.012 + 0.012 * chance.unit()) * (plan.ohmFactor ?? 1);
    const farness = (row + 0.5) / count;
    const own = slowNoise(chance, days, 0.7, 0.07);
    const noiseV = slowNoise(chance, days, 0.6, 0.9);
    const growth = 1 + 0.06 * chance.unit();
    const shares = plan.unbalanced === true ? SHARES.uneven : SHARES.even;
    const mine = interventions.filter((change) => change.row === row);
    for (let day = 0; day < days; day++) {
      const c = meanC[day]!;
      const heat = 0.035 * Math.max(0, c - 22) + 0.02 * Math.max(0, 10 - c);
      const weekend = (FIRST_DAY + day) % 7 >= 5 ? 0.94 : 1;
      const load = 0.5 * (1 + heat) * weekend * growth ** (day / 365) * (1 + own[day]!);
      const current = mine.filter((change) => day >= change.fromDay);
      const shiftV = current.reduce((sum, change) => sum + (change.shiftV ?? 0), 0);
      const slope = current.reduce((factor, change) => factor * (change.slopeFactor ?? 1), ohm);
      const spread = current.reduce((factor, change) => factor * (change.spreadFactor ?? 1), 1);
      const busV = busNoise[day]! + (bus !== undefined && day >= bus.fromDay ? bus.shiftV : 0);
      const feederDropV = 10 * farness * (1 + heat) * weekend;
      PHASES.forEach((phase, index) => {
        const share = 1 + spread * (shares[index]! - 1);
        const amperes = ratedA * load * share;
        history.columns[`i${phase}MaxHourA`][day] = amperes;
        history.columns[`u${phase}MinHourV`][day] =
          levelV + 8 + busV + shiftV - feederDropV - slope * amperes * 2 + noiseV[day]!;
      });
      history.columns.pMaxHourKw[day] = (ratedA * load * 3 * 220 * 0.95) / 1000;
      history.columns.pMeanKw[day] = (ratedA * load * 3 * 220 * 0.55) / 1000;
      history.columns.qMeanKvar[day] = (ratedA * load * 3 * 220 * 0.2) / 1000;
      history.columns.highestV[day] = levelV + 14 + busV + shiftV;
      history.columns.validHours[day] = 24;
      history.columns.lowHours[day] = 0;
    }
    const kva = Math.round((ratedA * 3 * 220) / 1000);
    return {
      history,
      transformer: transformer(id, { capacityKva: kva, tapPosition: 3, tapStepPct: 2.5, tapCount: 5 }),
    };
  });
  return {
    transformers: new Map(rows.map((row) => [row.transformer.id, row.transformer])),
    histories: rows.map((row) => row.history),
    meanC,
  };
}

/** AR(1) noise with that standard deviation. */
function slowNoise(chance: ReturnType<typeof chanceOf>, days: number, phi: number, sd: number): Float64Array {
  const noise = new Float64Array(days);
  let state = 0;
  for (let day = 0; day < days; day++) {
    state = phi * state + Math.sqrt(1 - phi * phi) * chance.normal();
    noise[day] = sd * state;
  }
  return noise;
}
