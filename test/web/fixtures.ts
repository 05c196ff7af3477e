import type { MapSnapshot, RollUp } from '../../server/core/liveView.ts';
import type { Series } from '../../web/lib/api.ts';

/** A roll-up in which nothing is wrong, unless said otherwise. */
export function rollUp(change: Partial<RollUp> = {}): RollUp {
  return {
    transformers: 3,
    customers: 300,
    byCondition: [3, 0, 0, 0, 0, 0, 0, 0],
    customersLow: 0,
    customersOut: 0,
    worst: 'normal',
    worstV: 221,
    ...change,
  };
}

/** Three transformers of one feeder in two areas; the third has no place. */
export function snapshot(change: Partial<MapSnapshot['transformers']> = {}): MapSnapshot {
  return {
    gridVersion: 4,
    generatedMs: 1_753_000_800_000,
    simulated: false,
    areas: [
      { id: 'A1', name: '河湾', nameEn: 'Hewan', rollUp: rollUp() },
      { id: 'A2', name: '东岭', nameEn: null, rollUp: rollUp() },
    ],
    feeders: [{ id: 'F1', name: '10kV Hexi', nameEn: null, substationName: 'Chengguan', rollUp: rollUp() }],
    transformers: {
      id: ['TQ-1', 'TQ-2', 'TQ-3'],
      name: ['Hewan 1', '东岭 2', 'Xiawa 3'],
      nameEn: null,
      lon: [113, 113.1, null],
      lat: [29, 29.1, null],
      area: [0, 1, 1],
      feeder: [0, 0, 0],
      customers: [78, 54, 120],
      important: [0, 1, 0],
      capacityKva: [315, 200, null],
      kind: ['rural', 'rural', 'mixed'],
      nominalV: 220,
      condition: [0, 5, 3],
      worstV: [221, 184.2, 193.4],
      loadPct: [40, 104, null],
      tsMs: [1_753_000_800_000, 1_753_000_800_000, null],
      ...change,
    },
    totals: { ...rollUp(), completenessPct: 99.2 },
  };
}

/** A series of one value an hour; the columns named are replaced. */
export function series(change: Partial<Series> = {}): Series {
  const tsMs = change.tsMs ?? [0, 1, 2, 3].map((hour) => hour * 3_600_000);
  const column = (value: number | null): (number | null)[] => tsMs.map(() => value);
  return {
    stepMs: 3_600_000,
    tsMs,
    uaV: column(221),
    ubV: column(219),
    ucV: column(222),
    uaMinV: column(218),
    ubMinV: column(215),
    ucMinV: column(219),
    uaMaxV: column(224),
    ubMaxV: column(223),
    ucMaxV: column(226),
    iaA: column(100),
    ibA: column(120),
    icA: column(90),
    pKw: column(60),
    qKvar: column(20),
    count: column(4),
    outageCount: column(0),
    ...change,
  };
}
