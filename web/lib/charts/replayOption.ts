import { formatNumber } from '../format.ts';
import type { ThresholdOutcome } from '../replayRule.ts';
import { toWall } from '../analysis/zonedTime.ts';
import { baseOption, type ChartContext, dayLabel, tip, tooltipBase, valueAxis } from './chartStyle.ts';

/** Incidents a day of a draft as bars, those of the rule in force beside them. */
export function replayOption({ draft, inForce }: ThresholdOutcome, context: ChartContext) {
  const { tokens, t, locale, timeZone } = context;
  const days = draft.days.map(({ dayMs }) => dayLabel(toWall(dayMs, timeZone), locale));
  const bars = (name: string, rule: ThresholdOutcome['draft'], color: string) => ({
    type: 'bar' as const,
    name,
    data: rule.days.map(({ incidents }) => incidents),
    barMaxWidth: 14,
    itemStyle: { color },
  });
  return {
    ...baseOption(context),
    grid: { left: 46, right: 16, top: 12, bottom: 28 },
    tooltip: {
      ...tooltipBase(context),
      trigger: 'axis' as const,
      formatter(params: { dataIndex: number }[]) {
        const i = params[0]?.dataIndex ?? 0;
        const row = (label: string, rule: ThresholdOutcome['draft'], color: string) => ({
          label,
          color,
          value: formatNumber(rule.days[i]?.incidents ?? 0, locale),
        });
        return tip(days[i] ?? '', [
          row(t.ruleDraft, draft, tokens.accent),
          row(t.ruleInForce, inForce, tokens.quiet),
        ]);
      },
    },
    xAxis: {
      type: 'category' as const,
      data: days,
      axisLine: { lineStyle: { color: tokens.line } },
      axisTick: { show: false },
      axisLabel: { color: tokens.quiet, hideOverlap: true },
    },
    yAxis: { ...valueAxis(context), scale: false, minInterval: 1 },
    series: [bars(t.ruleDraft, draft, tokens.accent), bars(t.ruleInForce, inForce, tokens.quiet)],
  };
}
