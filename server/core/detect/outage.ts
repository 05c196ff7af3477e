import { SKIP, verdict, type Detector } from './detector.ts';

/** No supply: every measured phase under 0.1 pu (停电). */
export const outage: Detector = {
  condition: 'outage',
  channels: [null],
  levels: [{ severity: 'severe', shows: 'outage' }],
  onDelaysMs: (s) => [s.outageDelayS * 1000],
  // Supply that is back is back: homes have light.
  offDelayMs: () => 0,

  rests: ({ outage }) => !outage,
  judge({ outage, highestV }) {
    if (outage) return verdict(1, 1, false);
    return Number.isNaN(highestV) ? SKIP : 0;
  },
  // The phase that would disprove an outage.
  valueV: ({ highestV }) => nullIfNaN(highestV),
  limitV: ({ limits }) => limits.outageV,
};

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
