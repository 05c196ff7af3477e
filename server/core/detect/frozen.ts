import { MASKED, verdict, type Detector } from './detector.ts';

/**
 * Frozen values (数据冻结): the sensor seems stuck. The
 * quality flag (`core/quality.ts`) comes first; after some hours of it, it is a condition. The first other value ends it.
 */
export const frozen: Detector = {
  condition: 'frozen',
  channels: [null],
  levels: [{ severity: 'mild', shows: 'watch' }],
  onDelaysMs: (s) => [s.frozenDelayS * 1000],
  offDelayMs: () => 0,

  rests: (sample) => !sample.frozen,
  judge(sample) {
    if (sample.outage) return MASKED;
    return sample.frozen ? verdict(1, 1, false) : 0;
  },
  valueV: () => null,
  limitV: () => null,
};
