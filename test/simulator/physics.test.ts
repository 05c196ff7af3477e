import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, dayOf, festivalShare, springFestivalDay } from '../../simulator/calendar.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { buildNoise } from '../../simulator/noise.ts';
import { coolingDegrees, heatingDegrees, loadBasis, sunPu } from '../../simulator/physics/load.ts';
import { LV_CONDUCTORS, feederDropPu, lvLineOhm, sectionDropPu } from '../../simulator/physics/network.ts';
import {
  RATED_SECONDARY_V,
  nameplate,
  phaseDropV,
  shortCircuitImpedance,
  tapRatio,
} from '../../simulator/physics/transformer.ts';
import { recordedWeather, spells, syntheticWeather } from '../../simulator/physics/weather.ts';
import { openScenario } from '../../simulator/scenarios/scenario.ts';
import { nominalLoad, openSimulation, solveFeeder, timeAxis } from '../../simulator/solver.ts';

/** The physics against the tables of the handbooks: full-load drops, taps, conductors, seasons. */

describe('transformer', () => {
  it.each([
    [100, 2.6, 3.0, 3.4, 0.041],
    [200, 2.4, 2.8, 3.3, 0.019],
    [315, 2.3, 2.7, 3.2, 0.012],
    [400, 2.2, 2.7, 3.2, 0.009],
    [630, 2.3, 2.8, 3.4, 0.006],
  ])('%d kVA loses at full load what its nameplate says', (kva, at95, at90, at80, voltPerAmpere) => {
    const z = shortCircuitImpedance(nameplate(kva));
    const perPhaseVa = (kva * 1000) / 3;
    const dropPct = (pf: number): number =>
      (phaseDropV(z, perPhaseVa * pf, perPhaseVa * Math.sqrt(1 - pf * pf), RATED_SECONDARY_V) /
        RATED_SECONDARY_V) *
      100;
    expect(dropPct(0.95)).toBeCloseTo(at95, 0.9);
    expect(Math.abs(dropPct(0.95) - at95)).toBeLessThan(0.06);
    expect(Math.abs(dropPct(0.9) - at90)).toBeLessThan(0.06);
    expect(Math.abs(dropPct(0.8) - at80)).toBeLessThan(0.06);
    const fullLoadA = perPhaseVa / RATED_SECONDARY_V;
    expect(Math.abs(((dropPct(0.95) / 100) * RATED_SECONDARY_V) / fullLoadA - voltPerAmpere)).toBeLessThan(
      0.001,
    );
  });

  it('one tap is worth about 5.8 V, position 1 the lowest', () => {
    const at = (tap: number): number => RATED_SECONDARY_V / tapRatio(tap, 2.5);
    expect(at(3)).toBeCloseTo(230.94, 2);
    expect(at(4) - at(3)).toBeGreaterThan(5.6);
    expect(at(4) - at(3)).toBeLessThan(6);
    expect(at(1)).toBeLessThan(at(2));
  });

  it('has no nameplate for a size that nobody makes', () => {
    expect(() => nameplate(123)).toThrow(RangeError);
  });
});

describe('lines', () => {
  it.each([
    ['JKLYJ-240', 0.23],
    ['JKLYJ-120', 0.37],
    ['JKLYJ-70', 0.56],
    ['LGJ-50', 0.78],
  ] as const)('%s loses %d %% for a megawatt kilometre at .95', (conductor, pct) => {
    const drop = sectionDropPu({ parent: -1, lengthKm: 1, conductor }, 1, Math.tan(Math.acos(0.95)));
    expect(Math.abs(drop * 100 - pct)).toBeLessThan(0.012);
  });

  it('a feeder adds up flows towards the bus and drops away from it, laterals apart', () => {
    const line = { lengthKm: 2, conductor: 'JKLYJ-120' } as const;
    const sections = [
      { parent: -1, ...line },
      { parent: 0, ...line },
      { parent: 0, ...line },
    ];
    const p = [100, 200, 0].map((kw) => Float64Array.of(kw));
    const q = [0, 0, 0].map((kvar) => Float64Array.of(kvar));
    const perMw = sectionDropPu(sections[0]!, 1, 0);
    const [head, tail, empty] = feederDropPu(sections, p, q).map((d) => d[0]!);
    expect(head).toBeCloseTo(0.3 * perMw, 12);
    expect(tail).toBeCloseTo(0.5 * perMw, 12);
    expect(empty).toBeCloseTo(0.3 * perMw, 12);
  });

  it('a low-voltage line of spread load has half the ohms of its conductor', () => {
    const ohm = lvLineOhm({ conductorMm2: 50, lengthM: 1000, loadShare: 1 }, 1, 0);
    expect(ohm).toBeCloseTo(LV_CONDUCTORS[50].rOhmPerKm / 2, 12);
  });
});

