import { describe, expect, it } from 'vitest';
import { Engine } from '../../../server/core/engine.ts';
import { resolveLimits } from '../../../server/core/limits.ts';
import { READING_FLAG } from '../../../server/core/reading.ts';
import type { Episode } from '../../../server/core/replay/episode.ts';
import { ThresholdReplay } from '../../../server/core/replay/thresholdReplay.ts';
import type { DetectionSettings } from '../../../server/core/settings.ts';
import type { MeanColumns, VoltageMean } from '../../../server/core/summary.ts';
import { gridOf, MINUTE_MS, readingAt, START_MS, transformer } from '../timeline.ts';

const LIMITS = resolveLimits('gbt-12325', 220);

interface Row {
  minute: number;
  uaV: number;
  ubV?: number;
  ucV?: number;
  uaMinV?: number;
  flags?: number;
}

function columnsOf(rows: readonly Row[]): MeanColumns {
  const column = (of: (row: Row) => number): Float64Array => Float64Array.from(rows, of);
  return {
    transformerId: 'T1',
    point: 'outlet',
    tsMs: column((row) => START_MS + row.minute * MINUTE_MS),
    uaV: column((row) => row.uaV),
    ubV: column((row) => row.ubV ?? row.uaV),
    ucV: column((row) => row.ucV ?? row.uaV),
    uaMinV: column((row) => row.uaMinV ?? row.uaV),
    ubMinV: column((row) => row.ubV ?? row.uaV),
    ucMinV: column((row) => row.ucV ?? row.uaV),
    flags: column((row) => row.flags ?? 0),
  };
}

function replayed(rows: readonly Row[], detection: Partial<DetectionSettings> = {}): Episode[] {
  const episodes: Episode[] = [];
  new ThresholdReplay(detection, (episode) => episodes.push(episode)).addPoint(columnsOf(rows), LIMITS);
  return episodes;
}

const line = ({ condition, phase, severity, fromMs, toMs, worstV }: Episode): string => {
  const minute = (ms: number | null): string => (ms === null ? '…' : String((ms - START_MS) / MINUTE_MS));
  return `${condition} ${phase ?? '-'} ${severity} ${minute(fromMs)}–${minute(toMs)} ${worstV ?? '-'}`;
};

/** One phase from one minute to another, every so many minutes; the others stay at 225 V. */
const hold = (from: number, to: number, uaV: number, everyMin = 10): Row[] =>
  Array.from({ length: (to - from) / everyMin }, (_, k) => ({
    minute: from + k * everyMin,
    uaV,
    ubV: 225,
    ucV: 225,
  }));

describe('replaying a rule over means', () => {
  it('says nothing of an evening within the limits', () => {
    expect(replayed(hold(0, 1440, 198))).toEqual([]);
  });

  it('raises low voltage that lasts its delay, with the lowest value within the windows', () => {
    const rows = [...hold(0, 60, 220), ...hold(60, 130, 195), ...hold(130, 240, 220)];
    rows[8]!.uaMinV = 181.5;
    expect(replayed(rows).map(line)).toEqual(['under-voltage a mild 60–130 181.5']);
    expect(replayed(rows, { mildDelayS: 7200 })).toEqual([]);
  });

  it('keeps the worst severity, and what lasts beyond the span is open', () => {
    const rows = [...hold(0, 70, 195), ...hold(70, 100, 170)];
    expect(replayed(rows).map(line)).toEqual(['under-voltage a severe 0–… 170']);
  });

  it('gives the windows of a quarter-hourly device its own interval', () => {
    const windows = [0, 10, 30, 40].map((minute) => ({ minute, uaV: 195, ubV: 225, ucV: 225 }));
    const after = [60, 70, 90, 100].map((minute) => ({ minute, uaV: 220, ubV: 225, ucV: 225 }));
    expect(replayed([...windows, ...after]).map(line)).toEqual(['under-voltage a mild 0–60 195']);
  });

  it('starts a delay again behind a hole', () => {
    expect(replayed([...hold(0, 40, 195), ...hold(100, 140, 195)])).toEqual([]);
  });

  it('takes a dark window for an outage, never for low voltage', () => {
    const dark = { minute: 80, uaV: NaN, flags: READING_FLAG.outage };
    const rows = [...hold(0, 80, 195), dark, ...hold(90, 120, 220)];
    expect(replayed(rows).map(line)).toEqual(['under-voltage a mild 0–80 195', 'outage - severe 80–90 -']);
  });

  it('counts a window that was dark in part', () => {
    const partly = { minute: 30, uaV: 224, flags: READING_FLAG.outage };
    expect(replayed([...hold(0, 30, 224), partly, ...hold(40, 60, 224)]).map(line)).toEqual([
      'outage - severe 30–35 -',
    ]);
  });

  it('finds high voltage and a lost phase', () => {
    const rows = [...hold(0, 70, 240), ...hold(70, 90, 224), ...hold(90, 100, 5), ...hold(100, 120, 224)];
    expect(replayed(rows).map(line)).toEqual([
      'over-voltage a mild 0–70 240',
      'phase-loss a severe 90–100 -',
    ]);
  });

  it('finds a lost phase by its minimum, since a dead phase has no mean', () => {
    const dead = [90, 100].map((minute) => ({ minute, uaV: NaN, uaMinV: 0.3, ubV: 224, ucV: 224 }));
    const low = hold(0, 90, 195).map((row) => ({ ...row, ubV: 224, ucV: 224 }));
    expect(replayed([...low, ...dead, ...hold(110, 130, 224)]).map(line)).toEqual([
      'under-voltage a mild 0–90 195',
      'phase-loss a severe 90–110 -',
    ]);
  });

  it('keeps nothing of one point for the next', () => {
    const episodes: Episode[] = [];
    const replay = new ThresholdReplay({}, (episode) => episodes.push(episode));
    replay.addPoint(columnsOf(hold(0, 50, 195)), LIMITS);
    replay.addPoint({ ...columnsOf(hold(50, 100, 195)), transformerId: 'T2' }, LIMITS);
    expect(episodes).toEqual([]);
  });
});

