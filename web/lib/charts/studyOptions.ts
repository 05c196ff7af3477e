import type { DurationPoint } from '../analysis/duration.ts';
import type { VoltageFit } from '../analysis/fit.ts';
import type { HourDay } from '../analysis/hourDay.ts';
import { currentOf, PHASES, voltageOf } from '../analysis/series.ts';
import type { Series } from '../api.ts';
import { VOLTAGE_SCALE } from '../map/pointStyle.ts';
import { formatNumber } from '../format.ts';
import {
  baseOption,
  type ChartContext,
  dayLabel,
  limitMarks,
  tip,
  tooltipBase,
  valueAxis,
  withUnit,
} from './chartStyle.ts';

interface Limits {
  lowV: number;
  highV: number;
  nominalV: number;
}

const GRID = { left: 46, right: 16, top: 12, bottom: 40 };

/** A scatter of more points than this is a blot. */
const SCATTER_POINTS_MAX = 1_500;

function axisName(name: string, { tokens }: ChartContext) {
  return { name, nameLocation: 'middle' as const, nameGap: 26, nameTextStyle: { color: tokens.quiet } };
}

/** Voltage over current of each phase, with its fitted line. */
export function scatterOption(
  { series, fits, limits }: { series: Series; fits: readonly (VoltageFit | null)[]; limits: Limits },
  context: ChartContext,
) {
  const { tokens, t, locale } = context;
  const every = Math.max(1, Math.ceil(series.tsMs.length / SCATTER_POINTS_MAX));
  const clouds = PHASES.map((phase, index) => {
    const current = currentOf(series, phase);
    const voltage = voltageOf(series, phase);
    const data: [number, number][] = [];
    for (let i = 0; i < series.tsMs.length; i += every) {
      const [amps, volts] = [current[i] ?? null, voltage[i] ?? null];
      if (amps !== null && volts !== null) data.push([amps, volts]);
    }
    return {
      type: 'scatter' as const,
      data,
      symbolSize: 3.5,
      itemStyle: { color: tokens.phases[index]!, opacity: 0.4 },
      silent: true,
      ...(index === 0 ? { markLine: limitMarks(context, limits).markLine } : {}),
    };
  });
  const lines = fits.flatMap((fit, index) => {
    if (fit === null) return [];
    const at = (amps: number): [number, number] => [amps, fit.sourceV + fit.slopeVPerA * amps];
    return [
      {
        type: 'line' as const,
        data: [at(0), at(fit.maxA)],
        showSymbol: false,
        silent: true,
        lineStyle: { color: tokens.phases[index]!, width: 2 },
      },
    ];
  });
  return {
    ...baseOption(context),
    grid: GRID,
    xAxis: {
      ...valueAxis(context),
      scale: false,
      splitLine: { show: false },
      ...axisName(`${t.current}, A`, context),
    },
    yAxis: {
      ...valueAxis(context),
      axisLabel: { color: tokens.quiet, formatter: (v: number) => formatNumber(v, locale) },
    },
    series: [...clouds, ...lines],
  };
}

/** Share of the time above each voltage. */
export function durationOption(
  { curve, limits }: { curve: readonly DurationPoint[]; limits: Limits },
  context: ChartContext,
) {
  const { tokens, t, locale } = context;
  const marks = limitMarks(context, limits);
  const lowest = Math.min(limits.lowV, ...curve.map(([, volts]) => volts));
  const highest = Math.max(limits.nominalV, ...curve.map(([, volts]) => volts));
  return {
    ...baseOption(context),
    grid: GRID,
    xAxis: {
      ...valueAxis(context),
      min: 0,
      max: 100,
      splitLine: { show: false },
      ...axisName(t.durationAxis, context),
    },
    yAxis: {
      ...valueAxis(context),
      min: Math.floor((lowest - 3) / 5) * 5,
      max: Math.ceil((highest + 3) / 5) * 5,
    },
    tooltip: {
      ...tooltipBase(context),
      trigger: 'axis' as const,
      formatter: (params: unknown) => {
        const [first] = params as { data: DurationPoint }[];
        if (first === undefined) return '';
        return tip(withUnit(first.data[0], '%', locale), [
          { label: '≥', value: withUnit(first.data[1], 'V', locale) },
        ]);
      },
    },
    series: [
      {
        type: 'line' as const,
        data: curve,
        showSymbol: false,
        lineStyle: { color: tokens.accent, width: 2 },
        itemStyle: { color: tokens.accent },
        emphasis: { disabled: true },
        markLine: { ...marks.markLine, data: [marks.markLine.data[0]!] },
        markArea: { ...marks.markArea, data: [marks.markArea.data[0]!] },
      },
    ],
  };
}

/** Lowest voltage of each hour by day, in the bands of the map's voltage layer. */
export function heatOption({ table, limits }: { table: HourDay; limits: Limits }, context: ChartContext) {
  const { tokens, locale } = context;
  const edges = VOLTAGE_SCALE.map(({ below }) => (below / 100) * limits.nominalV);
  return {
    ...baseOption(context),
    grid: { left: 46, right: 16, top: 12, bottom: 28 },
    xAxis: {
      type: 'category' as const,
      data: table.daysMs.map((day) => dayLabel(day, locale)),
      axisLine: { lineStyle: { color: tokens.line } },
      axisTick: { show: false },
      axisLabel: { color: tokens.quiet, hideOverlap: true },
    },
    yAxis: {
      type: 'category' as const,
      inverse: true,
      data: Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: tokens.quiet, interval: 5 },
    },
    visualMap: {
      show: false,
      type: 'piecewise' as const,
      dimension: 2,
      pieces: VOLTAGE_SCALE.map(({ color }, i) => ({
        ...(i === 0 ? {} : { gte: edges[i - 1]! }),
        ...(Number.isFinite(edges[i]!) ? { lt: edges[i]! } : {}),
        color,
      })),
    },
    tooltip: {
      ...tooltipBase(context),
      formatter: (params: unknown) => {
        const { data } = params as { data: [number, number, number] };
        const day = dayLabel(table.daysMs[data[0]]!, locale);
        return tip(`${day} ${String(data[1]).padStart(2, '0')}:00`, [
          { label: context.t.lowest, value: withUnit(data[2], 'V', locale) },
        ]);
      },
    },
    series: [
      {
        type: 'heatmap' as const,
        data: table.cells,
        progressive: 4000,
        emphasis: { itemStyle: { borderColor: tokens.text, borderWidth: 1 } },
      },
    ],
  };
}
