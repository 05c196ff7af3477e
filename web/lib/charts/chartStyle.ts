import { fromWall } from '../analysis/zonedTime.ts';
import { formatNumber, formatTime, THIN_SPACE } from '../format.ts';
import type { Dictionary, Locale } from '../i18n/dictionary.ts';
import type { Tokens } from '../tokens.ts';

/** What every option builder needs of the page: colours, words, zone. */
export interface ChartContext {
  tokens: Tokens;
  t: Dictionary;
  locale: Locale;
  timeZone: string;
}

const DAY_MS = 86_400_000;

export function baseOption({ tokens }: ChartContext) {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: tokens.face, fontSize: 12, color: tokens.quiet },
  };
}

export function valueAxis({ tokens, locale }: ChartContext, decimals = 0) {
  return {
    type: 'value' as const,
    scale: true,
    axisLine: { show: false },
    axisTick: { show: false },
    splitNumber: 4,
    splitLine: { lineStyle: { color: tokens.line, width: 1, opacity: 0.7 } },
    axisLabel: { color: tokens.quiet, formatter: (value: number) => formatNumber(value, locale, decimals) },
  };
}

/** A time axis on wall-clock milliseconds ({@link fromWall}); labels grow coarser with the span. */
export function timeAxis({ tokens, locale, timeZone }: ChartContext, spanMs: number) {
  const label = (wall: number): string => {
    const ms = fromWall(wall, timeZone);
    if (spanMs <= 2 * DAY_MS) {
      const midnight = wall % DAY_MS === 0;
      return midnight ? dayLabel(wall, locale) : formatTime(ms, locale, timeZone, 'time');
    }
    if (spanMs <= 120 * DAY_MS)
      return wall % DAY_MS === 0 ? dayLabel(wall, locale) : formatTime(ms, locale, timeZone, 'time');
    return formatTime(wall, locale, 'UTC', 'month');
  };
  return {
    type: 'time' as const,
    axisLine: { lineStyle: { color: tokens.line } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: tokens.quiet, hideOverlap: true, formatter: label },
  };
}

export function dayLabel(wallMs: number, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', day: 'numeric' }).format(wallMs);
}

/** A tooltip as an element: a string of HTML with inline styles would be refused by the page's security policy. */
export function tip(
  title: string,
  rows: readonly { label: string; value: string; color?: string }[],
): HTMLElement {
  const box = document.createElement('div');
  box.className = 'chart-tip';
  const head = document.createElement('div');
  head.className = 'quiet';
  head.textContent = title;
  box.append(head);
  for (const { label, value, color } of rows) {
    const line = document.createElement('div');
    line.className = 'chart-tip-row';
    const name = document.createElement('span');
    name.textContent = label;
    if (color !== undefined) name.style.color = color;
    const number = document.createElement('strong');
    number.textContent = value;
    line.append(name, number);
    box.append(line);
  }
  return box;
}

export function tooltipBase({ tokens }: ChartContext) {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: tokens.raised,
    borderColor: tokens.line,
    padding: [6, 10],
    textStyle: { color: tokens.text, fontFamily: tokens.face, fontSize: 12 },
  };
}

/** `199.4 V` */
export function withUnit(value: number | null, unit: string, locale: Locale, decimals = 1): string {
  return `${formatNumber(value, locale, decimals)}${THIN_SPACE}${unit}`;
}

/** Thin labelled lines at the limits, and the region outside softly shaded. */
export function limitMarks({ tokens, locale }: ChartContext, limits: { lowV: number; highV: number }) {
  const alarm = tokens.conditions[5]!;
  const line = (yAxis: number, position: string) => ({
    yAxis,
    label: { formatter: withUnit(yAxis, 'V', locale, 0), position, color: tokens.quiet, fontSize: 11 },
  });
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: alarm, width: 1, type: 'solid' as const, opacity: 0.75 },
      data: [line(limits.lowV, 'insideEndTop'), line(limits.highV, 'insideEndBottom')],
    },
    markArea: {
      silent: true,
      itemStyle: { color: alarm, opacity: 0.07 },
      data: [
        [{ yAxis: 0 }, { yAxis: limits.lowV }],
        [{ yAxis: limits.highV }, { yAxis: limits.highV * 2 }],
      ],
    },
  };
}
