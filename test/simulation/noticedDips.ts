import { expect } from 'vitest';
import type { ConditionEvent } from '../../server/core/event.ts';
import type { RunningService } from '../fixtures/service.ts';
import { type LoadPlan, dippingDevices, dipsOf } from './loadPlan.ts';
import { eventsOf } from './serviceWatch.ts';

/** Each dip of each dipping transformer was raised once and cleared once; the events. */
export async function raisedAndCleared(service: RunningService, plan: LoadPlan): Promise<ConditionEvent[]> {
  const all: ConditionEvent[] = [];
  for (const id of dippingDevices(plan)) {
    const low = (await eventsOf(service, id)).filter((e) => e.condition === 'under-voltage');
    const count = (kind: string): number => low.filter((e) => e.kind === kind).length;
    const expected = { id, raised: dipsOf(plan), cleared: dipsOf(plan) };
    expect({ id, raised: count('raised'), cleared: count('cleared') }).toEqual(expected);
    all.push(...low);
  }
  return all;
}
