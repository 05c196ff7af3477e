import type { DailySummary } from '../summary.ts';

/**
 * A phase whose fuse is gone or whose conductor is open is fed backwards through the others and shows about half of them
 * (diagnosis table of the domain: a fault, not a forecast target). In two years of the simulated county loads alone never
 * brought the weakest phase under 0.74 of the strongest, open phases never over 0.53.
 */
const OPEN_PHASE_SHARE = 0.6;

type PhaseMinima = Pick<DailySummary, 'uaMinHourV' | 'ubMinHourV' | 'ucMinHourV'>;

/** The voltage that a phase's lowest hour of this day must reach to count as supply, V; NaN where nothing is measured. */
export function openUnderV({ uaMinHourV, ubMinHourV, ucMinHourV }: PhaseMinima): number {
  let highestV = uaMinHourV;
  if (!(highestV >= ubMinHourV) && !Number.isNaN(ubMinHourV)) highestV = ubMinHourV;
  if (!(highestV >= ucMinHourV) && !Number.isNaN(ucMinHourV)) highestV = ucMinHourV;
  return OPEN_PHASE_SHARE * highestV;
}
