import type { Incident } from '../../server/core/incident/incident.ts';
import { resolveLimits } from '../../server/core/limits.ts';
import type { MeanColumns, VoltageMean } from '../../server/core/summary.ts';
import { replayThresholds, type ThresholdOutcome } from '../../server/pipeline/thresholdReplay.ts';
import { modelOf } from '../simulation/simulatedGrid.ts';
import { runSeed } from '../simulation/rootCause.ts';
import type { BenchResult } from './main.ts';

/**
 * How near a threshold replay comes to what really happened: simulated counties through detection and grouping as they
 * are live, and the rule in force replayed over the means that came of it. No bar: it says what the numbers are worth.
 */
const FIRST_SEED = 201;
const SEEDS = 12;

/** What a replay judges. */
const REPLAYED: ReadonlySet<string> = new Set(['under-voltage', 'over-voltage', 'outage', 'phase-loss']);

export async function run(): Promise<BenchResult> {
  const live = { incidents: 0, told: 0 };
  const replayed = { incidents: 0, told: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const means = new Map<string, VoltageMean[]>();
    const { incidents, grid } = runSeed(seed, (rows) => rows.forEach((row) => keep(means, row)));
    const own = incidents.filter(isReplayable);
    live.incidents += own.length;
    live.told += own.filter(isTold).length;
    const { draft } = await replay(means, modelOf(grid));
    replayed.incidents += draft.incidents;
    replayed.told += draft.pages;
  }
  return {
    name: 'replayGroups',
    bars: [],
    detail: { simulated: true, seeds: `${FIRST_SEED}–${FIRST_SEED + SEEDS - 1}`, live, replayed },
  };
}

function isReplayable({ mergedInto, members }: Incident): boolean {
  return mergedInto === null && members.some(({ condition }) => REPLAYED.has(condition));
}

function isTold({ peakSeverity, members }: Incident): boolean {
  return peakSeverity !== 'mild' || members.some(({ condition }) => /outage|phase-loss/.test(condition));
}

function keep(means: Map<string, VoltageMean[]>, row: VoltageMean): void {
  const key = JSON.stringify([row.transformerId, row.point]);
  const rows = means.get(key);
  if (rows === undefined) means.set(key, [row]);
  else rows.push(row);
}

function replay(
  means: ReadonlyMap<string, VoltageMean[]>,
  grid: ReturnType<typeof modelOf>,
): Promise<ThresholdOutcome> {
  const rule = { detection: {}, limitsOf: () => resolveLimits('gbt-12325', 220) };
  const store: Parameters<typeof replayThresholds>[2]['store'] = {
    scanMeans({ onPoint }) {
      for (const rows of means.values()) onPoint(columnsOf(rows));
      return Promise.resolve();
    },
  };
  const span = { fromMs: Date.UTC(2026, 0), toMs: Date.UTC(2028, 0), areaIds: null };
  return replayThresholds({ draft: rule, inForce: rule }, span, { store, grid, timeZone: 'Asia/Shanghai' });
}

function columnsOf(rows: readonly VoltageMean[]): MeanColumns {
  const column = (name: Exclude<keyof MeanColumns, 'transformerId' | 'point'>): Float64Array =>
    Float64Array.from(rows, (row) => row[name]);
  const { transformerId, point } = rows[0]!;
  return {
    transformerId,
    point,
    tsMs: column('tsMs'),
    uaV: column('uaV'),
    ubV: column('ubV'),
    ucV: column('ucV'),
    uaMinV: column('uaMinV'),
    ubMinV: column('ubMinV'),
    ucMinV: column('ucMinV'),
    flags: column('flags'),
  };
}
