import { MASKED, phaseV, SKIP, verdict, type Detector } from './detector.ts';

/**
 * Low voltage of one phase (低电压). Bands under the lower limit of GB/T 12325; how long each band must last is domain
 * practice, so configuration: the deeper, the sooner.
 */
export const underVoltage: Detector = {
  condition: 'under-voltage',
  channels: ['a', 'b', 'c'],
  levels: [
    { severity: 'mild', shows: 'mild-low' },
    { severity: 'serious', shows: 'serious-low' },
    { severity: 'severe', shows: 'severe-low' },
  ],
  onDelaysMs: (s) => [s.mildDelayS * 1000, s.seriousDelayS * 1000, s.severeDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  rests: ({ lowestV, limits }, { deadbandV, watchMarginV }) =>
    !(lowestV < limits.lowV + Math.max(deadbandV, watchMarginV)),
  judge(sample, channel, { deadbandV, watchMarginV }) {
    const voltageV = phaseV(sample, channel);
    if (Number.isNaN(voltageV)) return SKIP;
    // 0 V is an outage or a lost phase, never low voltage.
    const { lowV, seriousV, severeV, outageV } = sample.limits;
    if (voltageV < outageV) return MASKED;
    if (voltageV >= lowV + Math.max(deadbandV, watchMarginV)) return 0;
    const on = +(voltageV < lowV) + +(voltageV < seriousV) + +(voltageV < severeV);
    const held =
      +(voltageV < lowV + deadbandV) + +(voltageV < seriousV + deadbandV) + +(voltageV < severeV + deadbandV);
    return verdict(on, held, voltageV < lowV + watchMarginV);
  },
  valueV: (sample, channel) => phaseV(sample, channel),
  limitV: ({ limits }, level) => (level === 3 ? limits.severeV : level === 2 ? limits.seriousV : limits.lowV),
};