describe('weather', () => {
  const weather = syntheticWeather(7, buildNoise(7).weather);
  const meanOf = (year: number, month: number): number => {
    const from = Date.UTC(year, month - 1, 1) / HOUR_MS;
    let sum = 0;
    for (let h = 0; h < 28 * 24; h++) sum += weather.tempC(0, from + h);
    return sum / (28 * 24);
  };

  it.each([2024, 2025, 2026])('%d has a winter, a summer, and afternoons warmer than nights', (year) => {
    expect(meanOf(year, 1)).toBeGreaterThan(0);
    expect(meanOf(year, 1)).toBeLessThan(9);
    expect(meanOf(year, 7)).toBeGreaterThan(26);
    expect(meanOf(year, 7)).toBeLessThan(33);
    const dayMean = (hourUtc: number): number => {
      let sum = 0;
      for (let d = 0; d < 300; d++) sum += weather.tempC(0, Date.UTC(year, 0, 1 + d, hourUtc) / HOUR_MS);
      return sum / 300;
    };
    expect(dayMean(7) - dayMean(21)).toBeGreaterThan(5); // 15 h against 5 h local
  });

  it('each year has heat waves in summer and cold snaps in winter', () => {
    for (let year = 2015; year < 2035; year++) {
      const list = spells(7, year);
      const hot = list.filter((s) => s.deltaC > 0);
      expect(hot.length).toBeGreaterThanOrEqual(2);
      for (const s of hot) {
        expect(s.fromDay).toBeGreaterThanOrEqual(dayOf(year, 7, 1));
        expect(s.fromDay).toBeLessThan(dayOf(year, 8, 25));
      }
      expect(list.filter((s) => s.deltaC < 0).length).toBeGreaterThanOrEqual(2);
    }
  });

  it('a recorded year repeats, and holes hold the value before', () => {
    const startMs = Date.UTC(2010, 0, 1) - 8 * HOUR_MS;
    const rows = Array.from({ length: 365 * 24 }, (_, i) => ({
      tsMs: startMs + i * HOUR_MS,
      tempC: i % 1000,
    }));
    const recorded = recordedWeather(rows.filter((_, i) => i !== 500));
    const hour = startMs / HOUR_MS;
    expect(recorded.tempC(0, hour + 499)).toBe(499);
    expect(recorded.tempC(0, hour + 500)).toBe(499);
    expect(recorded.tempC(0, hour + 365 * 24 * 4 + 24 + 700)).toBe(recorded.tempC(0, hour + 700));
    expect(() => recordedWeather(rows.slice(24))).toThrow(RangeError);
    expect(() => recordedWeather([])).toThrow(RangeError);
  });
});

