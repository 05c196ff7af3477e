import { MASKED, SKIP, verdict, type Detector } from './detector.ts';

/**
 * A transformer that carries too much for two hours (重载 mild, 过载 serious): apparent power at the outlet against the rating.
 * A transformer without supply carries nothing.
 */
export const overload: Detector = {
  condition: 'overload',
  channels: [null],
  levels: [
    { severity: 'mild', shows: 'watch' },
    { severity: 'serious', shows: 'watch' },
  ],
  onDelaysMs: (s) => [s.loadDelayS * 1000, s.loadDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  rests: ({ loadPct }, { heavyLoadPct }) => !(loadPct > heavyLoadPct),
  judge({ outage, loadPct }, _channel, { heavyLoadPct, overloadPct, loadDeadbandPct }) {
    if (outage) return MASKED;
    if (Number.isNaN(loadPct)) return SKIP;
    const on = +(loadPct > heavyLoadPct) + +(loadPct > overloadPct);
    const held = +(loadPct > heavyLoadPct - loadDeadbandPct) + +(loadPct > overloadPct - loadDeadbandPct);
    return verdict(on, held, false);
  },
  valueV: () => null,
  limitV: () => null,
};
