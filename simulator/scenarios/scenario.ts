import { DAY_MS, HOUR_MS, localHour } from '../calendar.ts';
import type { SimGrid } from '../simGrid.ts';
import type { TempOverride } from '../physics/weather.ts';

/** Named situations, for tests and demonstrations. `normal` is ordinary life: the weather of the seed, now and then a fault. */
export const SCENARIO_NAMES = [
  'normal',
  'calm',
  'heatwave',
  'cold-snap',
  'feeder-fault',
  'bad-neutral',
  'comms-storm',
] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

/** Something that happens to the grid, in [fromMs, toMs). */
export interface GridEvent {
  kind: 'outage' | 'sag' | 'lost-phase' | 'bad-neutral';
  /** Index of a feeder (all its transformers) or of one transformer; the other is null. */
  feeder: number | null;
  transformer: number | null;
  fromMs: number;
  toMs: number;
  /** Share of source voltage left (sag), Ω added to the neutral (bad-neutral), phase 0–2 (lost-phase); 0 for an outage. */
  amount: number;
}

/** How unreliably devices report; probabilities for one message. */
export interface CommsFaults {
  gap: number;
  duplicate: number;
  reorder: number;
  /** Probability for a device, not a message; likewise `stuck`, which is drawn anew each day. */
  drift: number;
  stuck: number;
  driftMsMax: number;
}

export interface Scenario {
  name: ScenarioName;
  events: GridEvent[];
  /** No chance faults beside the events named. */
  quiet: boolean;
  tempOverride: TempOverride | null;
  comms: CommsFaults;
}

const RELIABLE: CommsFaults = { gap: 0, duplicate: 0, reorder: 0, drift: 0, stuck: 0, driftMsMax: 0 };
/** Ordinary life over a mobile network (M). */
const ORDINARY: CommsFaults = {
  gap: 0.004,
  duplicate: 0.002,
  reorder: 0.003,
  drift: 0.01,
  stuck: 0.001,
  driftMsMax: 4 * 60_000,
};
const STORM: CommsFaults = {
  gap: 0.2,
  duplicate: 0.1,
  reorder: 0.15,
  drift: 0.05,
  stuck: 0.03,
  driftMsMax: 20 * 60_000,
};

/** A day of the same temperatures, whatever the date. */
function everyDay(meanC: number, swingC: number): TempOverride {
  return (_, hour) => meanC + swingC * Math.cos((2 * Math.PI * (localHour(hour * HOUR_MS) - 15)) / 24);
}

export const MINUTE_MS = 60_000;

/**
 * The scenario as it runs on a grid from `startMs`: weather scenarios hold at all times, events are dated from the start
 * (feeder-fault: minute 5 the source sinks, minute 25 the breaker trips, minute 65 all is well; bad-neutral: minute 5 to 24 h).
 */
export function openScenario(name: ScenarioName, grid: SimGrid, startMs: number): Scenario {
  const scenario: Scenario = { name, events: [], quiet: true, tempOverride: null, comms: RELIABLE };
  switch (name) {
    case 'normal':
      return { ...scenario, quiet: false, comms: ORDINARY };
    case 'calm':
      return { ...scenario, tempOverride: everyDay(19, 3) };
    case 'heatwave':
      return { ...scenario, tempOverride: everyDay(34, 5) };
    case 'cold-snap':
      return { ...scenario, tempOverride: everyDay(-6, 4) };
    case 'feeder-fault':
      return { ...scenario, events: feederFault(faultyFeeder(grid), startMs) };
    case 'bad-neutral':
      return { ...scenario, events: [badNeutral(grid, startMs)] };
    case 'comms-storm':
      return { ...scenario, comms: STORM };
  }
}

/** The first country feeder, or the last of a grid that has none. */
function faultyFeeder(grid: SimGrid): number {
  const index = grid.feeders.findIndex((f) => f.plan.rural);
  return index < 0 ? grid.feeders.length - 1 : index;
}

const SAG_PU = 0.87;

function feederFault(feeder: number, startMs: number): GridEvent[] {
  const at = (minute: number): number => startMs + minute * MINUTE_MS;
  return [
    { kind: 'sag', feeder, transformer: null, fromMs: at(5), toMs: at(25), amount: SAG_PU },
    { kind: 'outage', feeder, transformer: null, fromMs: at(25), toMs: at(65), amount: 0 },
  ];
}

/** Neutral resistance such that one volt of displacement follows from each ampere of unbalance of a 100 kVA transformer (M). */
const BAD_NEUTRAL_OHM_100KVA = 1;

/** The neutral of the most unbalanced town transformer corrodes through. */
function badNeutral(grid: SimGrid, startMs: number): GridEvent {
  const skew = (i: number): number => {
    const t = grid.transformers[i]!;
    return t.designCause === 'none' && t.kind !== 'irrigation' ? Math.max(...t.phaseBias.map(Math.abs)) : 0;
  };
  const transformer = grid.transformers.reduce((worst, _, i) => (skew(i) > skew(worst) ? i : worst), 0);
  return {
    kind: 'bad-neutral',
    feeder: null,
    transformer,
    fromMs: startMs + 5 * MINUTE_MS,
    toMs: startMs + DAY_MS,
    amount: badNeutralOhm(grid, transformer),
  };
}

/** Ω that a corroded neutral adds. */
export function badNeutralOhm(grid: SimGrid, transformer: number): number {
  return (BAD_NEUTRAL_OHM_100KVA * 100) / grid.transformers[transformer]!.capacityKva;
}
