import type { Condition } from '../../../server/core/condition.ts';
import { envelope, type LinePoint, linePoints, outageBands, PHASES, voltageOf } from '../analysis/series.ts';
import { fromWall, toWall } from '../analysis/zonedTime.ts';
import type { Series } from '../api.ts';
import { codeOf } from '../condition.ts';
import { formatNumber, formatTime } from '../format.ts';
import {
  baseOption,
  type ChartContext,
  limitMarks,
  timeAxis,
  tip,
  tooltipBase,
  valueAxis,
  withUnit,
} from './chartStyle.ts';
import { type BeyondAxis, labelCounts, thinned, type TrendAxis, trendAxis } from './trendAxis.ts';

/** A label needs about this share of the plot's width on a desk; marks may stand closer. */
const LABEL_SHARE = 0.12;
const MARK_SHARE = 0.012;

export interface TrendSpan {
  fromMs: number;
  toMs: number;
}

interface TrendInput {
  series: Series;
  limits: { lowV: number; highV: number; nominalV: number };
  span: TrendSpan;
  /** The panel beside the map has no room for axis decoration. */
  compact: boolean;
  /** Draw the axis as long as the extremes want it. */
  everything?: boolean;
  /** A moment to mark: the one that the map replays. */
  atMs?: number | null;
}

/** Voltages of three phases with limits, the reach within each step behind them, outages as bands. */
export function trendOption(input: TrendInput, context: ChartContext) {
  const { series, limits, span, compact, everything = false, atMs = null } = input;
  const { tokens, timeZone, t } = context;
  const wall = ([ts, value]: LinePoint): LinePoint => [toWall(ts, timeZone), value];
  const reach = reachSeries(series, context);
  const marks = limitMarks(context, limits);
  const moment =
    atMs === null
      ? []
      : [{ xAxis: toWall(atMs, timeZone), label: { show: false }, lineStyle: { color: tokens.accent } }];
  const outages = outageBands(series);
  const labels = labelCounts(outages, (span.toMs - span.fromMs) * LABEL_SHARE);
  const bands = outages.map(([from, to], i) => [
    {
      xAxis: toWall(from, timeZone),
      itemStyle: { color: tokens.quiet, opacity: 0.22 },
      label: {
        show: !compact && labels[i]! > 0,
        formatter: labels[i]! > 1 ? `${t.outage} × ${labels[i]}` : t.outage,
        color: tokens.quiet,
        position: 'insideTop',
      },
    },
    { xAxis: toWall(to, timeZone) },
  ]);
  const lines = PHASES.map((phase, index) => ({
    name: phase.toUpperCase(),
    type: 'line' as const,
    data: linePoints(series.tsMs, voltageOf(series, phase), series.stepMs).map(wall),
    showSymbol: false,
    connectNulls: false,
    lineStyle: { width: compact ? 1.3 : 1.6, color: tokens.phases[index]! },
    itemStyle: { color: tokens.phases[index]! },
    emphasis: { disabled: true },
    ...(index === 0
      ? {
          markLine: { ...marks.markLine, data: [...marks.markLine.data, ...moment] },
          markArea: { ...marks.markArea, data: [...marks.markArea.data, ...bands] },
        }
      : {}),
  }));
  const axis = trendAxis(series, limits, everything);
  return {
    ...baseOption(context),
    useUTC: true,
    grid: compact ? { left: 34, right: 8, top: 8, bottom: 20 } : { left: 44, right: 16, top: 12, bottom: 26 },
    xAxis: {
      ...timeAxis(context, span.toMs - span.fromMs),
      min: toWall(span.fromMs, timeZone),
      max: toWall(span.toMs, timeZone),
      ...(compact ? { splitNumber: 4 } : {}),
    },
    yAxis: { ...valueAxis(context), min: axis.minV, max: axis.maxV },
    tooltip: {
      ...tooltipBase(context),
      trigger: 'axis' as const,
      formatter: tipOf(series, axis, context),
      axisPointer: { lineStyle: { color: tokens.lineStrong } },
    },
    series: [...reach, ...lines, ...beyondMarks(axis, span, context)],
  };
}

