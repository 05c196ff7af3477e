import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../simulator/calendar.ts';
import { Devices } from '../../simulator/device.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { liveReadings, type DeviceMessage } from '../../simulator/live.ts';
import { MINUTE_MS, SCENARIO_NAMES, openScenario } from '../../simulator/scenarios/scenario.ts';
import type { ScenarioName } from '../../simulator/scenarios/scenario.ts';

/** Each scenario does what its name says, and nothing else. */

const grid = buildGrid();
/** A spring evening at 20 h local. */
const START_MS = Date.UTC(2026, 3, 22, 12);
const OUTLET_ONLY = (m: DeviceMessage): boolean => m.reading.pt === undefined;

function at(name: ScenarioName, minute: number): DeviceMessage[] {
  const scenario = openScenario(name, grid, START_MS);
  return liveReadings(grid, START_MS + minute * MINUTE_MS, MINUTE_MS, scenario).filter(OUTLET_ONLY);
}

const lowestV = ({ reading: { u } }: DeviceMessage): number => Math.min(u.a!, u.b!, u.c!);
const highestV = ({ reading: { u } }: DeviceMessage): number => Math.max(u.a!, u.b!, u.c!);
const lowCount = (name: ScenarioName): number => at(name, 0).filter((m) => lowestV(m) < 198).length;

describe('weather scenarios', () => {
  it('heat and cold bring low voltage at any date; a calm evening brings almost none', () => {
    expect(lowCount('calm')).toBeLessThanOrEqual(2);
    expect(lowCount('heatwave')).toBeGreaterThanOrEqual(5);
    expect(lowCount('cold-snap')).toBeGreaterThanOrEqual(5);
    expect(lowCount('heatwave')).toBeLessThan(grid.transformers.length / 5);
  });

  it('a calm night keeps nearly everyone within the limits', () => {
    const night = liveReadings(grid, START_MS + 7 * HOUR_MS, HOUR_MS, openScenario('calm', grid, START_MS));
    const outside = night.filter((m) => lowestV(m) < 198 || highestV(m) > 235.4);
    expect(outside.map((m) => m.transformer.id)).toEqual([]);
  });

  it('heat makes its own load in November', () => {
    const tsMs = Date.UTC(2026, 10, 24, 12);
    const power = (name: ScenarioName): number =>
      liveReadings(grid, tsMs, HOUR_MS, openScenario(name, grid, tsMs)).reduce(
        (sum, m) => sum + (m.reading.p ?? 0),
        0,
      );
    expect(power('heatwave') / power('calm')).toBeGreaterThan(1.4);
  });
});

describe('feeder-fault', () => {
  const feeder = grid.feeders.findIndex((f) => f.plan.rural);
  const on = (m: DeviceMessage): boolean => m.transformer.feeder === feeder;

  it.each([
    [0, 190, 245],
    [10, 165, 215],
    [40, 0, 0],
    [70, 190, 245],
  ])('minute %d: the feeder is between %d and %d V, the others as ever', (minute, minV, maxV) => {
    const before = at('feeder-fault', 0).filter((m) => !on(m));
    const now = at('feeder-fault', minute);
    for (const m of now.filter(on)) {
      expect(lowestV(m)).toBeGreaterThanOrEqual(minV);
      expect(highestV(m)).toBeLessThanOrEqual(maxV);
    }
    const moved = now.filter((m) => !on(m)).map((m, i) => Math.abs(lowestV(m) - lowestV(before[i]!)));
    expect(Math.max(...moved)).toBeLessThan(12);
  });

  it('sinks worst where the line is longest', () => {
    const during = at('feeder-fault', 10).filter(on);
    const mean = (list: DeviceMessage[]): number => list.reduce((s, m) => s + lowestV(m), 0) / list.length;
    const byDistance = during.sort((a, b) => a.transformer.distanceKm - b.transformer.distanceKm);
    expect(mean(byDistance.slice(0, 8))).toBeGreaterThan(mean(byDistance.slice(-8)) + 2);
  });
});

