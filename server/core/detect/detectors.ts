import type { Detector } from './detector.ts';
import { openNeutral } from './openNeutral.ts';
import { outage } from './outage.ts';
import { overload } from './overload.ts';
import { overVoltage } from './overVoltage.ts';
import { phaseLoss } from './phaseLoss.ts';
import { underVoltage } from './underVoltage.ts';

/** Every condition that is judged from readings. To add one: a file beside this, and a line here (at the end: the order is part of saved state). */
export const DETECTORS: readonly Detector[] = Object.freeze([
  underVoltage,
  outage,
  phaseLoss,
  overVoltage,
  overload,
  openNeutral,
]);
