/** Seeded chance of the ensemble: the same draws on every machine, in every thread. */

export interface Chance {
  /** [0, 1). */
  unit(): number;
  /** Whole number in [0, below). */
  below(below: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
}

/** 32 bits of a name (FNV-1a), so that draws hang on an id, not on its place in a list. */
export function nameHash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** The mulberry32 generator (T. Ettinger, public domain): 32 bits of state are plenty for one transformer. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    unit,
    below: (below) => Math.floor(unit() * below),
    normal: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
  };
}