describe('bad-neutral', () => {
  it('spreads the phases of one transformer and of no other', () => {
    const spread = (minute: number): Map<string, number> =>
      new Map(at('bad-neutral', minute).map((m) => [m.transformer.id, highestV(m) - lowestV(m)]));
    const before = spread(0);
    const after = spread(15);
    const grown = [...after].filter(([id, v]) => v > before.get(id)! + 10).map(([id]) => id);
    const [event] = openScenario('bad-neutral', grid, START_MS).events;
    expect(grown).toEqual([grid.transformers[event!.transformer!]!.id]);
  });
});

describe('devices', () => {
  const run = (name: ScenarioName, intervals: number) => {
    const scenario = openScenario(name, grid, START_MS);
    const devices = new Devices(scenario);
    const sent: DeviceMessage[] = [];
    for (let i = 0; i < intervals; i++) {
      sent.push(...devices.deliver(liveReadings(grid, START_MS + i * MINUTE_MS, MINUTE_MS, scenario)));
    }
    sent.push(...devices.flush());
    return { counts: devices.counts, sent };
  };

  it.each(SCENARIO_NAMES.filter((n) => n !== 'normal' && n !== 'comms-storm'))('%s loses nothing', (name) => {
    const { counts } = run(name, 2);
    expect(counts).toEqual({
      made: counts.made,
      sent: counts.made,
      gaps: 0,
      duplicates: 0,
      reordered: 0,
      drifted: 0,
      stuck: 0,
    });
  });

  it('a storm loses, repeats and delays in its proportions, and every message is accounted for', () => {
    const { counts, sent } = run('comms-storm', 20);
    expect(sent).toHaveLength(counts.sent);
    expect(counts.sent).toBe(counts.made - counts.gaps + counts.duplicates);
    const share = (n: number): number => n / counts.made;
    expect(Math.abs(share(counts.gaps) - 0.2)).toBeLessThan(0.02);
    expect(Math.abs(share(counts.duplicates) - 0.1 * 0.8 * 0.85)).toBeLessThan(0.015);
    expect(Math.abs(share(counts.reordered) - 0.15 * 0.8)).toBeLessThan(0.02);
    expect(share(counts.drifted)).toBeGreaterThan(0.01);
    expect(share(counts.drifted)).toBeLessThan(0.1);
    expect(counts.stuck).toBeGreaterThan(0);
  });

  it('delayed messages come after a later reading of their point, repeats are byte-equal', () => {
    const { sent, counts } = run('comms-storm', 20);
    const last = new Map<string, number>();
    let late = 0;
    const seen = new Set<string>();
    let repeats = 0;
    for (const { reading } of sent) {
      const point = `${reading.id}/${reading.pt}`;
      if (reading.seq! < (last.get(point) ?? -1)) late++;
      last.set(point, Math.max(last.get(point) ?? -1, reading.seq!));
      const text = JSON.stringify(reading);
      if (seen.has(text)) repeats++;
      seen.add(text);
    }
    expect(late).toBeGreaterThan(counts.reordered * 0.6);
    expect(repeats).toBe(counts.duplicates);
  });

  it('the same storm strikes the same messages', () => {
    expect(run('comms-storm', 3)).toEqual(run('comms-storm', 3));
  });
});

describe('ordinary life', () => {
  it('has outages: zeros on every phase at some point in two weeks', () => {
    const scenario = openScenario('normal', grid, START_MS);
    let outages = 0;
    for (let h = 0; h < 14 * 24; h += 2) {
      const messages = liveReadings(grid, START_MS - 30 * DAY_MS + h * HOUR_MS, MINUTE_MS, scenario);
      outages += messages.filter((m) => highestV(m) === 0).length;
    }
    expect(outages).toBeGreaterThan(3);
  });
});
