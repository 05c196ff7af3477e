import type { SeenReport } from '../readinessApi.ts';
import { formatNumber } from '../format.ts';
import { baseOption, type ChartContext, tip, tooltipBase, valueAxis } from './chartStyle.ts';

/** A count is there for who sees all areas. */
type Bin = SeenReport['models'][number]['reliability'][number] & { count?: number };
const DOT_PX = 10;

/** What was said against what came, %: on the diagonal the probabilities are true. */
export function reliabilityOption(bins: readonly Bin[], context: ChartContext) {
  const { tokens, t, locale } = context;
  const pct = (share: number): string => `${formatNumber(100 * share, locale)}\u202f%`;
  const axis = (name: string) => ({
    ...valueAxis(context),
    scale: false,
    min: 0,
    max: 1,
    interval: 0.25,
    name,
    nameLocation: 'middle' as const,
    nameGap: 30,
    nameTextStyle: { color: tokens.quiet },
    axisLabel: { color: tokens.quiet, formatter: pct },
  });
  const known = bins.filter(({ count }) => count !== 0);
  return {
    ...baseOption(context),
    grid: { left: 56, right: 16, top: 12, bottom: 44 },
    tooltip: {
      ...tooltipBase(context),
      trigger: 'item' as const,
      formatter({ dataIndex }: { dataIndex: number }) {
        const bin = known[dataIndex];
        const count = bin?.count;
        return tip(count === undefined ? '' : t.transformersCount(formatNumber(count, locale), count), [
          { label: t.backtestSaid, value: pct(bin?.said ?? 0) },
          { label: t.backtestCame, value: pct(bin?.came ?? 0) },
        ]);
      },
    },
    xAxis: axis(t.backtestSaid),
    yAxis: axis(t.backtestCame),
    series: [
      {
        type: 'line' as const,
        silent: true,
        symbol: 'none',
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: tokens.quiet, type: 'dashed' as const, width: 1 },
      },
      {
        type: 'scatter' as const,
        data: known.map(({ said, came }) => [said, came]),
        symbolSize(_: unknown, { dataIndex }: { dataIndex: number }) {
          const count = known[dataIndex]?.count;
          return count === undefined ? DOT_PX : 6 + 3 * Math.log10(1 + count);
        },
        itemStyle: { color: tokens.accent },
      },
    ],
  };
}
