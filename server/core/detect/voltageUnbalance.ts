import { isThreePhase, MASKED, SKIP, TOLERANCE, verdict, type Detector, type Sample } from './detector.ts';

/**
 * Voltage unbalance (三相电压不平衡, GB/T 15543: negative over positive sequence, 2 % in the long run, 4 % for a short time), estimated
 * from the magnitudes of the phase voltages, as their angles are not measured: the largest deviation of a phase from the
 * mean of the three, over that mean (as NEMA MG 1 does with line voltages).
 *
 * Its error: with negative sequence alone it is between 0.87 and 1 of the true value. A displaced neutral (zero sequence,
 * Yyn0 transformers, line ends) counts as if it were negative sequence, so there it is an upper bound.
 */
export const voltageUnbalance: Detector = {
  condition: 'voltage-unbalance',
  channels: [null],
  levels: [
    { severity: 'mild', shows: 'watch' },
    { severity: 'serious', shows: 'watch' },
  ],
  onDelaysMs: (s) => [s.unbalanceDelayS * 1000, s.unbalanceDelayS * 1000],
  offDelayMs: (s) => s.clearDelayS * 1000,

  // No phase is further from the mean of three than two thirds of the spread.
  rests: ({ lowestV, highestV }, { voltageUnbalancePct }) =>
    !((highestV - lowestV) * 200 > 3 * voltageUnbalancePct * lowestV),
  judge(sample, _channel, { voltageUnbalancePct, voltageUnbalanceSeriousPct, unbalanceDeadbandPct }) {
    if (sample.outage || sample.lowestV < sample.limits.outageV) return MASKED;
    if (!isThreePhase(sample)) return SKIP;
    const pct = unbalancePct(sample);
    const on = +(pct > voltageUnbalancePct) + +(pct > voltageUnbalanceSeriousPct);
    const keptPct = pct + unbalanceDeadbandPct;
    return verdict(on, +(keptPct > voltageUnbalancePct) + +(keptPct > voltageUnbalanceSeriousPct), false);
  },
  valueV: () => null,
  limitV: () => null,
};

function unbalancePct({ uaV, ubV, ucV, lowestV, highestV }: Sample): number {
  const meanV = (uaV + ubV + ucV) / 3;
  return (100 * Math.max(highestV - meanV, meanV - lowestV)) / meanV - TOLERANCE;
}
