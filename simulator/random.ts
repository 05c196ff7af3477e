/** Seeded randomness. Sequences build things once; hashes give noise that any moment can ask for without what came before. */

/** Finaliser of MurmurHash3 (Appleby, public domain): every input bit moves every output bit. */
function mix(h: number): number {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** 32 unsigned bits from three integers (taken modulo 2³²). */
export function hash32(a: number, b: number, c = 0): number {
  return mix(mix(mix(a + 0x9e3779b9) ^ Math.imul(b, 0x9e3779b1)) ^ Math.imul(c, 0x85ebca77)) >>> 0;
}

/** {@link hash32} as a number in [0, 1). */
export function hashUnit(a: number, b: number, c = 0): number {
  return hash32(a, b, c) / 4294967296;
}

/** 32 bits of a name, so that what hangs on an id does not hang on its place in a list (FNV-1a). */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix(h) >>> 0;
}

export interface Random {
  /** [0, 1). */
  unit(): number;
  /** [from, to). */
  between(from: number, to: number): number;
  /** Whole number in [0, below). */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  /** Standard normal. */
  normal(): number;
}

/** The sfc32 generator (Doty-Humphrey, PractRand): 128 bits of state, the same on every machine. */
export function seededRandom(seed: number): Random {
  let a = hash32(seed, 1);
  let b = hash32(seed, 2);
  let c = hash32(seed, 3);
  let counter = 1;
  const unit = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) unit();
  return {
    unit,
    between: (from, to) => from + (to - from) * unit(),
    below: (below) => Math.floor(unit() * below),
    pick: (items) => items[Math.floor(unit() * items.length)]!,
    normal: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
  };
}
