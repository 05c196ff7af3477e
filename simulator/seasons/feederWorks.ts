import { dayOf, localDay, localDayStartMs, yearOfDay } from '../calendar.ts';
import type { MvConductor, Section } from '../physics/network.ts';
import { hash32, seededRandom, type Random } from '../random.ts';
import type { FeederLayout, RegistryEvent, SeasonFeeder, SeasonGrid } from './seasonGrid.ts';

/** Work on a whole feeder: thicker line, or its end handed to a neighbour. */
export type FeederWork =
  | { kind: 'feeder-reconductor'; tsMs: number; feederId: string }
  | {
      kind: 'transfer';
      tsMs: number;
      feederId: string;
      toFeederId: string;
      /** Transformers to hand over at most. */
      count: number;
      /** False: switched in the field and not written down. */
      recorded: boolean;
    };

const THICKER: Readonly<Record<MvConductor, MvConductor>> = {
  'LGJ-50': 'JKLYJ-120',
  'JKLYJ-70': 'JKLYJ-240',
  'JKLYJ-120': 'JKLYJ-240',
  'JKLYJ-240': 'JKLYJ-240',
};
/** The line across to the neighbour. */
const TIE: Omit<Section, 'parent'> = { lengthKm: 0.8, conductor: 'JKLYJ-120' };

/** Does work on a feeder: its truth from that day on, and what the registry says of its transformers. Dates must ascend. */
export function applyFeederWork(grid: SeasonGrid, work: FeederWork): void {
  const feeder = feederNamed(grid, work.feederId);
  const layout = feeder.layouts.at(-1)!;
  if (work.kind === 'feeder-reconductor') {
    const sections = layout.sections.map((s) => ({ ...s, conductor: THICKER[s.conductor] }));
    feeder.layouts.push({ ...layout, sections, fromMs: work.tsMs });
    record(grid, layout.nodes, work.tsMs, 'feeder-reconductor', {});
    return;
  }
  const to = feederNamed(grid, work.toFeederId);
  const moved = branchOf(layout, work.count);
  if (moved.length === 0) return;
  feeder.layouts.push({ ...without(layout, moved), fromMs: work.tsMs });
  to.layouts.push({ ...joined(to.layouts.at(-1)!, layout, moved), fromMs: work.tsMs });
  const indexes = moved.map((node) => layout.nodes[node]!);
  const target = grid.feeders.indexOf(to);
  for (const i of indexes) grid.lives[i]!.homes.push({ fromMs: work.tsMs, feeder: target });
  if (work.recorded) record(grid, indexes, work.tsMs, 'transfer', { feederId: to.id });
  else {
    const { tsMs } = work;
    grid.hiddenEvents.push({
      tsMs,
      transformerId: null,
      feederId: feeder.id,
      kind: 'transfer',
      amount: moved.length,
    });
  }
}

function feederNamed(grid: SeasonGrid, id: string): SeasonFeeder {
  const feeder = grid.feeders.find((f) => f.id === id);
  if (!feeder) throw new RangeError(`there is no feeder ${id}`);
  return feeder;
}

function record(
  grid: SeasonGrid,
  indexes: readonly number[],
  tsMs: number,
  kind: RegistryEvent['kind'],
  changed: RegistryEvent['changed'],
): void {
  for (const i of indexes) grid.events.push({ tsMs, transformerId: grid.transformers[i]!.id, kind, changed });
}

/** Nodes of the largest branch of at most so many, the farther one of equals; its root comes first. */
function branchOf({ sections }: FeederLayout, count: number): number[] {
  let best: number[] = [];
  for (let root = sections.length - 1; root > 0; root--) {
    const branch = new Set([root]);
    for (let node = root + 1; node < sections.length; node++) {
      if (branch.has(sections[node]!.parent)) branch.add(node);
    }
    if (branch.size <= count && branch.size > best.length) best = [...branch];
  }
  return best;
}

function without(layout: FeederLayout, moved: readonly number[]): Omit<FeederLayout, 'fromMs'> {
  const gone = new Set(moved);
  const kept = [...layout.sections.keys()].filter((node) => !gone.has(node));
  const place = new Map(kept.map((node, at) => [node, at]));
  return {
    sections: kept.map((node) => {
      const section = layout.sections[node]!;
      return { ...section, parent: section.parent < 0 ? -1 : place.get(section.parent)! };
    }),
    nodes: kept.map((node) => layout.nodes[node]!),
  };
}

/** The branch hangs at the middle of the other feeder, turned or not: its own sections stay as they are. */
function joined(
  to: FeederLayout,
  from: FeederLayout,
  moved: readonly number[],
): Omit<FeederLayout, 'fromMs'> {
  const first = to.sections.length;
  const place = new Map(moved.map((node, at) => [node, first + at]));
  const at = Math.floor(first / 2);
  return {
    sections: [
      ...to.sections,
      ...moved.map((node, i) =>
        i === 0
          ? { ...TIE, parent: first === 0 ? -1 : at }
          : { ...from.sections[node]!, parent: place.get(from.sections[node]!.parent)! },
      ),
    ],
    nodes: [...to.nodes, ...moved.map((node) => from.nodes[node]!)],
  };
}

/** Yearly chances for one feeder: a weak one is treated, any country feeder may hand its end over. */
const TREATED_A_YEAR = 0.15;
const TRANSFERS_A_YEAR = 0.03;
const UNRECORDED = 0.3;
const TRANSFER_MAX = 6;

/** Work on feeders over the years, before the origin of the unseen season, by date. */
export function feederWorks(grid: SeasonGrid): FeederWork[] {
  const works: FeederWork[] = [];
  const first = yearOfDay(localDay(grid.fromMs));
  const last = yearOfDay(localDay(grid.toMs));
  for (const [f, feeder] of grid.feeders.entries()) {
    const random = seededRandom(hash32(feeder.channel, 0xfeed));
    for (let year = first; year <= last; year++) {
      const work = workOfYear(grid, f, year, random);
      if (work && work.tsMs >= grid.fromMs && work.tsMs < grid.season.originMs) works.push(work);
    }
  }
  return works.sort((a, b) => a.tsMs - b.tsMs || (a.feederId < b.feederId ? -1 : 1));
}

function workOfYear(grid: SeasonGrid, f: number, year: number, random: Random): FeederWork | null {
  const { id: feederId, rural, members } = grid.feeders[f]!;
  const tsMs = localDayStartMs(dayOf(year, random.pick([3, 4, 10]), 1));
  const recorded = random.unit() >= UNRECORDED;
  const count = 2 + random.below(TRANSFER_MAX - 1);
  const to =
    grid.feeders[(f + 1 + random.below(Math.max(1, grid.feeders.length - 1))) % grid.feeders.length]!;
  const draw = random.unit();
  const weak = grid.lives[members[0]!]!.designCause === 'feeder';
  if (weak && draw < TREATED_A_YEAR) return { kind: 'feeder-reconductor', tsMs, feederId };
  const transfers = weak ? TREATED_A_YEAR * 2 : TRANSFERS_A_YEAR;
  if (!rural || !to.rural || to.id === feederId || draw >= transfers) return null;
  return { kind: 'transfer', tsMs, feederId, toFeederId: to.id, count, recorded };
}
