import { MASKED, phaseV, SKIP, verdict, type Detector } from './detector.ts';

/**
 * High voltage of one phase (过电压): above the upper limit, with bands above it as low voltage has below. Light-load nights
 * and midday sun make the mild kind, a tap too high too; the deep kind destroys appliances.
 */
export const overVoltage: Detector = {
  condition: 'over-voltage',
  channels: ['a', 'b', 'c'],
  levels: [
    { severity: 'mild', shows: 'over-voltage' },
    { severity: 'serious', shows: 'over-voltage' },
    { severity: 'severe', shows: 'over-voltage' },
  ],
  onDelaysMs: (s) => [s.mildDelayS * 1000, s.seriousDelayS * 1000, s.severeDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  rests: ({ highestV, limits }) => !(highestV > limits.highV),
  judge(sample, channel, { deadbandV }) {
    const voltageV = phaseV(sample, channel);
    if (Number.isNaN(voltageV)) return SKIP;
    const { highV, highSeriousV, highSevereV, outageV } = sample.limits;
    if (voltageV < outageV) return MASKED;
    const on = +(voltageV > highV) + +(voltageV > highSeriousV) + +(voltageV > highSevereV);
    const held =
      +(voltageV > highV - deadbandV) +
      +(voltageV > highSeriousV - deadbandV) +
      +(voltageV > highSevereV - deadbandV);
    return verdict(on, held, on > 0);
  },
  valueV: (sample, channel) => phaseV(sample, channel),
  limitV: ({ limits }, level) =>
    level === 3 ? limits.highSevereV : level === 2 ? limits.highSeriousV : limits.highV,
};
