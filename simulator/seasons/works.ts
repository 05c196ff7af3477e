import { dayOf, localDayStartMs, yearOfDay, localDay } from '../calendar.ts';
import { nameplate, shortCircuitImpedance } from '../physics/transformer.ts';
import { seededRandom, hash32, type Random } from '../random.ts';
import type {
  HiddenEvent,
  LoadShock,
  RegistryChange,
  SeasonGrid,
  TransformerState,
  WorkKind,
} from './seasonGrid.ts';

/** Work on one transformer. */
export interface Work {
  transformerId: string;
  tsMs: number;
  kind: Exclude<WorkKind, 'feeder-reconductor' | 'transfer'>;
  /** Tap: positions up. Capacity: the new rating, kVA; the next but one when absent. */
  amount?: number;
  /** Known to the registry; a tap that somebody turned in passing is not. Default true. */
  recorded?: boolean;
  /** False: the work order was closed, nothing changed. Default true. */
  done?: boolean;
}

/** Ratings that stores keep. */
const RATINGS = [100, 160, 200, 250, 315, 400, 500, 630] as const;
const REBALANCED = 0.2;
const COMPENSATED = 0.8;
const NEW_POINT_LOAD = 0.6;
const NEW_LINE_MM2 = 120;

/** The state after work of a kind; the same when it can do nothing. */
export function stateAfter(
  state: TransformerState,
  kind: Work['kind'],
  amount: number | undefined,
  tapCount: number,
): TransformerState {
  switch (kind) {
    case 'tap':
      return {
        ...state,
        tapPosition: Math.max(1, Math.min(tapCount, state.tapPosition + (amount ?? 1))),
      };
    case 'capacity': {
      const next = RATINGS.filter((kva) => kva > state.capacityKva);
      const capacityKva = amount ?? next[1] ?? next[0] ?? state.capacityKva;
      const impedance = shortCircuitImpedance(nameplate(capacityKva));
      // The neutral's share of the impedance shrinks with the rest of it.
      const scale =
        Math.hypot(impedance.rOhm, impedance.xOhm) / Math.hypot(state.impedance.rOhm, state.impedance.xOhm);
      return { ...state, capacityKva, impedance, neutralOhm: state.neutralOhm * scale };
    }
    case 'rebalance':
      return {
        ...state,
        phaseBias: state.phaseBias.map((b) => b * REBALANCED) as [number, number, number],
      };
    case 'reconductor':
      return { ...state, lineConductorMm2: NEW_LINE_MM2 };
    case 'capacitors':
      return { ...state, compensation: COMPENSATED };
    case 'new-point':
      return {
        ...state,
        loadShare: state.loadShare * NEW_POINT_LOAD,
        lineLengthM: state.lineLengthM * NEW_POINT_LOAD,
      };
  }
}

/** Does work on the grid: its truth from that day on, and what the registry says of it. */
export function applyWork(grid: SeasonGrid, work: Work): void {
  const { tsMs, kind, recorded = true, done = true } = work;
  const index = grid.transformers.findIndex((t) => t.id === work.transformerId);
  const registered = grid.transformers[index];
  const life = grid.lives[index];
  if (!registered || !life) throw new RangeError(`there is no transformer ${work.transformerId}`);
  const state = life.states.findLast((s) => s.fromMs <= tsMs)!;
  const after = { ...stateAfter(state, kind, work.amount, registered.tapCount), fromMs: tsMs };
  if (done) {
    life.states = [...life.states.filter((s) => s.fromMs < tsMs), after];
  }
  const feederId = registered.feederId;
  if (!recorded || !done) {
    const hidden: HiddenEvent = {
      tsMs,
      transformerId: registered.id,
      feederId,
      kind: done && kind === 'tap' ? 'tap' : 'useless-work',
      amount: done ? after.tapPosition - state.tapPosition : 0,
    };
    grid.hiddenEvents.push(hidden);
  }
  if (recorded) {
    const changed: RegistryChange =
      kind === 'tap'
        ? { tapPosition: after.tapPosition }
        : kind === 'capacity'
          ? { capacityKva: after.capacityKva, ukPct: nameplate(after.capacityKva).ukPct }
          : {};
    grid.events.push({ tsMs, transformerId: registered.id, kind, changed });
  }
}

