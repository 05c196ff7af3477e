import { formatNumber } from '../format.ts';
import type { ComparedSeason } from '../readiness.ts';
import { baseOption, type ChartContext, tip, tooltipBase, valueAxis } from './chartStyle.ts';

/** Transformers seen low in each season as bars, what was and is forecast as marks beside them. */
export function seasonsOption(seasons: readonly ComparedSeason[], context: ChartContext) {
  const { tokens, t, locale } = context;
  const number = (value: number | null): string => formatNumber(value, locale);
  const label = (position: 'top' | 'right') => ({ show: true, position, color: tokens.text, fontSize: 12 });
  return {
    ...baseOption(context),
    grid: { left: 40, right: 16, top: 20, bottom: 36 },
    tooltip: {
      ...tooltipBase(context),
      trigger: 'axis' as const,
      formatter(params: { dataIndex: number }[]) {
        const season = seasons[params[0]?.dataIndex ?? 0];
        if (season === undefined) return '';
        const seen = season.low === null ? [] : [{ label: t.seasonsSeen, value: number(season.low) }];
        const said =
          season.expected === null ? [] : [{ label: t.seasonsForecast, value: number(season.expected) }];
        return tip(season.name, [...seen, ...said]);
      },
    },
    xAxis: {
      type: 'category' as const,
      data: seasons.map(({ name }) => name),
      axisLine: { lineStyle: { color: tokens.line } },
      axisTick: { show: false },
      axisLabel: { color: tokens.quiet, interval: 0, width: 96, overflow: 'break' as const },
    },
    yAxis: { ...valueAxis(context), scale: false, minInterval: 1 },
    series: [
      {
        type: 'bar' as const,
        data: seasons.map(({ low }) => low),
        barMaxWidth: 36,
        itemStyle: { color: tokens.quiet },
        label: label('top'),
      },
      {
        type: 'scatter' as const,
        data: seasons.map(({ expected }) => expected),
        symbol: 'diamond',
        symbolSize: 12,
        itemStyle: { color: tokens.accent },
        label: { ...label('right'), formatter: ({ value }: { value: number }) => number(value) },
      },
    ],
  };
}
