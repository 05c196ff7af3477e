import type { Principal } from '../core/access.ts';
import { seesArea } from '../core/access.ts';
import { type BacktestReport, reportShares } from '../core/forecast/backtestReport.ts';
import { findingSentence } from '../core/measures/findingWords.ts';
import type { FeederSum, ReadinessRow, ReadinessRun } from '../core/forecast/run.ts';
import { summaryOfSums } from '../core/forecast/sums.ts';

/** Runs and rows as the API shows them, and as far as who asks may see. */

type Scope = Pick<Principal, 'areaIds'>;

/**
 * A run without what it was made from in detail; its numbers are of the feeders in sight. Who does not see all areas is
 * told how sure the forecast is, and no count over the whole grid.
 */
export function runView(
  run: ReadinessRun,
  { areaIds }: Scope,
  sums: readonly FeederSum[] | undefined = run.sums,
) {
  const { inputs, summary, sums: _sums, seen: _seen, addedK, ...rest } = run;
  // Rows of all areas; the route of the next days says those in sight.
  const report = run.kind === 'tonight' ? null : run.report;
  return {
    ...rest,
    addedK: addedK ?? null,
    inputs: inputs === null ? null : inputsInSight(inputs, areaIds),
    summary: summaryInSight(summary, areaIds, sums),
    report: report === null ? null : reportInSight(report as BacktestReport, areaIds),
  };
}

function inputsInSight(
  inputs: NonNullable<ReadinessRun['inputs']>,
  areaIds: Scope['areaIds'],
): Record<string, unknown> {
  const { transformersWithHistory: _history, transformersWithOwnLimits: _ownLimits, ...rest } = inputs;
  return areaIds === null ? { ...inputs } : rest;
}

function reportInSight(report: BacktestReport, areaIds: Scope['areaIds']): Record<string, unknown> {
  return areaIds === null ? { ...report } : { ...reportShares(report) };
}

function summaryInSight(
  summary: ReadinessRun['summary'],
  areaIds: Scope['areaIds'],
  sums: readonly FeederSum[] | undefined,
) {
  if (summary === null || areaIds === null) return summary === null ? null : { ...summary };
  if (sums === undefined) return null;
  return summaryOfSums(
    sums.filter(({ areaId }) => areaIds.includes(areaId)),
    summary.published,
  );
}

export function itemView(row: ReadinessRow) {
  const { rank, transformerId, areaId, feederId, customers, importantCustomers, forecast } = row;
  return {
    rank,
    transformerId,
    areaId,
    feederId,
    customers,
    importantCustomers,
    status: forecast.status,
    unknownReason: forecast.unknownReason,
    coveragePct: forecast.coveragePct,
    ...distributionView(forecast),
    estimatedTailV: forecast.estimatedTailV === null ? null : { ...forecast.estimatedTailV },
    cause: causeView(row.cause),
    recommended: row.recommended === null ? null : measureView(row.measures[row.recommended]!),
    measuresTried: row.measures.length,
    notes: row.notes.map(findingView),
  };
}

export function causeView(cause: ReadinessRow['cause']) {
  if (cause === null) return null;
  const { second, ...first } = cause;
  return {
    ...first,
    evidence: cause.evidence.map(findingView),
    second: second === undefined ? null : { kind: second.kind, evidence: second.evidence.map(findingView) },
  };
}

export function detailView(row: ReadinessRow) {
  const { fan, physics } = row.forecast;
  return {
    ...itemView(row),
    runId: row.runId,
    measures: row.measures.map(measureView),
    physics: physics === null ? null : ({ ...physics } as Record<string, unknown>),
    fan:
      fan === null
        ? null
        : { weekDay: [...fan.weekDay], p10V: [...fan.p10V], p50V: [...fan.p50V], p90V: [...fan.p90V] },
  };
}

/** Whether a row is in sight. */
export function isRowSeen(row: ReadinessRow, who: Scope): boolean {
  return seesArea(who, row.areaId);
}

type Distribution = ReadinessRow['measures'][number]['after'];

function distributionView({ pLow, expectedLowHours, minHourV, highestV, peakLoadPct }: Distribution) {
  return {
    pLow,
    expectedLowHours,
    minHourV: { ...minHourV },
    highestV,
    peakLoadPct: { ...peakLoadPct },
  };
}

export function measureView(measure: ReadinessRow['measures'][number]) {
  return {
    ...measure,
    detail: valuesView(measure.detail),
    second: secondView(measure.second),
    after: distributionView(measure.after),
    notes: measure.notes.map(findingView),
  };
}

/** A finding in the words of both languages. */
export function findingView(finding: { code: string; values: Readonly<Record<string, unknown>> }) {
  const known = { code: finding.code, values: valuesView(finding.values) };
  return { ...known, en: findingSentence(known, 'en'), zh: findingSentence(known, 'zh-CN') };
}

/** A number that is not known is left out of a sentence's values. */
export function valuesView(values: Readonly<Record<string, unknown>>): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, number | string] =>
        typeof entry[1] === 'string' || (typeof entry[1] === 'number' && Number.isFinite(entry[1])),
    ),
  );
}

type Part = NonNullable<ReadinessRow['measures'][number]['second']>;

export function partView({ kind, detail, cost }: Part) {
  return { kind, detail: valuesView(detail), cost: cost ?? 0 };
}

/** The other one of a pair; null where a measure stands by itself. */
export function secondView(second: Part | undefined) {
  return second === undefined ? null : partView(second);
}
