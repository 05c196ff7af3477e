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

const DAY_MS = 86_400_000;

export interface Fan {
  /** First local day of each week, since 1970. */
  weekDay: readonly (number | null)[];
  p10V: readonly (number | null)[];
  p50V: readonly (number | null)[];
  p90V: readonly (number | null)[];
}

/** The lowest hour of a day through the season: a band from p10 to p90, the median in it, the limits across. */
export function fanOption(fan: Fan, limits: { lowV: number; highV: number }, context: ChartContext) {
  const { tokens, t, locale } = context;
  const weeks = fan.weekDay.map((day) => dayLabel((day ?? 0) * DAY_MS, locale));
  const width = fan.p90V.map((high, i) => (high === null ? null : high - (fan.p10V[i] ?? high)));
  const invisible = { lineStyle: { opacity: 0 }, symbol: 'none', silent: true };
  const series = (values: readonly (number | null)[], more: object) => ({
    type: 'line' as const,
    data: [...values],
    ...more,
  });
  const lowest = Math.min(limits.lowV, ...fan.p10V.flatMap((v) => v ?? []));
  const highest = Math.max(limits.lowV, ...fan.p90V.flatMap((v) => v ?? []));
  return {
    ...baseOption(context),
    grid: { left: 46, right: 16, top: 12, bottom: 28 },
    tooltip: {
      ...tooltipBase(context),
      trigger: 'axis' as const,
      formatter(params: { dataIndex: number }[]) {
        const i = params[0]?.dataIndex ?? 0;
        const row = (label: string, value: number | null | undefined, color: string) => ({
          label,
          color,
          value: withUnit(value ?? null, 'V', locale),
        });
        return tip(t.forecastWeekOf(weeks[i] ?? ''), [
          row('p90', fan.p90V[i], tokens.quiet),
          row('p50', fan.p50V[i], tokens.accent),
          row('p10', fan.p10V[i], tokens.quiet),
        ]);
      },
    },
    xAxis: {
      type: 'category' as const,
      data: weeks,
      boundaryGap: false,
      axisLine: { lineStyle: { color: tokens.line } },
      axisTick: { show: false },
      axisLabel: { color: tokens.quiet, hideOverlap: true },
    },
    yAxis: {
      ...valueAxis(context),
      min: Math.floor((lowest - 3) / 5) * 5,
      max: Math.ceil((highest + 3) / 5) * 5,
      axisLabel: { color: tokens.quiet, formatter: (v: number) => formatNumber(v, locale) },
    },
    series: [
      series(fan.p10V, { ...invisible, stack: 'fan' }),
      series(width, { ...invisible, stack: 'fan', areaStyle: { color: tokens.accent, opacity: 0.22 } }),
      series(fan.p50V, {
        symbol: 'none',
        lineStyle: { color: tokens.accent, width: 2 },
        ...limitMarks(context, limits),
      }),
    ],
  };
}
