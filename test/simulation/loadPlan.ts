/**
 * What a fleet of simulated devices says, and when: known beforehand to the last reading, so that a test can say what must
 * be stored and what must have been noticed. Reading `k` is step `⌊k / transformers⌋` of transformer `k mod transformers`.
 */
export interface LoadPlan {
  url: string;
  transformers: number;
  /** Readings of each transformer, one every `stepMs` from `startMs`. */
  steps: number;
  stepMs: number;
  startMs: number;
  /** Every so many-th transformer dips: phase a is severely low through every second block of `dipSteps`. */
  dipEvery: number;
  dipSteps: number;
}

const NORMAL_V = 221;
/** 0.75 of 220 V: severe in the bands of domain.md §1. */
const DIP_V = 165;

/** Detection settings under which each dip of at least 4 s raises once and clears once; a file for `serve --config`. */
export const DIP_DETECTION = 'detection: { severeDelayS: 2, clearDelayS: 2 }\n';

export const deviceId = (index: number): string => `T${String(index).padStart(6, '0')}`;

/** Distinct readings of the whole plan. */
export const readingsOf = (plan: LoadPlan): number => plan.transformers * plan.steps;

/** Dips of a dipping transformer that begin and end within the plan. */
export const dipsOf = (plan: LoadPlan): number => Math.floor(plan.steps / plan.dipSteps / 2 - 0.5);

/** A plan with whole dips only, so that every one of them is raised and cleared. */
export function wholeDips(plan: LoadPlan): LoadPlan {
  const dips = Math.max(1, Math.round(plan.steps / plan.dipSteps / 2 - 0.5));
  return { ...plan, steps: (2 * dips + 1) * plan.dipSteps };
}

export function dippingDevices(plan: LoadPlan): string[] {
  const count = Math.ceil(plan.transformers / plan.dipEvery);
  return Array.from({ length: count }, (_, i) => deviceId(i * plan.dipEvery));
}

/** Topic, payload and due time of reading `k`. */
export function readingAt(plan: LoadPlan, k: number): { topic: string; payload: string; dueMs: number } {
  const device = k % plan.transformers;
  const step = Math.floor(k / plan.transformers);
  const ts = plan.startMs + step * plan.stepMs;
  const isLow = device % plan.dipEvery === 0 && Math.floor(step / plan.dipSteps) % 2 === 1;
  const volts = (isLow ? DIP_V : NORMAL_V) + (k % 37) / 10;
  return {
    topic: `pq/v1/demo/${deviceId(device)}/data`,
    payload: `{"v":1,"ts":${ts},"int":${plan.stepMs / 1000},"u":{"a":${volts.toFixed(1)},"b":220.4,"c":221.4},"p":105.1}`,
    dueMs: plan.startMs + (k / plan.transformers) * plan.stepMs,
  };
}

/** The registry that knows the devices of the plan (contracts.md). */
export function registryOf(plan: Pick<LoadPlan, 'transformers'>): string {
  const lines = [
    'transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,capacity_kva,nominal_v,customers',
  ];
  for (let i = 0; i < plan.transformers; i++) {
    lines.push(
      `${deviceId(i)},${deviceId(i)},demo,A${i % 20},Area ${i % 20},F${i % 100},Feeder ${i % 100},400,220,80`,
    );
  }
  return lines.join('\n') + '\n';
}
