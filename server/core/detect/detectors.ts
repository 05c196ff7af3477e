import { currentUnbalance } from './currentUnbalance.ts';
import type { Detector } from './detector.ts';
import { frozen } from './frozen.ts';
import { openNeutral } from './openNeutral.ts';
import { outage } from './outage.ts';
import { overload } from './overload.ts';
import { overVoltage } from './overVoltage.ts';
import { phaseLoss } from './phaseLoss.ts';
import { tailLow } from './tailLow.ts';
import { underVoltage } from './underVoltage.ts';
import { unstableVoltage } from './unstableVoltage.ts';
import { voltageUnbalance } from './voltageUnbalance.ts';

/** Every condition that is judged from readings. To add one: a file beside this, and a line here (at the end: the order is part of saved state). */
export const DETECTORS: readonly Detector[] = Object.freeze([
  underVoltage,
  outage,
  phaseLoss,
  overVoltage,
  overload,
  openNeutral,
  voltageUnbalance,
  currentUnbalance,
  unstableVoltage,
  tailLow,
  frozen,
]);
