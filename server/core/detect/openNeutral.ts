import { isThreePhase, MASKED, SKIP, TOLERANCE, verdict, type Detector } from './detector.ts';

/** Under this share of nominal with the others in order, a phase of the 10 kV side is open: another fault. */
const OPEN_PHASE_PU = 0.7;

/**
 * A broken or loose neutral (零线断线、接触不良): the phases move apart, the loaded ones down and the others up. Heavy unbalanced load
 * moves them apart too, so the spread (highest − lowest, as a share of nominal) speaks alone only while the load is known
 * to be low; else it must be twice as large and the highest phase over its limit, which load cannot do.
 */
export const openNeutral: Detector = {
  condition: 'open-neutral',
  channels: [null],
  levels: [
    { severity: 'serious', shows: 'watch' },
    { severity: 'severe', shows: 'watch' },
  ],
  onDelaysMs: (s) => [s.seriousDelayS * 1000, s.severeDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  rests: ({ highestV, lowestV, limits }, { openNeutralSpreadPct }) =>
    !((highestV - lowestV) * 100 > openNeutralSpreadPct * limits.nominalV),
  judge(sample, _channel, { openNeutralSpreadPct, openNeutralLoadPct, deadbandV }) {
    if (sample.outage) return MASKED;
    if (!isThreePhase(sample)) return SKIP;
    const { lowestV, highestV, loadPct, limits } = sample;
    const isOver = highestV > limits.highV;
    // A lost phase has a condition of its own.
    if (lowestV < limits.outageV) return MASKED;
    if (lowestV < OPEN_PHASE_PU * limits.nominalV && !isOver) return 0;
    const spreadV = highestV - lowestV;
    const farV = (openNeutralSpreadPct / 100) * limits.nominalV + TOLERANCE;
    const isFar = spreadV > farV && loadPct < openNeutralLoadPct;
    const isWide = spreadV > 2 * farV && isOver;
    const held = spreadV > 2 * farV - deadbandV ? 2 : +(spreadV > farV - deadbandV);
    return verdict(isWide ? 2 : +isFar, held, false);
  },
  valueV: () => null,
  limitV: () => null,
};
