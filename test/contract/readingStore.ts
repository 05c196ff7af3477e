import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { summarise } from '../../server/core/aggregate.ts';
import { zoneOffset } from '../../server/core/localTime.ts';
import { READING_FLAG, type Reading } from '../../server/core/reading.ts';
import { MEAN_INTERVAL_MS } from '../../server/core/summary.ts';
import type { ReadingStore } from '../../server/ports.ts';
import { dailySummary } from '../dailySummary.ts';
import { deadPhaseContract } from './deadPhase.ts';
import { meanScanContract } from './meanScan.ts';
import { DAY, HOUR, LIMITS, T0, ZONE, day, reading, whole } from './readingStoreRows.ts';

const OFFSET = zoneOffset(ZONE);
const SPAN = { transformerId: 'T1', point: 'outlet', fromMs: T0, toMs: T0 + DAY };
const EVERYTHING = { fromMs: 0, toMs: Date.UTC(2100, 0) };

/**
 * What every reading store keeps. `prepare` gives what makes a store over one empty place, working in {@link ZONE} and judging
 * by {@link LIMITS}, and what removes that place.
 */
export function readingStoreContract(
  name: string,
  prepare: () => Promise<{ make: () => ReadingStore; dispose: () => Promise<void> }>,
): void {
  describe(`${name} as a reading store`, () => {
    let make: () => ReadingStore;
    let store: ReadingStore;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      ({ make, dispose } = await prepare());
      store = make();
      await store.start();
    });
    afterEach(async () => {
      await store.stop();
      await dispose();
    });

    const keep = async (rows: readonly Reading[]): Promise<void> => {
      expect(await store.writeReadings(rows)).toEqual({ kind: 'stored' });
    };

    it('is empty at first, and takes an empty write', async () => {
      await keep([]);
      expect(await store.writeMeans([])).toEqual({ kind: 'stored' });
      expect(await store.writeDailies([])).toEqual({ kind: 'stored' });
      expect(await store.countReadings(EVERYTHING)).toBe(0);
      expect(await store.latest(0)).toEqual([]);
      expect(await store.points('T1')).toEqual([]);
      expect(await store.means(SPAN)).toEqual([]);
      expect(await store.dailies(EVERYTHING)).toEqual([]);
      expect((await store.readings(SPAN)).tsMs).toHaveLength(0);
      expect((await store.series(SPAN, HOUR)).tsMs).toHaveLength(0);
      await store.recompute([SPAN]);
      await store.recomputeAll(0, T0);
    });

    it('gives every value back as it came, unmeasured ones as NaN, in ascending time', async () => {
      const rows = [
        reading({ tsMs: T0 + 2000, intervalS: 900, uaV: 221.123456789, iaA: 0, flags: 255 }),
        reading({ tsMs: T0 + 1000, ubV: 1e-7, ucV: 330.5, inA: 41.25, uaMinV: 216, pKw: -205.1, qKvar: 1e9 }),
      ];
      await keep(rows);
      expect(await whole(store, SPAN)).toEqual([rows[1], rows[0]]);
    });

    it('reads up to the end of the span, not further, and no more than the limit', async () => {
      await keep([0, 1, 2, 3].map((k) => reading({ tsMs: T0 + k * 1000, uaV: 220 + k })));
      const columns = await store.readings({ ...SPAN, fromMs: T0 + 1000, toMs: T0 + 3000 });
      expect([...columns.tsMs]).toEqual([T0 + 1000, T0 + 2000]);
      expect([...(await store.readings(SPAN, 3)).uaV]).toEqual([220, 221, 222]);
    });

    it('keeps the last write of an identity, within a write and across writes', async () => {
      await keep([reading({ uaV: 210 }), reading({ uaV: 211 })]);
      await keep([reading({ uaV: 212, flags: READING_FLAG.late })]);
      await keep([reading({ uaV: 212, flags: READING_FLAG.late })]);
      expect(await whole(store, SPAN)).toEqual([reading({ uaV: 212, flags: READING_FLAG.late })]);
      expect(await store.countReadings(EVERYTHING)).toBe(1);
      expect(await store.points('T1')).toEqual([{ point: 'outlet', firstMs: T0, lastMs: T0, count: 1 }]);
    });

    it('tells points and transformers apart, whatever their names hold', async () => {
      const ids = ['T 1', 'T,1', 'T=1', `T'1`, 'T"1', 'T\\1', 'T1;--', '台区一', 'T1'];
      await keep(ids.map((transformerId, k) => reading({ transformerId, uaV: 200 + k })));
      await keep([reading({ point: 'tail-7', tsMs: T0 + 5, uaV: 190 })]);
      for (const [k, transformerId] of ids.entries()) {
        expect([...(await store.readings({ ...SPAN, transformerId })).uaV]).toEqual([200 + k]);
        expect(await store.countReadings({ ...EVERYTHING, transformerId })).toBe(
          transformerId === 'T1' ? 2 : 1,
        );
      }
      expect((await store.points('T1')).map(({ point }) => point).sort()).toEqual(['outlet', 'tail-7']);
    });

    it('gives the latest reading of each point since a time', async () => {
      await keep([
        reading({ uaV: 1 }),
        reading({ tsMs: T0 + 60_000, uaV: 2 }),
        reading({ transformerId: 'T2', tsMs: T0 + 30_000, uaV: 3 }),
        reading({ transformerId: 'T3', tsMs: T0 - 1, uaV: 4 }),
      ]);
      await keep([reading({ tsMs: T0 + 1000, uaV: 5, flags: READING_FLAG.late })]);
      const latest = (await store.latest(T0)).map(({ transformerId, uaV }) => [transformerId, uaV]);
      expect(latest.sort()).toEqual([
        ['T1', 2],
        ['T2', 3],
      ]);
    });

    it('keeps means and daily summaries, the last write of each', async () => {
      const { means, dailies } = summarise(day(), { offset: OFFSET, limits: LIMITS });
      for (const flags of [1, 2]) {
        expect(await store.writeMeans(means.map((mean) => ({ ...mean, flags })))).toEqual({ kind: 'stored' });
        expect(await store.writeDailies(dailies.map((daily) => ({ ...daily, lowHours: flags })))).toEqual({
          kind: 'stored',
        });
      }
      expect(await store.means(SPAN)).toEqual(means.map((mean) => ({ ...mean, flags: 2 })));
      const query = { transformerId: 'T1', fromMs: T0, toMs: T0 + DAY };
      expect(await store.dailies(query)).toEqual(dailies.map((daily) => ({ ...daily, lowHours: 2 })));
      expect(await store.dailies({ ...query, transformerId: 'T2' })).toEqual([]);
      expect(await store.dailies({ fromMs: T0 + 1, toMs: T0 + DAY })).toEqual([]);
    });

    it('sums the monitored time of every point over the days that begin in a span', async () => {
      const days = [
        { dayMs: T0, monitoredMin: 1440, qualifiedMin: 1400 },
        { dayMs: T0 + DAY, monitoredMin: 2880, qualifiedMin: 1000 },
        { dayMs: T0 + DAY, point: 'tail-7', monitoredMin: 30, qualifiedMin: 15 },
        { dayMs: T0, transformerId: '台区 2', monitoredMin: 0, qualifiedMin: 0 },
        { dayMs: T0 + 2 * DAY, monitoredMin: 7, qualifiedMin: 7 },
      ];
      await store.writeDailies(days.map((over) => dailySummary(over)));
      const sums = await store.monitoredTimes({ fromMs: T0, toMs: T0 + 2 * DAY });
      const shown = sums.map((s) => [s.transformerId, s.point, s.monitoredMin, s.qualifiedMin, s.coveredMin]);
      expect(shown.toSorted()).toEqual([
        ['T1', 'outlet', 4320, 2400, 2880],
        ['T1', 'tail-7', 30, 15, 30],
        ['台区 2', 'outlet', 0, 0, 0],
      ]);
      expect(await store.monitoredTimes({ fromMs: T0 - DAY, toMs: T0 })).toEqual([]);
    });

    describe('recomputation', () => {
      const expected = () => summarise(day(), { offset: OFFSET, limits: LIMITS });

      const all = { fromMs: 0, toMs: T0 + 9 * DAY };
      const made = async () => ({
        means: near(await store.means({ ...SPAN, ...all })),
        dailies: near(await store.dailies({ transformerId: 'T1', ...all })),
      });
      const wanted = () => ({ means: near(expected().means), dailies: near(expected().dailies) });

      it('makes of a span, rounded outwards to ticks and local days, what the stream would have', async () => {
        await keep([...day()].reverse());
        await store.recompute([{ ...SPAN, fromMs: T0 + 1, toMs: T0 + DAY - 1 }]);
        expect(await made()).toEqual(wanted());
      });

      it('makes the whole day of a moment', async () => {
        await keep(day());
        await store.recompute([{ ...SPAN, fromMs: T0 + 13 * HOUR, toMs: T0 + 13 * HOUR + 1 }]);
        expect(near(await store.dailies({ transformerId: 'T1', ...EVERYTHING }))).toEqual(
          near(expected().dailies),
        );
        const tick = { ...SPAN, fromMs: T0 + 13 * HOUR, toMs: T0 + 13 * HOUR + MEAN_INTERVAL_MS };
        const means = expected().means.filter(({ tsMs }) => tsMs === tick.fromMs);
        expect(near(await store.means(tick))).toEqual(near(means));
      });

      it('does so for every point, and says how far it is', async () => {
        await keep(day());
        await keep(day().map((row) => ({ ...row, transformerId: 'T2' })));
        const shares: number[] = [];
        await store.recomputeAll(0, T0 + 2 * DAY, (share) => shares.push(share));
        expect(await made()).toEqual(wanted());
        expect(await store.dailies(EVERYTHING)).toHaveLength(2 * expected().dailies.length);
        expect(shares.at(-1)).toBe(1);
        expect(shares).toEqual([...shares].sort((left, right) => left - right));
      });

      it('replaces what was there when a late reading came', async () => {
        const late = day()[40]!;
        await keep(day().filter((row) => row !== late && row.tsMs !== late.tsMs));
        await store.recompute([SPAN]);
        await keep([late]);
        await store.recompute([{ ...SPAN, fromMs: late.tsMs, toMs: late.tsMs + 1 }]);
        expect(await made()).toEqual(wanted());
      });

      it('leaves other points and other days alone', async () => {
        const { means, dailies } = expected();
        await store.writeMeans(means.map((mean) => ({ ...mean, transformerId: 'T2', count: 7 })));
        await store.writeDailies(dailies.map((daily) => ({ ...daily, dayMs: T0 - DAY, lowHours: 9 })));
        await keep(day());
        await store.recompute([SPAN]);
        const others = await store.means({ ...SPAN, transformerId: 'T2' });
        expect(new Set(others.map(({ count }) => count))).toEqual(new Set([7]));
        const [before] = await store.dailies({ transformerId: 'T1', fromMs: T0 - DAY, toMs: T0 });
        expect(before?.lowHours).toBe(9);
      });
    });

    describe('series', () => {
      it.each([
        ['from raw readings', 15 * 60_000, false],
        ['from 10-minute means', 30 * 60_000, true],
        ['where no means exist', 30 * 60_000, false],
      ])('down-samples %s: root mean square, lowest and highest, gaps, outages', async (_, stepMs, means) => {
        const at = (minute: number): number => T0 + minute * 60_000;
        await keep([
          reading({ tsMs: at(0), uaV: 210, uaMinV: 205, iaA: 10, pKw: 4 }),
          reading({ tsMs: at(10), uaV: 230, iaA: 20 }),
          reading({ tsMs: at(90), uaV: 0, ubV: 0, ucV: 0, iaA: 0, flags: READING_FLAG.outage }),
          reading({ tsMs: at(100), uaV: 220 }),
        ]);
        if (means) await store.recompute([SPAN]);
        const series = await store.series(SPAN, stepMs);
        expect(series.stepMs).toBe(stepMs);
        expect([...series.tsMs]).toEqual([at(0), at(90)]);
        expect(series.uaV[0]).toBeCloseTo(Math.sqrt((210 ** 2 + 230 ** 2) / 2), 9);
        expect(series.uaV[1]).toBeCloseTo(220, 9);
        expect([series.uaMinV[0], series.uaMaxV[0], series.uaMinV[1]]).toEqual([205, 230, 220]);
        expect([...series.ubV]).toEqual([NaN, NaN]);
        expect([...series.iaA]).toEqual([15, 0]);
        expect([...series.pKw]).toEqual([4, NaN]);
        expect([...series.count]).toEqual([2, 2]);
        expect([...series.outageCount]).toEqual([0, 1]);
      });

      it('joins means and the raw readings of windows that have none', async () => {
        await keep([reading({ tsMs: T0, uaV: 220 })]);
        await store.recompute([SPAN]);
        await keep([reading({ tsMs: T0 + MEAN_INTERVAL_MS, uaV: 210 })]);
        const series = await store.series(SPAN, MEAN_INTERVAL_MS);
        expect([...series.tsMs]).toEqual([T0, T0 + MEAN_INTERVAL_MS]);
        expect([...series.uaV].map((voltageV) => Math.round(voltageV * 1e9) / 1e9)).toEqual([220, 210]);
      });
    });

    deadPhaseContract(() => store);
    meanScanContract(() => store);

    it('forgets readings and means before a time, never daily summaries', async () => {
      await keep([...day(), reading({ tsMs: T0 + DAY, uaV: 221 })]);
      await store.recomputeAll(T0, T0 + 2 * DAY);
      await store.deleteBefore(T0 + DAY);
      expect(await store.countReadings(EVERYTHING)).toBe(1);
      expect(await store.means({ ...SPAN, toMs: T0 + 2 * DAY })).toHaveLength(1);
      expect(await store.dailies(EVERYTHING)).toHaveLength(2);
      await keep([reading({ tsMs: T0 + DAY + 60_000, uaV: 222 })]);
      expect(await store.countReadings(EVERYTHING)).toBe(2);
    });

    it('keeps everything over a restart', async () => {
      await keep(day());
      await store.recompute([SPAN]);
      const before = [await whole(store, SPAN), await store.means(SPAN)];
      await store.stop();
      store = make();
      await store.start();
      expect([await whole(store, SPAN), await store.means(SPAN)]).toEqual(before);
    });

    it('says what it is', async () => {
      const health = await store.health();
      expect(health.ok).toBe(true);
      expect(health.product).toMatch(/^(duckdb|influxdb) v?\d+\.\d+\.\d+/);
    });

    it('refuses more rows at once than the port allows', async () => {
      const rows = Array.from({ length: 20_001 }, (_, k) => reading({ tsMs: T0 + k, uaV: 220 }));
      expect((await store.writeReadings(rows)).kind).toBe('too-large');
      expect(await store.countReadings(EVERYTHING)).toBe(0);
    });
  });
}

/** Rows with numbers rounded far below what a meter can tell: sums may be taken in another order. */
function near(rows: readonly object[]): object[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .map(([key, value]) => [
          key,
          typeof value === 'number' ? Number(value.toPrecision(10)) : (value as string),
        ])
        .sort(([left], [right]) => String(left).localeCompare(String(right))),
    ),
  );
}
