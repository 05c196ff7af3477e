import { MASKED, SKIP, verdict, type Detector } from './detector.ts';

/**
 * Low at a line end while the outlet of the same transformer is well: what is lost is lost on the low-voltage line (末端低电压). It
 * is told of the line end, beside its `under-voltage`, which says how bad it is; this says where it comes from. It ends
 * when either the line end recovers or the outlet becomes low too, as then the line is not to blame alone.
 */
export const tailLow: Detector = {
  condition: 'tail-low',
  channels: [null],
  levels: [{ severity: 'mild', shows: 'watch' }],
  onDelaysMs: (s) => [s.mildDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  rests: ({ lowestV, outletAboveV, limits }) => !(lowestV < limits.lowV && outletAboveV >= 0),
  judge({ outage, lowestV, outletAboveV, limits }, _channel, { deadbandV }) {
    if (outage || lowestV < limits.outageV) return MASKED;
    if (Number.isNaN(lowestV) || Number.isNaN(outletAboveV)) return SKIP;
    const on = lowestV < limits.lowV && outletAboveV >= deadbandV;
    return verdict(+on, +(lowestV < limits.lowV + deadbandV && outletAboveV >= 0), false);
  },
  valueV: ({ lowestV }) => (Number.isNaN(lowestV) ? null : lowestV),
  limitV: ({ limits }) => limits.lowV,
};
