/**
 * A history CSV of one transformer with the disorder of real ones: an irregular clock, rows sent twice (some with other
 * values), some out of order, stretches of zeros. The same seed and start give the same bytes.
 */
export interface HistoryFile {
  csv: string;
  rows: number;
  /** Different times. */
  distinct: number;
  /** Distinct rows of nothing but zeros, and how many stretches of them. */
  zeroRows: number;
  zeroRuns: number;
}

export const REPLAYED_ID = 'REPLAY-01';
const NOMINAL_V = 240;

/** The registry that knows the transformer of the file. */
export const REPLAYED_REGISTRY = `transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,capacity_kva,nominal_v,customers
${REPLAYED_ID},Replayed,chengxi,A1,Area,F1,Feeder,400,${NOMINAL_V},80
`;

const QUARTER_MS = 900_000;
/** Chances, about those counted in a year of one real transformer. */
const TWICE = 0.023;
const TWICE_WITH_OTHER_VALUES = 0.9;
const OUT_OF_ORDER = 0.02;
const MINUTES_OFF = 0.3;
/** Quarter hours between the beginnings of two outages, and how long one lasts. */
const OUTAGE_EVERY = 97;
const OUTAGE_ROWS = 3;

interface Row {
  tsMs: number;
  text: string;
}

/** @param seed 1 … 2^31 − 2 */
export function disorderedHistory(seed: number, fromMs: number, toMs: number): HistoryFile {
  let state = seed;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const rows: Row[] = [];
  let distinct = 0;
  let zeroRows = 0;
  let zeroRuns = 0;
  const rowOf = (tsMs: number, isOut: boolean): Row => {
    const values = Array.from({ length: 7 }, (_, i) =>
      isOut ? 0 : i < 3 ? NOMINAL_V - 6 + random() * 18 : random() * 90,
    );
    return { tsMs, text: [REPLAYED_ID, isoOf(tsMs), ...values.map((v) => v.toFixed(1))].join(',') };
  };
  for (let i = 0; ; i++) {
    const tsMs = fromMs + i * QUARTER_MS + (random() < MINUTES_OFF ? Math.floor(random() * 10) * 60_000 : 0);
    if (tsMs >= toMs) break;
    const isOut = i % OUTAGE_EVERY >= OUTAGE_EVERY - OUTAGE_ROWS;
    if (isOut) zeroRows++;
    if (i % OUTAGE_EVERY === OUTAGE_EVERY - 1) zeroRuns++;
    distinct++;
    const row = rowOf(tsMs, isOut);
    rows.push(row);
    if (random() < TWICE) rows.push(random() < TWICE_WITH_OTHER_VALUES ? rowOf(tsMs, isOut) : row);
  }
  for (let i = 1; i < rows.length; i++) {
    if (random() < OUT_OF_ORDER) [rows[i - 1], rows[i]] = [rows[i]!, rows[i - 1]!];
  }
  const lines = ['transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,in_a', ...rows.map((row) => row.text)];
  return { csv: lines.join('\n') + '\n', rows: rows.length, distinct, zeroRows, zeroRuns };
}

/** With an offset, as the file of a device in another country. */
function isoOf(tsMs: number): string {
  const offsetMin = 330;
  return new Date(tsMs + offsetMin * 60_000).toISOString().replace('.000Z', '+05:30');
}