describe('load', () => {
  it('cooling rises with heat and saturates, heating rises with cold', () => {
    expect(coolingDegrees(20)).toBe(0);
    expect(coolingDegrees(30)).toBeGreaterThan(4);
    expect(coolingDegrees(45) - coolingDegrees(40)).toBeLessThan(
      0.5 * (coolingDegrees(30) - coolingDegrees(25)),
    );
    expect(heatingDegrees(15)).toBe(0);
    expect(heatingDegrees(2)).toBe(10);
  });

  it('pumps run by day in their dry weeks only', () => {
    const hours = Float64Array.from({ length: 365 * 24 }, (_, i) => Date.UTC(2026, 0, 1) + i * HOUR_MS);
    const { base } = loadBasis(
      'irrigation',
      hours,
      hours.map(() => 20),
      7,
    );
    const on = [...base].filter((pu) => pu > 0.5).length;
    expect(on).toBeGreaterThanOrEqual(14 * 15);
    expect(on).toBeLessThanOrEqual(28 * 15);
  });

  it('the sun is up by day and higher in June than in December', () => {
    expect(sunPu(Date.UTC(2026, 5, 21, 16))).toBe(0);
    expect(sunPu(Date.UTC(2026, 5, 21, 4))).toBeGreaterThan(0.95);
    expect(sunPu(Date.UTC(2026, 11, 21, 4))).toBeLessThan(0.65);
  });

  it('Spring Festival is where the Chinese calendar has it', () => {
    const chinese = new Intl.DateTimeFormat('en-u-ca-chinese', {
      month: 'numeric',
      day: 'numeric',
      timeZone: 'UTC',
    });
    for (let year = 2009; year <= 2040; year++) {
      // Two new moons fall within ten minutes of midnight in China; ICU's approximation takes the wrong side.
      if (year === 2027 || year === 2030) continue;
      const day = springFestivalDay(year)!;
      expect([year, chinese.format(new Date(day * DAY_MS))]).toEqual([year, '1/1']);
    }
    expect(springFestivalDay(2027)).toBe(dayOf(2027, 2, 6));
    expect(springFestivalDay(2030)).toBe(dayOf(2030, 2, 3));
    expect(springFestivalDay(2050)).toBeNull();
    expect(festivalShare(springFestivalDay(2026)!)).toBe(1);
    expect(festivalShare(dayOf(2026, 5, 1))).toBe(0);
  });
});

describe('the county at its peaks', () => {
  const grid = buildGrid();
  const sim = openSimulation(grid, openScenario('heatwave', grid, 0));
  const evening = timeAxis(sim, Float64Array.of(Date.UTC(2026, 6, 20, 12, 30)));

  it('feeders lose what their sort loses: little in town, much at the ends of weak country lines', () => {
    for (const [f, feeder] of grid.feeders.entries()) {
      const worstPct = Math.max(...solveFeeder(sim, evening, f).map((node) => node.dropPu[0]! * 100));
      const [low, high] = !feeder.plan.rural ? [0.5, 5] : feeder.plan.far === 'JKLYJ-70' ? [7, 15] : [2, 9];
      expect([feeder.id, worstPct > low!, worstPct < high!]).toEqual([feeder.id, true, true]);
    }
  });

  it('summer peaks are higher than winter peaks, and neither dwarfs the other', () => {
    const cold = openSimulation(grid, openScenario('cold-snap', grid, 0));
    const winter = timeAxis(cold, Float64Array.of(Date.UTC(2026, 0, 6, 11, 30)));
    const total = (s: typeof sim, axis: typeof evening): number =>
      grid.transformers.reduce((sum, t) => sum + nominalLoad(s, axis, t).pKw[0]!, 0);
    const ratio = total(cold, winter) / total(sim, evening);
    expect(ratio).toBeGreaterThan(0.55);
    expect(ratio).toBeLessThan(1);
  });

  it.each([0, 100, 250, 330])(
    'transformer %d: voltage against current has the slope of its nameplate',
    (index) => {
      const t = { ...grid.transformers[index]!, neutralOhm: 0, tails: [] };
      const one = { ...grid, transformers: grid.transformers.map((other, i) => (i === index ? t : other)) };
      const normal = openSimulation(one, openScenario('calm', one, 0));
      const hours = Float64Array.from({ length: 500 }, (_, i) => Date.UTC(2026, 3, 1) + i * HOUR_MS);
      const axis = timeAxis(normal, hours);
      const node = solveFeeder(normal, axis, t.feeder).find((n) => n.transformer.id === t.id)!;
      const s = node.series();
      // Differences between phases leave the source voltage out.
      let xy = 0;
      let xx = 0;
      for (let i = 0; i < hours.length; i++) {
        const amps = s.iaA[i]! - s.ibA[i]!;
        xy += amps * (s.uaV[i]! - s.ubV[i]!);
        xx += amps * amps;
      }
      const cos = s.pKw.reduce((sum, p, i) => sum + p / Math.hypot(p, s.qKvar[i]!), 0) / hours.length;
      const z = t.impedance;
      const expected = z.rOhm * cos + z.xOhm * Math.sqrt(1 - cos * cos);
      expect(-xy / xx / expected).toBeGreaterThan(0.9);
      expect(-xy / xx / expected).toBeLessThan(1.1);
    },
  );
});
