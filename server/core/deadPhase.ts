import type { Reading } from './reading.ts';

/**
 * A phase without supply while another has it (a blown fuse): 0 V is no voltage that its homes had, and must not enter its
 * means (IEC 61000-4-30 flags such an interval; domain rule: mask before averaging).
 *
 * Judged within one reading, under a tenth of its highest phase: the interruption threshold of 0.1 pu wherever the highest is near
 * nominal, and the same in every store, which knows no nominal voltage.
 */
export const DEAD_PHASE_SHARE = 0.1;

type Phases = Pick<Reading, 'uaV' | 'ubV' | 'ucV'>;

/** The voltage under which a phase of this reading is dead; NaN without a measured phase: nothing is under it. */
function deadUnderV({ uaV, ubV, ucV }: Phases): number {
  let highestV = uaV;
  if (ubV > highestV || Number.isNaN(highestV)) highestV = ubV;
  if (ucV > highestV || Number.isNaN(highestV)) highestV = ucV;
  return highestV * DEAD_PHASE_SHARE;
}

/**
 * The reading for statistics: a dead phase is not measured in it. Its minimum alone keeps the value, so that a 10-minute
 * mean still shows that, and when, the phase was dead. The same object where no phase is dead.
 */
export function withoutDeadPhases(reading: Reading): Reading {
  const deadV = deadUnderV(reading);
  const { uaV, ubV, ucV, uaMinV, ubMinV, ucMinV } = reading;
  if (!(uaV < deadV || ubV < deadV || ucV < deadV)) return reading;
  return {
    ...reading,
    ...(uaV < deadV ? { uaV: NaN, uaMinV: lower(uaV, uaMinV) } : {}),
    ...(ubV < deadV ? { ubV: NaN, ubMinV: lower(ubV, ubMinV) } : {}),
    ...(ucV < deadV ? { ucV: NaN, ucMinV: lower(ucV, ucMinV) } : {}),
  };
}

function lower(voltageV: number, minV: number): number {
  return minV < voltageV ? minV : voltageV;
}