/** Yearly chances for one transformer. */
const SHOCKS_A_YEAR = 0.09;
const HIDDEN_TAPS_A_YEAR = 0.02;
const RECORDED_TAPS_A_YEAR = 0.015;
const USELESS_A_YEAR = 0.006;
/** What a utility does in a year about a transformer that it has found low. */
const TREATED_A_YEAR = 0.16;

/** Growth in lumps and work over the years, for every transformer from a chance of its own, and what else is ordered. */
export function liveYears(grid: SeasonGrid, ordered: readonly Work[]): void {
  const works: Work[] = [...ordered];
  const years = yearsOf(grid);
  for (const [i, t] of grid.transformers.entries()) {
    const life = grid.lives[i]!;
    const random = seededRandom(hash32(life.channel, 0x11fe));
    for (const year of years) {
      if (random.unit() < SHOCKS_A_YEAR) addShock(grid, i, year, random);
      const work = workOfYear(grid, i, year, random);
      if (work) works.push({ transformerId: t.id, ...work });
    }
  }
  for (const work of works.sort((a, b) => a.tsMs - b.tsMs || (a.transformerId < b.transformerId ? -1 : 1))) {
    applyWork(grid, work);
  }
}

function yearsOf(grid: SeasonGrid): number[] {
  const first = yearOfDay(localDay(grid.fromMs));
  return Array.from({ length: yearOfDay(localDay(grid.toMs)) - first + 1 }, (_, y) => first + y);
}

function addShock(grid: SeasonGrid, i: number, year: number, random: Random): void {
  const { load } = grid.lives[i]!;
  const feederId = grid.transformers[i]!.feederId;
  const atMs = localDayStartMs(dayOf(year, 1 + random.below(12), 1 + random.below(28)));
  const kinds = [
    'chargers',
    'chargers',
    'air-conditioners',
    'electric-heating',
    'new-houses',
    'closure',
    'rooftop-pv',
  ] as const;
  const kind = random.pick(kinds);
  const amounts: Record<LoadShock['kind'], [number, number]> = {
    chargers: [0.08, 0.35],
    'air-conditioners': [1.15, 1.5],
    'electric-heating': [1.25, 1.8],
    'new-houses': [1.08, 1.3],
    closure: [0.75, 0.95],
    'rooftop-pv': [0.08, 0.3],
  };
  const amount = random.between(...amounts[kind]);
  if (atMs < grid.fromMs || atMs >= grid.toMs) return;
  load.shocks.push({ kind, atMs, amount });
  grid.hiddenEvents.push({ tsMs: atMs, transformerId: grid.transformers[i]!.id, feederId, kind, amount });
}

/** Work is done between the seasons, on the first or the fifteenth, and none after the last season's origin. */
function workOfYear(
  grid: SeasonGrid,
  i: number,
  year: number,
  random: Random,
): Omit<Work, 'transformerId'> | null {
  const month = random.pick([3, 4, 5, 10, 11]);
  const tsMs = localDayStartMs(dayOf(year, month, random.unit() < 0.5 ? 1 : 15));
  const draw = random.unit();
  const { designCause, states } = grid.lives[i]!;
  const up = states[0]!.tapPosition <= 3 || random.unit() < 0.4 ? 1 : -1;
  if (tsMs < grid.fromMs || tsMs >= grid.season.originMs) return null;
  let chance = HIDDEN_TAPS_A_YEAR;
  if (draw < chance) return { tsMs, kind: 'tap', amount: up, recorded: false };
  if (draw < (chance += RECORDED_TAPS_A_YEAR)) return { tsMs, kind: 'tap', amount: up };
  if (draw < (chance += USELESS_A_YEAR)) {
    return { tsMs, kind: random.pick(['rebalance', 'capacity', 'tap'] as const), done: false };
  }
  if (designCause === 'none' || draw >= chance + TREATED_A_YEAR) return null;
  switch (designCause) {
    case 'overload':
      return { tsMs, kind: 'capacity' };
    case 'tap':
      return { tsMs, kind: 'tap', amount: 2 };
    case 'unbalance':
      return { tsMs, kind: 'rebalance' };
    case 'lv-line':
      return { tsMs, kind: random.unit() < 0.6 ? 'reconductor' : 'new-point' };
    default:
      return { tsMs, kind: 'tap', amount: 1 };
  }
}
