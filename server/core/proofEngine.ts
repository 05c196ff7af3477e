import type { ConditionEvent } from './event.ts';
import { Engine } from './engine.ts';
import type { GridModel, Transformer } from './grid.ts';
import type { Reading } from './reading.ts';

/**
 * The synthetic transformer of the self-proof: its readings go the way of all others (broker, decoder, detection, spool),
 * but are watched by an engine of their own, so that map, store and sums know nothing of it.
 */
export const PROOF_ID = 'peakvolt-self-proof';
const NOMINAL_V = 220;
/** Severe under every profile that we know. */
const LOW_V = 150;

const PROOF_TRANSFORMER: Transformer = {
  id: PROOF_ID,
  name: PROOF_ID,
  org: 'peakvolt',
  areaId: '',
  feederId: '',
  lon: null,
  lat: null,
  capacityKva: null,
  nominalV: NOMINAL_V,
  ukPct: null,
  tapPosition: null,
  tapStepPct: null,
  tapCount: null,
  customers: 0,
  importantCustomers: 0,
  lvRadiusM: null,
  kind: 'synthetic',
  weatherStationId: null,
  attributes: {},
};

/** The registry as the decoder takes it: the synthetic transformer is known, so that its readings are not refused. */
export function withProof(model: GridModel): GridModel {
  return { ...model, transformers: [...model.transformers, PROOF_TRANSFORMER] };
}

/** Topic and payload of one proof: a severe reading, and a good one after it. */
export function proofMessage(nowMs: number): { topic: string; payload: string } {
  const at = (tsMs: number, voltageV: number) => ({
    v: 1,
    id: PROOF_ID,
    ts: tsMs,
    int: 1,
    u: { a: voltageV, b: voltageV, c: voltageV },
  });
  const payload = JSON.stringify([at(nowMs - 2_000, LOW_V), at(nowMs - 1_000, NOMINAL_V)]);
  return { topic: `pq/v1/${PROOF_TRANSFORMER.org}/${PROOF_ID}/data`, payload };
}

/** Detection of the synthetic transformer: without delays, so that one message is one proof. */
export class ProofEngine {
  readonly #engine = new Engine({
    detection: { mildDelayS: 0, seriousDelayS: 0, severeDelayS: 0, clearDelayS: 0 },
  });

  constructor(nowMs: number) {
    this.#engine.setGrid({ version: 0, areas: [], feeders: [], transformers: [PROOF_TRANSFORMER] }, nowMs);
  }

  /** Takes the synthetic readings out of the list, and returns what was noticed of them. */
  takeFrom(readings: Reading[], receivedMs: number): ConditionEvent[] {
    if (!readings.some((reading) => reading.transformerId === PROOF_ID)) return [];
    let kept = 0;
    for (const reading of readings) {
      if (reading.transformerId === PROOF_ID) this.#engine.step(reading, receivedMs);
      else readings[kept++] = reading;
    }
    readings.length = kept;
    this.#engine.takeClosed();
    return this.#engine.takeEvents();
  }
}