/** Lowest minimum to highest maximum as a quiet area, where steps hide something. */
function reachSeries(series: Series, { tokens, timeZone }: ChartContext) {
  const { min, max } = envelope(series);
  const base = linePoints(series.tsMs, min, series.stepMs);
  const height = linePoints(
    series.tsMs,
    max.map((top, i) => (top === null || min[i] === null || min[i] === undefined ? null : top - min[i])),
    series.stepMs,
  );
  const common = {
    type: 'line' as const,
    stack: 'reach',
    stackStrategy: 'all' as const,
    showSymbol: false,
    silent: true,
    lineStyle: { opacity: 0 },
    emphasis: { disabled: true },
  };
  const wall = ([ts, value]: LinePoint): LinePoint => [toWall(ts, timeZone), value];
  return [
    { ...common, data: base.map(wall) },
    { ...common, data: height.map(wall), areaStyle: { color: tokens.quiet, opacity: 0.16 } },
  ];
}

/** Small triangles at the edge where something lies beyond the axis: pointing to it, in the colour of its condition. */
function beyondMarks(axis: TrendAxis, { fromMs, toMs }: TrendSpan, { tokens, timeZone }: ChartContext) {
  const nearMs = (toMs - fromMs) * MARK_SHARE;
  const marks = (steps: readonly BeyondAxis[], yV: number, condition: Condition) => ({
    type: 'scatter' as const,
    data: steps.map(({ tsMs }): LinePoint => [toWall(tsMs, timeZone), yV]),
    symbol: 'triangle',
    symbolSize: [9, 7],
    symbolRotate: condition === 'over-voltage' ? 0 : 180,
    symbolOffset: [0, condition === 'over-voltage' ? 4 : -4],
    itemStyle: { color: tokens.conditions[codeOf(condition)]!, opacity: 1 },
    clip: false,
    silent: true,
    z: 5,
  });
  return [
    marks(
      thinned(axis.lower, nearMs, (a, b) => a < b),
      axis.minV,
      'serious-low',
    ),
    marks(
      thinned(axis.higher, nearMs, (a, b) => a > b),
      axis.maxV,
      'over-voltage',
    ),
  ].filter(({ data }) => data.length > 0);
}

function tipOf(series: Series, axis: TrendAxis, { t, locale, tokens, timeZone }: ChartContext) {
  return (params: unknown): HTMLElement | string => {
    const [first] = params as { axisValue?: number }[];
    if (first?.axisValue === undefined) return '';
    const ms = fromWall(first.axisValue, timeZone);
    const index = nearest(series.tsMs, ms);
    const rows = PHASES.map((phase, i) => ({
      label: t.phase(phase.toUpperCase()),
      value: withUnit(voltageOf(series, phase)[index] ?? null, 'V', locale),
      color: tokens.phases[i]!,
    }));
    const beyond = [...axis.lower, ...axis.higher].filter(({ tsMs }) => tsMs === series.tsMs[index]);
    for (const { volts } of beyond) {
      const label = volts < axis.minV ? t.lowest : t.highest;
      rows.push({ label, value: withUnit(volts, 'V', locale), color: tokens.text });
    }
    const outage = (series.outageCount[index] ?? 0) > 0;
    const power = series.pKw[index] ?? null;
    if (power !== null && !outage)
      rows.push({ label: t.power, value: withUnit(power, 'kW', locale), color: tokens.quiet });
    if (outage)
      rows.push({
        label: t.outage,
        value: formatNumber(series.outageCount[index], locale),
        color: tokens.text,
      });
    return tip(formatTime(series.tsMs[index], locale, timeZone, 'dateTimeZone'), rows);
  };
}

function nearest(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  const before = sorted[low - 1];
  return before !== undefined && value - before < (sorted[low] ?? Infinity) - value ? low - 1 : low;
}
