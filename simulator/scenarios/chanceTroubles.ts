import { seededRandom } from '../random.ts';
import type { SimGrid } from '../simGrid.ts';
import { badNeutralOhm, MINUTE_MS, type GridEvent } from './scenario.ts';

/** What befalls a grid within some hours, drawn from a seed: the exam of whoever tells causes apart. */
export interface Troubles {
  events: GridEvent[];
  /** Devices that say nothing in [fromMs, toMs): one alone, or those that share a gateway, whatever their feeder. */
  silences: { transformers: number[]; fromMs: number; toMs: number }[];
  /** Transformers whose devices repeat their values from `fromMs` on. */
  stuck: { transformer: number; fromMs: number }[];
}

/** Each kind on a place of its own, at a time of its own. */
export function chanceTroubles(grid: SimGrid, seed: number, startMs: number, hours: number): Troubles {
  const random = seededRandom(seed ^ 0x7e57);
  const feeders = shuffled(
    grid.feeders.map((_, i) => i),
    random.unit,
  );
  const singles = shuffled(
    grid.transformers
      .map((_, i) => i)
      .filter((i) => !feeders.slice(0, 3).includes(grid.transformers[i]!.feeder)),
    random.unit,
  );
  const when = (): { fromMs: number; toMs: number } => {
    const fromMs = startMs + Math.floor(random.between(0.05, 0.6) * hours * 60) * MINUTE_MS;
    return { fromMs, toMs: fromMs + Math.floor(random.between(60, 180)) * MINUTE_MS };
  };
  const onFeeder = (kind: GridEvent['kind'], feeder: number, amount: number): GridEvent => {
    return { kind, feeder, transformer: null, amount, ...when() };
  };
  const at = (kind: GridEvent['kind'], transformer: number, amount: number): GridEvent => {
    return { kind, feeder: null, transformer, amount, ...when() };
  };
  const next = (): number => singles.pop()!;
  const neutral = next();
  return {
    events: [
      onFeeder('sag', feeders[0]!, random.between(0.82, 0.88)),
      onFeeder('outage', feeders[1]!, 0),
      at('lost-phase', next(), random.below(3)),
      at('lost-phase', next(), random.below(3)),
      { ...at('bad-neutral', neutral, badNeutralOhm(grid, neutral)), toMs: startMs + hours * 60 * MINUTE_MS },
      at('outage', next(), 0),
    ],
    silences: [
      { transformers: [next()], ...when() },
      { transformers: Array.from({ length: Math.floor(grid.transformers.length / 8) }, next), ...when() },
      // The devices of a dead feeder die with it: no zeros, only silence.
      { transformers: grid.feeders[feeders[2]!]!.nodes, ...when() },
    ],
    stuck: [{ transformer: next(), fromMs: startMs + 60 * MINUTE_MS }],
  };
}

function shuffled(items: number[], unit: () => number): number[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(unit() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
