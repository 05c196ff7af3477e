import { describe, expect, it } from 'vitest';
import { flagOutage, isOutage, resolveLimits } from '../../server/core/limits.ts';
import { READING_FLAG } from '../../server/core/reading.ts';
import { readingAt } from './timeline.ts';

describe('resolveLimits', () => {
  it.each([
    {
      profile: 'gbt-12325',
      nominalV: 220,
      lowV: 198,
      highV: 235.4,
      seriousV: 187,
      severeV: 176,
      highSeriousV: 242,
      highSevereV: 253,
    },
    {
      profile: 'gbt-12325',
      nominalV: 240,
      lowV: 216,
      highV: 256.8,
      seriousV: 204,
      severeV: 192,
      highSeriousV: 264,
      highSevereV: 276,
    },
    {
      profile: 'en-50160',
      nominalV: 230,
      lowV: 207,
      highV: 253,
      seriousV: 195.5,
      severeV: 184,
      highSeriousV: 253,
      highSevereV: 264.5,
    },
    {
      profile: 'ansi-c84.1',
      nominalV: 120,
      lowV: 114,
      highV: 126,
      seriousV: 102,
      severeV: 96,
      highSeriousV: 132,
      highSevereV: 138,
    },
  ] as const)('$profile at $nominalV V', ({ profile, nominalV, ...expected }) => {
    expect(resolveLimits(profile, nominalV)).toEqual({ nominalV, outageV: nominalV / 10, ...expected });
  });

  it('has no mild high voltage under EN 50160, where the limit of all values is that of 95 % of them', () => {
    const { highV, highSeriousV, lowV, seriousV } = resolveLimits('en-50160', 230);
    expect(highSeriousV).toBe(highV);
    expect(seriousV).toBeLessThan(lowV);
  });

  it('takes an override, and never lets severities cross', () => {
    const limits = resolveLimits('gbt-12325', 220, undefined, { lowV: 180, highV: 230 });
    expect(limits).toMatchObject({ lowV: 180, highV: 230, seriousV: 180, severeV: 176, highSeriousV: 242 });
    const wide = resolveLimits('gbt-12325', 220, undefined, { highV: 260 });
    expect(wide).toMatchObject({ highV: 260, highSeriousV: 260, highSevereV: 260 });
  });
});

describe('isOutage', () => {
  it.each([
    { volts: [0, 0, 0], out: true },
    { volts: [21.9, NaN, NaN], out: true },
    { volts: [22, 0, 0], out: false },
    { volts: [NaN, NaN, NaN], out: false },
    { volts: [0, NaN, 220], out: false },
  ])('$volts: $out', ({ volts, out }) => {
    const [uaV, ubV, ucV] = volts as [number, number, number];
    expect(isOutage(readingAt(0, { uaV, ubV, ucV }), 22)).toBe(out);
  });

  it('flags for statistics', () => {
    const reading = readingAt(0, { uaV: 1, flags: READING_FLAG.gap });
    flagOutage(reading, 220);
    expect(reading.flags).toBe(READING_FLAG.gap | READING_FLAG.outage);
  });
});
