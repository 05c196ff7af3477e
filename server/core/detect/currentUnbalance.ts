import { MASKED, SKIP, verdict, type Detector } from './detector.ts';

/**
 * Current unbalance (三相负荷不平衡) at the outlet of a loaded transformer: (Imax − Imin)/Imax. At low load every household
 * transformer is unbalanced and none of it matters, so the load rate must be over its floor too.
 */
export const currentUnbalance: Detector = {
  condition: 'current-unbalance',
  channels: [null],
  levels: [{ severity: 'mild', shows: 'watch' }],
  onDelaysMs: (s) => [s.unbalanceDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  rests: ({ loadPct }, { currentUnbalanceLoadPct }) => !(loadPct > currentUnbalanceLoadPct),
  judge(sample, _channel, { currentUnbalancePct, currentUnbalanceLoadPct, loadDeadbandPct }) {
    if (sample.outage) return MASKED;
    const { iaA, ibA, icA, loadPct } = sample;
    const highestA = Math.max(iaA, ibA, icA);
    if (Number.isNaN(highestA) || Number.isNaN(loadPct)) return SKIP;
    if (!(highestA > 0)) return 0;
    const pct = (100 * (highestA - Math.min(iaA, ibA, icA))) / highestA;
    const on = pct > currentUnbalancePct && loadPct > currentUnbalanceLoadPct;
    const held =
      pct > currentUnbalancePct - loadDeadbandPct && loadPct > currentUnbalanceLoadPct - loadDeadbandPct;
    return verdict(+on, +held, false);
  },
  valueV: () => null,
  limitV: () => null,
};
