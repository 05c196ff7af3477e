/** Lines: the radial 10 kV feeder in distance order and the 0.4 kV line to the last customer. Pure. */

export const NOMINAL_MV_KV = 10;

export interface Conductor {
  rOhmPerKm: number;
  xOhmPerKm: number;
}

/** Overhead conductors (domain.md §3, H/M). */
const MV_CONDUCTORS = {
  'JKLYJ-240': { rOhmPerKm: 0.125, xOhmPerKm: 0.33 },
  'JKLYJ-120': { rOhmPerKm: 0.253, xOhmPerKm: 0.35 },
  'JKLYJ-70': { rOhmPerKm: 0.443, xOhmPerKm: 0.36 },
  'LGJ-50': { rOhmPerKm: 0.65, xOhmPerKm: 0.39 },
} as const satisfies Record<string, Conductor>;
export type MvConductor = keyof typeof MV_CONDUCTORS;

export const LV_CONDUCTORS = {
  120: { rOhmPerKm: 0.253, xOhmPerKm: 0.27 },
  70: { rOhmPerKm: 0.443, xOhmPerKm: 0.28 },
  50: { rOhmPerKm: 0.641, xOhmPerKm: 0.29 },
  35: { rOhmPerKm: 0.868, xOhmPerKm: 0.3 },
} as const satisfies Record<number, Conductor>;
export type LvConductorMm2 = keyof typeof LV_CONDUCTORS;

/** The line section that ends at a node; node order is such that a parent comes before its children. */
export interface Section {
  /** Index of the node upstream; −1 is the bus. */
  parent: number;
  lengthKm: number;
  conductor: MvConductor;
}

/** Share of nominal voltage lost in a section that carries `pMw` + j`qMvar`: (R·P + X·Q)/U². */
export function sectionDropPu(section: Section, pMw: number, qMvar: number): number {
  const line = MV_CONDUCTORS[section.conductor];
  return ((line.rOhmPerKm * pMw + line.xOhmPerKm * qMvar) * section.lengthKm) / NOMINAL_MV_KV ** 2;
}

/**
 * One backward sweep (flows) and one forward sweep (drops) over the tree, for many moments at once. `pKw[node]` and
 * `qKvar[node]` are what each node draws; both are overwritten by what its section carries. Returns, by node, the share of
 * nominal voltage lost between bus and node.
 */
export function feederDropPu(
  sections: readonly Section[],
  pKw: readonly Float64Array[],
  qKvar: readonly Float64Array[],
): Float64Array[] {
  const steps = pKw[0]?.length ?? 0;
  for (let node = sections.length - 1; node >= 0; node--) {
    const parent = sections[node]!.parent;
    if (parent < 0) continue;
    addTo(pKw[parent]!, pKw[node]!);
    addTo(qKvar[parent]!, qKvar[node]!);
  }
  return sections.reduce<Float64Array[]>((drops, section, node) => {
    const upstream = section.parent < 0 ? null : drops[section.parent]!;
    const p = pKw[node]!;
    const q = qKvar[node]!;
    const perMw = sectionDropPu(section, 1, 0) / 1000;
    const perMvar = sectionDropPu(section, 0, 1) / 1000;
    const drop = new Float64Array(steps);
    for (let i = 0; i < steps; i++) drop[i] = (upstream ? upstream[i]! : 0) + perMw * p[i]! + perMvar * q[i]!;
    drops.push(drop);
    return drops;
  }, []);
}

function addTo(sum: Float64Array, part: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
}

/** What the last meter of a low-voltage line sees beyond the outlet. */
export interface LvLine {
  conductorMm2: LvConductorMm2;
  lengthM: number;
  /** Share of the transformer's current that this line carries. */
  loadShare: number;
}

/** Load strung along a line gives half the drop of the same load at its end (domain.md §3). */
const SPREAD_LOAD_FACTOR = 0.5;

/** Ω of one phase that the line's current sees on its way to the last meter, at that power factor. */
export function lvLineOhm(line: LvLine, cosPhi: number, sinPhi: number): number {
  const conductor = LV_CONDUCTORS[line.conductorMm2];
  const perKm = conductor.rOhmPerKm * cosPhi + conductor.xOhmPerKm * sinPhi;
  return perKm * (line.lengthM / 1000) * SPREAD_LOAD_FACTOR * line.loadShare;
}
