import { READING_FLAG, emptyReading, type Reading } from '../../server/core/reading.ts';
import type { ReadingStore, SeriesQuery } from '../../server/ports.ts';

/** Readings for the contract of stores. */

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const ZONE = 'Asia/Shanghai';
/** Midnight in {@link ZONE}, 21 July 2026. */
export const T0 = Date.UTC(2026, 6, 20, 16);
/** GB/T 12325-2008, 220 V. */
export const LIMITS = Object.freeze({ lowV: 198, highV: 235.4 });

export function reading(values: Partial<Reading> = {}): Reading {
  return { ...emptyReading('T1', 'outlet', T0), ...values };
}

/**
 * A local day of every case that a summary tells apart: low and high hours, an outage, a lost phase, lengths sent and not
 * sent, a gap, readings at odd seconds, the last millisecond of the day.
 */
export function day(): Reading[] {
  const rows: Reading[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 7) {
    const hour = Math.floor(minute / 60);
    if (hour === 4) continue;
    const row = reading({ tsMs: T0 + minute * 60_000 + (minute % 3) * 1000 });
    const dipV = hour === 19 || hour === 20 ? 30 : 0;
    row.uaV = 221 + (minute % 11) / 10 - dipV;
    row.ubV = hour === 10 ? NaN : 224.4 + (minute % 5);
    row.ucV = hour === 2 ? 236.7 : 219.3;
    row.uaMinV = row.uaV - 3.3;
    row.intervalS = hour < 12 ? 420 : NaN;
    row.iaA = 100 + hour;
    row.ibA = minute % 2 === 0 ? 90 : NaN;
    row.pKw = 50 + (minute % 13);
    row.qKvar = hour > 6 ? 12.5 : NaN;
    if (hour === 15) {
      Object.assign(row, { uaV: 0, ubV: 0.4, ucV: 0, uaMinV: 0, iaA: 0, flags: READING_FLAG.outage });
    }
    // Phase C is dead for an hour and a half, with currents; phase A of a moment, in the middle of a window.
    if (hour === 17 || (hour === 18 && minute % 60 < 30)) Object.assign(row, { ucV: 0.3, ucMinV: 0 });
    if (hour === 21 && minute % 60 < 10) Object.assign(row, { uaV: 12, uaMinV: NaN });
    if (hour === 16) row.flags = READING_FLAG.late;
    rows.push(row);
  }
  rows.push(reading({ tsMs: T0 + DAY - 1, uaV: 218, ubV: 217, ucV: 216 }));
  return rows;
}

/** Stored rows as they were written. */
export async function whole(store: ReadingStore, query: SeriesQuery): Promise<Reading[]> {
  const { tsMs, flags, ...columns } = await store.readings(query);
  return Array.from(tsMs, (time, i) => ({
    ...emptyReading(query.transformerId, query.point, time),
    ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]])),
    flags: flags[i]!,
  }));
}
