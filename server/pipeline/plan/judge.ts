import { mergeBreaks, recordedBreaks, type LevelBreak } from '../../core/forecast/breaks.ts';
import { emptyHistory, HistoryBuilder } from '../../core/forecast/history.ts';
import type { DailyHistory, DailyWeather } from '../../core/forecast/forecast.ts';
import { levelShifts } from '../../core/forecast/levelShifts.ts';
import { WeatherBuilder } from '../../core/forecast/weatherDays.ts';
import type { Transformer } from '../../core/grid.ts';
import { localDayOf } from '../../core/incident/wallTime.ts';
import { DAY_MS, dayStart } from '../../core/localTime.ts';
import { judgedAs, type RegisteredMeasure } from '../../core/measures/register.ts';
import { verifyMeasure } from '../../core/measures/verify.ts';
import { VersionConflictError } from '../../alertPorts.ts';
import type { Clock, Database } from '../../ports.ts';
import type { GatherDeps } from './inputs.ts';

/** Judges measures of the register by what was measured since. */

/** Days before the work that a benchmark is learned from, and some more for what leads up to them. */
const BEFORE_DAYS = 410;
/** A change of the nameplate so close to a measure is that measure, written down. */
const SAME_WORK_DAYS = 14;
/** Neighbours that stand for the feeder; more say no more. */
const NEIGHBOURS_MAX = 30;

export interface JudgeDeps extends Pick<GatherDeps, 'store' | 'offset' | 'limitsOf'> {
  database: {
    registry: Pick<Database['registry'], 'load' | 'versions'>;
    weather: Pick<Database['weather'], 'range'>;
    measures: Pick<Database['measures'], 'list'>;
  };
  clock: Pick<Clock, 'nowMs'>;
}

export interface JudgeRegisterDeps extends JudgeDeps {
  database: JudgeDeps['database'] & { measures: Pick<Database['measures'], 'put'> };
}

/** The measure with its verdict; `verified` and `failed` become its state. It is not kept yet. */
export async function judgeMeasure(measure: RegisteredMeasure, deps: JudgeDeps): Promise<RegisteredMeasure> {
  const { clock, offset, database } = deps;
  const judgedMs = clock.nowMs();
  if (measure.doneMs === null) return measure;
  const { transformers } = await database.registry.load();
  const transformer = transformers.find(({ id }) => id === measure.transformerId);
  if (transformer === undefined) return measure;
  const [doneDay, lastDay] = [localDayOf(measure.doneMs, offset), localDayOf(judgedMs, offset) - 1];
  const span = { firstDay: doneDay - BEFORE_DAYS, lastDay: Math.max(doneDay, lastDay) };
  const others = await untouched(measure, transformer, transformers, deps);
  const histories = await Promise.all([transformer.id, ...others].map((id) => historyOf(id, span, deps)));
  const [own, ...neighbours] = histories as [DailyHistory, ...DailyHistory[]];
  const shifts = levelShifts(histories, new Map(transformers.map((t) => [t.id, t])), span.lastDay);
  const weather = await weatherOf(transformer, span, deps);
  const verdict = verifyMeasure({
    kind: judgedAs(measure),
    history: own,
    neighbours,
    weather,
    doneDay,
    lastDay,
    promisedV: promisedRiseV(measure),
    lowV: deps.limitsOf(transformer).lowV,
    otherBreakDays: await otherBreaks(measure, transformer.id, shifts, doneDay, deps),
    judgedMs,
  });
  const { kind } = verdict;
  return { ...measure, verdict, state: kind === 'verified' || kind === 'failed' ? kind : 'done' };
}

/** Judges measures that are done and not decided; one that somebody changes meanwhile waits for the next night. Returns how many were decided. */
export async function judgeRegister(deps: JudgeRegisterDeps): Promise<number> {
  let decided = 0;
  for (const measure of await deps.database.measures.list({ areaIds: null })) {
    if (measure.state !== 'done') continue;
    const judged = await judgeMeasure(measure, deps);
    try {
      await deps.database.measures.put(judged);
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
      continue;
    }
    if (judged.state !== 'done') decided++;
  }
  return decided;
}

/** Neighbours on the feeder with no measure of their own in the days that are compared. */
async function untouched(
  measure: RegisteredMeasure,
  { id, feederId }: Transformer,
  transformers: readonly Transformer[],
  { database }: JudgeDeps,
): Promise<string[]> {
  const fromMs = measure.doneMs! - BEFORE_DAYS * DAY_MS;
  const touched = new Set(
    (await database.measures.list({ areaIds: null }))
      .filter((other) => other.id !== measure.id && other.doneMs !== null && other.doneMs >= fromMs)
      .map(({ transformerId }) => transformerId),
  );
  return transformers
    .filter((other) => other.feederId === feederId && other.id !== id && !touched.has(other.id))
    .map((other) => other.id)
    .slice(0, NEIGHBOURS_MAX);
}

/** Other changes of the transformer, written down or found in its days; the measure itself is often one of them. */
async function otherBreaks(
  { id: measureId }: RegisteredMeasure,
  transformerId: string,
  found: readonly LevelBreak[],
  doneDay: number,
  { database, offset }: JudgeDeps,
): Promise<number[]> {
  const recorded = recordedBreaks(await database.registry.versions(transformerId), offset);
  const own = found.filter((shift) => shift.transformerId === transformerId);
  const breaks = mergeBreaks(recorded, own)
    .map(({ day }) => day)
    .filter((day) => Math.abs(day - doneDay) > SAME_WORK_DAYS);
  const others = (await database.measures.list({ areaIds: null, transformerId })).flatMap((other) =>
    other.id === measureId || other.doneMs === null ? [] : [localDayOf(other.doneMs, offset)],
  );
  return [...breaks, ...others];
}

async function historyOf(
  transformerId: string,
  span: { firstDay: number; lastDay: number },
  { store, offset }: JudgeDeps,
): Promise<DailyHistory> {
  const builder = new HistoryBuilder(span, offset);
  const rows = await store.dailies({
    transformerId,
    fromMs: dayStart(span.firstDay, offset),
    toMs: dayStart(span.lastDay + 1, offset),
  });
  for (const row of rows) builder.add(row);
  return builder.finish().get(transformerId) ?? emptyHistory(transformerId, span);
}

async function weatherOf(
  { weatherStationId }: Transformer,
  span: { firstDay: number; lastDay: number },
  { database, offset }: JudgeDeps,
): Promise<DailyWeather | null> {
  if (weatherStationId === null) return null;
  const builder = new WeatherBuilder(span, offset);
  const samples = await database.weather.range(
    weatherStationId,
    dayStart(span.firstDay, offset),
    dayStart(span.lastDay + 1, offset),
  );
  for (const sample of samples) builder.add(sample);
  return builder.finish().get(weatherStationId) ?? null;
}

/** Null where the run did not know both ends: the register keeps such a number as null, which subtraction takes for 0 V. */
function promisedRiseV({ promised }: RegisteredMeasure): number | null {
  if (promised === null) return null;
  const { minV, minAfterV } = promised;
  return Number.isFinite(minV) && Number.isFinite(minAfterV) ? minAfterV - minV : null;
}
