import { SKIP, verdict, type Detector } from './detector.ts';

/** No supply: every measured phase under 0.1 pu (停电). */
export const outage: Detector = {
  condition: 'outage',
  channels: [null],
  levels: [{ severity: null, shows: 'outage' }],
  onDelaysMs: (s) => [s.outageDelayS * 1000],
  // Supply that is back is back: homes have light.
  offDelayMs: () => 0,

  judge(sample) {
    if (sample.outage) return verdict(1, 1, false);
    return Number.isNaN(highestV(sample)) ? SKIP : 0;
  },
  valueV: (sample) => nullIfNaN(highestV(sample)),
  limitV: ({ limits }) => limits.outageV,
};

/** The phase that would disprove an outage. */
function highestV({ uaV, ubV, ucV }: { uaV: number; ubV: number; ucV: number }): number {
  let highV = NaN;
  for (const voltageV of [uaV, ubV, ucV]) if (!(voltageV <= highV) && voltageV >= 0) highV = voltageV;
  return highV;
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
