import { HOUR_MS, dayOfYear, yearOfDay } from '../calendar.ts';
import { noiseAt } from '../noise.ts';
import { NOMINAL_MV_KV, feederDropPu } from '../physics/network.ts';
import { hash32, hashUnit } from '../random.ts';
import { hourIndex, nominalYears, type NominalYears } from './loadYears.ts';
import type { SeasonAxis } from './seasonAxis.ts';
import type { SeasonFeeder, SeasonGrid } from './seasonGrid.ts';

/** What one feeder brings to its transformers. */
export interface FeederSolution {
  /** Bus voltage, pu of 10 kV. */
  busPu: Float32Array;
  /** By transformer that hangs here at some time: lost on the way, pu; NaN in hours in which it hangs elsewhere. */
  dropPu: Map<number, Float32Array>;
  loads: Map<number, NominalYears>;
}

/** Hours solved at once: what fits the processor's cache. */
const BLOCK_HOURS = 1024;

export function solveFeederYears(grid: SeasonGrid, feeder: number, axis: SeasonAxis): FeederSolution {
  return grid.memory.solution(axis, feeder, () => solve(grid, feeder, axis));
}

function solve(grid: SeasonGrid, feeder: number, axis: SeasonAxis): FeederSolution {
  const { layouts } = grid.feeders[feeder]!;
  const loads = new Map<number, NominalYears>();
  const dropPu = new Map<number, Float32Array>();
  for (const [l, layout] of layouts.entries()) {
    const from = hourIndex(axis, layout.fromMs);
    const to = l + 1 < layouts.length ? hourIndex(axis, layouts[l + 1]!.fromMs) : axis.hours;
    if (from === to) continue;
    for (const index of layout.nodes) {
      if (loads.has(index)) continue;
      loads.set(index, nominalYears(grid, index, axis));
      dropPu.set(index, new Float32Array(axis.hours).fill(NaN));
    }
    for (let block = from; block < to; block += BLOCK_HOURS) {
      const end = Math.min(to, block + BLOCK_HOURS);
      const p = layout.nodes.map((index) => flowKw(grid, index, loads.get(index)!, block, end));
      const q = layout.nodes.map((index) => Float64Array.from(loads.get(index)!.qKvar.subarray(block, end)));
      const drops = feederDropPu(layout.sections, p, q);
      for (const [node, index] of layout.nodes.entries()) dropPu.get(index)!.set(drops[node]!, block);
    }
  }
  return { busPu: busYears(grid, grid.feeders[feeder]!, axis), dropPu, loads };
}

/** Load and the transformer's own losses. */
function flowKw(grid: SeasonGrid, index: number, load: NominalYears, from: number, to: number): Float64Array {
  const { noLoadKw, states } = grid.lives[index]!;
  const { capacityKva, impedance } = states[0]!;
  const rPu = (impedance.rOhm * capacityKva) / 160; // base impedance of 0.4 kV: 160 / kVA Ω
  const flow = new Float64Array(to - from);
  for (let i = from; i < to; i++) {
    const p = load.pKw[i]!;
    const q = load.qKvar[i]!;
    flow[i - from] = p + noLoadKw + (rPu * (p * p + q * q)) / capacityKva;
  }
  return flow;
}

/** Shares of nominal: seasonal swing, differences between years, drift of days, and how far the bus gives way at peak. */
const SEASON_PU = 0.003;
const YEAR_PU = 0.004;
const DRIFT_PU = 0.003;
const OWN_DRIFT_PU = 0.001;
const SAG_PU = 0.014;
const SAG_FROM = 0.55;

/** Voltage of a substation's bus: held by the tap changer within its band, lower when the whole district is at its peak. */
function busYears(grid: SeasonGrid, feeder: SeasonFeeder, axis: SeasonAxis): Float32Array {
  const { slow, fast } = grid.memory;
  const substation = hash32(grid.seed, 31, feeder.substation);
  const district = axis.basis('mixed', 0, 1);
  const out = new Float32Array(axis.hours);
  for (let d = 0; d < axis.days.length; d++) {
    const day = axis.days[d]!;
    const year = yearOfDay(day);
    // Straight between the levels of this year and the next: a bus has no New Year's step.
    const share = dayOfYear(day) / 366;
    const level = hashUnit(substation, year) * (1 - share) + hashUnit(substation, year + 1) * share;
    const season = Math.cos((2 * Math.PI * (dayOfYear(day) - 15)) / 365.25);
    const tsMs = axis.fromMs + axis.dayStarts[d]! * HOUR_MS;
    const step = feeder.levelSteps.reduce((sum, s) => (s.fromMs <= tsMs ? sum + s.pu : sum), 0);
    const slowPu = 1 + SEASON_PU * season + YEAR_PU * (2 * level - 1) + step;
    for (let i = axis.dayStarts[d]!; i < axis.dayStarts[d + 1]!; i++) {
      const hour = axis.firstHour + i;
      const load = district.base[i]! + district.cooling[i]! + district.heating[i]!;
      const drift =
        DRIFT_PU * noiseAt(slow, substation, hour, 0.5) +
        OWN_DRIFT_PU * noiseAt(fast, feeder.channel, hour, 0.5);
      out[i] = (feeder.busKv / NOMINAL_MV_KV) * (slowPu + drift - SAG_PU * Math.max(0, load - SAG_FROM));
    }
  }
  return out;
}
