import { MASKED, phaseV, SKIP, verdict, type Detector } from './detector.ts';

/** One phase without supply while another has it (缺相): a blown fuse, an open conductor. Shown as an outage: homes are dark. */
export const phaseLoss: Detector = {
  condition: 'phase-loss',
  channels: ['a', 'b', 'c'],
  levels: [{ severity: 'severe', shows: 'outage' }],
  onDelaysMs: (s) => [s.outageDelayS * 1000],
  offDelayMs: () => 0,

  rests: ({ lowestV, limits }) => !(lowestV < limits.outageV),
  judge(sample, channel) {
    const voltageV = phaseV(sample, channel);
    if (Number.isNaN(voltageV)) return SKIP;
    if (sample.outage) return MASKED;
    return voltageV < sample.limits.outageV ? verdict(1, 1, false) : 0;
  },
  valueV: (sample, channel) => phaseV(sample, channel),
  limitV: ({ limits }) => limits.outageV,
};
