import { describe, expect, it } from 'vitest';
import type { DailyHistory } from '../../server/core/forecast/forecast.ts';
import { emptyHistory } from '../../server/core/forecast/history.ts';
import { levelShifts } from '../../server/core/forecast/levelShifts.ts';
import type { Transformer } from '../../server/core/grid.ts';
import type { MeasureKind } from '../../server/core/measures/finding.ts';
import { verifyMeasure } from '../../server/core/measures/verify.ts';
import { buildSeasonGrid } from '../../simulator/seasons/buildSeasonGrid.ts';
import type { HourlyHistory } from '../../simulator/seasons/hourly.ts';
import type { SeasonGrid } from '../../simulator/seasons/seasonGrid.ts';
import { registeredAt, simulateSeasons } from '../../simulator/seasons/simulateSeasons.ts';
import type { Work } from '../../simulator/seasons/works.ts';
import { transformer } from '../core/timeline.ts';

/** Measures done, and not done, in grids of the simulator, whose physics share nothing with what judges them here. */

const HOUR_MS = 3_600_000;
const ZONE_MS = 8 * HOUR_MS;
const DONE_MS = Date.UTC(2025, 3, 15) - ZONE_MS;
const JUDGED_MS = Date.UTC(2025, 8, 20) - ZONE_MS;
const TRANSFORMERS = 72;
/** Every so many transformers one is worked on. */
const EVERY = 6;

/** Under 0.1 pu is an outage, not a low hour. */
const OUTAGE_V = 22;

const dayOf = (tsMs: number): number => Math.floor((tsMs + ZONE_MS) / (24 * HOUR_MS));

/** Lowest hours and highest loads of each day. */
function dailyOf(hourly: HourlyHistory, { fromMs, toMs }: SeasonGrid): DailyHistory {
  const firstDay = dayOf(fromMs);
  const history = emptyHistory(hourly.transformerId, { firstDay, lastDay: dayOf(toMs) - 1 });
  const { columns } = history;
  for (const phase of ['a', 'b', 'c'] as const) {
    hourly[`u${phase}V`].forEach((volts, hour) => {
      // History begins at a local midnight, in a zone without summer time.
      const at = Math.floor(hour / 24);
      const minV = columns[`u${phase}MinHourV`];
      if (!(minV[at]! <= volts)) minV[at] = volts >= OUTAGE_V ? volts : minV[at]!;
      const maxA = columns[`i${phase}MaxHourA`];
      const amperes = hourly[`i${phase}A`][hour]!;
      if (!(maxA[at]! >= amperes)) maxA[at] = Number.isNaN(amperes) ? maxA[at]! : amperes;
    });
  }
  return history;
}

function worldOf(seed: number, kind: Work['kind'], done: boolean) {
  const bare = buildSeasonGrid({ transformers: TRANSFORMERS, seed });
  const works = bare.transformers
    .filter((_, index) => index % EVERY === 0)
    .map(({ id }): Work => ({ transformerId: id, tsMs: DONE_MS, kind, done }));
  const grid = buildSeasonGrid({ transformers: TRANSFORMERS, seed, works });
  const histories = new Map(
    [...simulateSeasons(grid)].map((hourly) => [hourly.transformerId, dailyOf(hourly, grid)]),
  );
  const registered = new Map<string, Transformer>(
    registeredAt(grid, grid.fromMs).map((t) => [t.id, transformer(t.id, { ...t })]),
  );
  const shifts = [...Map.groupBy(registered.values(), (t) => t.feederId).values()].flatMap((members) =>
    levelShifts(
      members.map(({ id }) => histories.get(id)!),
      registered,
      dayOf(grid.toMs) - 1,
    ),
  );
  return { grid, works, histories, registered, shifts };
}

function verdictsOf(
  { grid, works, histories, registered, shifts }: ReturnType<typeof worldOf>,
  kind: MeasureKind,
) {
  const treated = new Set(works.map(({ transformerId }) => transformerId));
  return works.map(({ transformerId, tsMs }) => {
    const { feederId } = registered.get(transformerId)!;
    const neighbours = [...registered.values()].filter((t) => t.feederId === feederId && !treated.has(t.id));
    const changes = [
      ...shifts.map((shift) => ({ transformerId: shift.transformerId, day: shift.day })),
      ...grid.events.map((event) => ({ transformerId: event.transformerId, day: dayOf(event.tsMs) })),
    ];
    return verifyMeasure({
      kind,
      history: histories.get(transformerId)!,
      neighbours: neighbours.map(({ id }) => histories.get(id)!),
      weather: null,
      doneDay: dayOf(tsMs),
      lastDay: dayOf(JUDGED_MS),
      promisedV: 5.5,
      lowV: 198,
      otherBreakDays: changes
        .filter((change) => change.transformerId === transformerId && Math.abs(change.day - dayOf(tsMs)) > 7)
        .map(({ day }) => day),
      judgedMs: JUDGED_MS,
    });
  });
}

describe('measures in simulated grids', () => {
  const raised = worldOf(5, 'tap', true);

  it('a raised tap is verified, by about what a step is, and never failed', () => {
    const verdicts = verdictsOf(raised, 'tap');
    expect(
      verdicts.filter(({ kind }) => kind === 'verified').length / verdicts.length,
    ).toBeGreaterThanOrEqual(0.7);
    const effects = verdicts.flatMap(({ effectV }) => (effectV === null ? [] : [effectV]));
    const meanV = effects.reduce((sum, value) => sum + value, 0) / effects.length;
    expect(Math.abs(meanV - 5.6)).toBeLessThan(0.6);
  });

  it('work that was closed and not done fails, and is never verified', () => {
    const verdicts = verdictsOf(worldOf(6, 'tap', false), 'tap');
    expect(verdicts.filter(({ kind }) => kind === 'failed').length / verdicts.length).toBeGreaterThanOrEqual(
      0.7,
    );
    expect(verdicts.filter(({ kind }) => kind === 'verified')).toEqual([]);
  });

  it('taps that nobody wrote down are found in the data, and hardly any that nobody turned', () => {
    const { grid, shifts } = raised;
    const turned = [...grid.hiddenEvents, ...grid.events].filter(
      ({ kind, tsMs }) => kind === 'tap' && tsMs > grid.fromMs + 60 * 24 * HOUR_MS && tsMs < JUDGED_MS,
    );
    const isSame = (day: number, tsMs: number) => Math.abs(day - dayOf(tsMs)) <= 7;
    const found = turned.filter((event) =>
      shifts.some((shift) => shift.transformerId === event.transformerId && isSame(shift.day, event.tsMs)),
    );
    expect(turned.length).toBeGreaterThan(10);
    expect(found.length / turned.length).toBeGreaterThanOrEqual(0.8);
    const unexplained = shifts.filter(
      (shift) =>
        ![...grid.hiddenEvents, ...grid.events].some(
          (event) =>
            (event.transformerId === shift.transformerId || event.transformerId === null) &&
            isSame(shift.day, event.tsMs),
        ),
    );
    expect(unexplained.length / (TRANSFORMERS * 3)).toBeLessThanOrEqual(0.02);
  });
});