/** Small and seeded: the same history every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Three days of 10-minute readings: slow swings about the limit, holes, outages. */
function simulated(seed: number): { minute: number; values: [number, number, number] }[] {
  const random = generator(seed);
  const rows: { minute: number; values: [number, number, number] }[] = [];
  const levels: [number, number, number] = [200, 203, 206];
  for (let minute = 0; minute < 3 * 1440; minute += 10) {
    for (let k = 0; k < 3; k++) {
      levels[k] = Math.max(165, Math.min(232, levels[k]! + (random() - 0.5) * 8));
    }
    if (random() < 0.01) minute += 10 * Math.floor(1 + random() * 8);
    const isDark = random() < 0.01;
    const round = (voltageV: number): number => Math.round(voltageV * 10) / 10;
    rows.push({
      minute,
      values: isDark ? [0, 0, 0] : [round(levels[0]), round(levels[1]), round(levels[2])],
    });
  }
  return rows;
}

/** What the live engine raises of these readings, and the means that it makes of them. */
function live(rows: ReturnType<typeof simulated>): { episodes: string[]; means: VoltageMean[] } {
  const engine = new Engine();
  engine.setGrid(gridOf(transformer('T1')), START_MS);
  const open = new Map<string, { severity: number; from: number }>();
  const episodes: string[] = [];
  const ranks = ['mild', 'serious', 'severe'];
  const means: VoltageMean[] = [];
  const collect = (): void => {
    for (const { condition, phase, kind, severity, tsMs } of engine.takeEvents()) {
      if (condition !== 'under-voltage') continue;
      const rank = ranks.indexOf(severity ?? '');
      const known = open.get(phase!);
      if (kind === 'raised') open.set(phase!, { severity: rank, from: tsMs });
      else if (kind === 'changed') known!.severity = Math.max(known!.severity, rank);
      else {
        episodes.push(`${phase} ${ranks[known!.severity]} ${known!.from}–${tsMs}`);
        open.delete(phase!);
      }
    }
    means.push(...engine.takeClosed().means);
  };
  for (const { minute, values } of rows) {
    const [uaV, ubV, ucV] = values;
    engine.step(readingAt(minute, { uaV, ubV, ucV, intervalS: 600 }), START_MS + (minute + 10) * MINUTE_MS);
    collect();
  }
  for (const [phase, { severity, from }] of open) episodes.push(`${phase} ${ranks[severity]} ${from}–null`);
  return { episodes: episodes.toSorted(), means };
}

describe('the same history, live and replayed', () => {
  it.each(Array.from({ length: 40 }, (_, k) => 1000 + 17 * k))(
    'has the same low voltages: seed %i',
    (seed) => {
      const { episodes, means } = live(simulated(seed));
      const column = (name: 'tsMs' | 'uaV' | 'ubV' | 'ucV' | 'uaMinV' | 'ubMinV' | 'ucMinV' | 'flags') =>
        Float64Array.from(means, (mean) => mean[name]);
      const found: string[] = [];
      const replay = new ThresholdReplay({}, ({ condition, phase, severity, fromMs, toMs }) => {
        if (condition === 'under-voltage') found.push(`${phase} ${severity} ${fromMs}–${toMs}`);
      });
      replay.addPoint(
        {
          transformerId: 'T1',
          point: 'outlet',
          tsMs: column('tsMs'),
          uaV: column('uaV'),
          ubV: column('ubV'),
          ucV: column('ucV'),
          uaMinV: column('uaMinV'),
          ubMinV: column('ubMinV'),
          ucMinV: column('ucMinV'),
          flags: column('flags'),
        },
        LIMITS,
      );
      expect(episodes.length).toBeGreaterThan(0);
      expect(found.toSorted()).toEqual(episodes);
    },
  );
});
