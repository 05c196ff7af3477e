import { describe, expect, it } from 'vitest';
import { registryCsv, registryRows } from '../../simulator/csv.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { LOW_V, groundTruth } from '../../simulator/truth.ts';

/** The demonstration county: believable, alike for alike seeds, with the troubles that it promises. */

const grid = buildGrid();

describe('registry', () => {
  const rows = registryRows(grid);

  it('has 400 transformers on ten feeders in six areas of one county', () => {
    expect(rows).toHaveLength(400);
    expect(new Set(rows.map((r) => r.feeder_id)).size).toBe(10);
    expect(new Set(rows.map((r) => r.area_id)).size).toBe(6);
    expect(new Set(rows.map((r) => r.transformer_id)).size).toBe(400);
    expect(new Set(rows.map((r) => r.name)).size).toBe(400);
  });

  it('is named in Chinese and English and lies in one place', () => {
    for (const t of grid.transformers) {
      expect(t.name).toMatch(/^[\u4e00-\u9fff]+\d+号(公变|专变|排灌变)$/);
      expect(t.nameEn).toMatch(/^[A-Z][\w .]+ No\. \d+$/);
      expect(Math.abs(t.lon - 119.4)).toBeLessThan(0.3);
      expect(Math.abs(t.lat - 30.2)).toBeLessThan(0.3);
      expect(t.customers).toBeGreaterThan(0);
      expect(t.tapPosition).toBeGreaterThanOrEqual(1);
      expect(t.tapPosition).toBeLessThanOrEqual(5);
    }
  });

  it('is the same for the same seed, and the CSV has the header of the contract first', () => {
    const text = registryCsv(grid);
    expect(text).toBe(registryCsv(buildGrid()));
    expect(text).not.toBe(registryCsv(buildGrid({ seed: 8 })));
    expect(text.split('\n')[0]).toMatch(
      /^transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,substation_id,substation_name,lon,lat,capacity_kva,nominal_v,uk_pct,tap_position,tap_step_pct,tap_count,customers,important_customers,lv_radius_m,kind,weather_station_id,name_en/,
    );
    expect(text.trimEnd().split('\n')).toHaveLength(401);
  });

  it.each([1, 7, 40, 1000])('can have %d transformers, each on a feeder', (transformers) => {
    const other = buildGrid({ transformers });
    expect(other.transformers).toHaveLength(transformers);
    expect(other.feeders.flatMap((f) => f.nodes).sort((a, b) => a - b)).toEqual([
      ...other.transformers.keys(),
    ]);
    expect(other.feeders.every((f) => f.sections.every((s, node) => s.parent < node))).toBe(true);
  });

  it('refuses counts that make no grid', () => {
    expect(() => buildGrid({ transformers: 0 })).toThrow(RangeError);
    expect(() => buildGrid({ transformers: 5, feeders: 6 })).toThrow(RangeError);
    expect(() => buildGrid({ transformers: 10_000_000 })).toThrow(RangeError);
  });
});

describe('truth', () => {
  const season = (year: number) => groundTruth(grid, Date.UTC(year, 5, 14, 16), Date.UTC(year, 8, 14, 16));
  const lastSummer = season(2026);
  const nextSummer = season(2027);
  const low = (truths: typeof lastSummer): string[] =>
    truths.filter((t) => t.lowHours > 0).map((t) => t.transformerId);

  it('2 to 10 % of outlets are low in a summer, for every reason there is', () => {
    for (const truths of [lastSummer, nextSummer]) {
      expect(low(truths).length).toBeGreaterThanOrEqual(8);
      expect(low(truths).length).toBeLessThanOrEqual(40);
    }
    const causes = new Set(nextSummer.map((t) => t.cause));
    expect([...causes].sort()).toEqual(['feeder', 'lv-line', 'none', 'overload', 'tap', 'unbalance']);
  });

  it('some transformers that were all right last summer are low in the next', () => {
    const before = new Set(low(lastSummer));
    const entrants = low(nextSummer).filter((id) => !before.has(id));
    expect(entrants.length).toBeGreaterThanOrEqual(1);
  });

  it('low hours and minima agree, and a low line end may hide behind a good outlet', () => {
    for (const t of nextSummer) {
      expect(Math.min(t.uaMinV, t.ubMinV, t.ucMinV) < LOW_V).toBe(t.lowHours > 0);
      expect(t.tailMinV < LOW_V).toBe(t.tailLowHours > 0);
      expect(t.cause === 'none').toBe(t.lowHours === 0 && t.tailLowHours === 0);
    }
    expect(nextSummer.filter((t) => t.lowHours === 0 && t.tailLowHours > 20).length).toBeGreaterThanOrEqual(
      2,
    );
  });
});
