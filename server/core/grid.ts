/** The grid as the registry knows it: substation → feeder → transformer → measuring point; areas are the supply districts. */

export interface Area {
  id: string;
  name: string;
  org: string;
}

export interface Feeder {
  id: string;
  name: string;
  substationId: string;
  substationName: string;
}

/** Nameplate and place of one transformer (columns of the registry CSV, contracts.md). */
export interface Transformer {
  id: string;
  name: string;
  org: string;
  areaId: string;
  feederId: string;
  /** WGS 84 degrees; null where unknown. */
  lon: number | null;
  lat: number | null;
  capacityKva: number | null;
  /** Nominal phase-to-neutral voltage, V. */
  nominalV: number;
  /** Short-circuit voltage, %. */
  ukPct: number | null;
  /** 1 is the highest primary rating, so the lowest secondary voltage. */
  tapPosition: number | null;
  tapStepPct: number | null;
  tapCount: number | null;
  customers: number;
  importantCustomers: number;
  lvRadiusM: number | null;
  /** residential | rural | commercial | industrial | irrigation | mixed …: free text of the registry. */
  kind: string;
  weatherStationId: string | null;
  /** Columns that we do not know, kept as they came. */
  attributes: Record<string, string>;
}

/** Where a transformer is measured: its low-voltage outlet, or a line-end meter. */
export interface MeasuringPoint {
  transformerId: string;
  /** `outlet`, or `tail-<meterId>`. */
  point: string;
  /** Empty where nobody named it. */
  name: string;
  /** Start of the earliest reading when it was first seen, UTC ms. */
  firstMs: number;
}

/** A dated change of a nameplate: what the forecast treats as a break. */
export interface NameplateVersion {
  transformerId: string;
  /** From when it holds, UTC ms; the first version holds from 0. */
  validFromMs: number;
  transformer: Transformer;
  /** The fields that differ from the version before. */
  changed: string[];
}

/** All that the registry holds, loaded at once: the working copy of ingest, detection and map. */
export interface GridModel {
  /** Rises with every change of the registry. */
  version: number;
  areas: Area[];
  feeders: Feeder[];
  transformers: Transformer[];
}
