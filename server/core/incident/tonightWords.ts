import type { Language } from './delivery.ts';
import { counted, grouped } from './messageEn.ts';

/** What a language must be able to say of the next three days, beside the words of every message. */
interface TonightWords {
  /** Title; `ahead` days from today. */
  headline(transformers: number, ahead: number, date: string): string;
  /** Before what is said of a day. */
  day(ahead: number, date: string): string;
  none: string;
  temperature(minC: number, maxC: number): string;
  worst(worst: { p10V: number; p50V: number; date: string; pct: string }): string;
  homes(customers: number, important: number): string;
  labels: Record<'areas' | 'unknown' | 'readiness', string>;
  area(place: string, transformers: readonly number[]): string;
  moreAreas(count: number): string;
  transformers(count: number): string;
  /** What "likely" and the two voltages mean. */
  meaning(likelyPct: number): string;
  open: string;
}

const volts = (v: number): string => v.toFixed(1);
const degrees = (c: number): string => String(Math.round(c)).replace('-', '−');

const EN: TonightWords = {
  headline: (transformers, ahead, date) =>
    `Forecast: ${counted(transformers, 'transformer', 'transformers')} likely low ${['today', 'tomorrow'][ahead] ?? `on ${date}`}`,
  day: (ahead, date) => ['Today', 'Tomorrow'][ahead] ?? date,
  none: 'none likely',
  temperature: (minC, maxC) => `${degrees(minC)} to ${degrees(maxC)} °C`,
  worst: ({ p10V, p50V, date, pct }) => `${volts(p10V)}–${volts(p50V)} V on ${date} (${pct} %)`,
  homes: (customers, important) =>
    [
      counted(customers, 'home', 'homes'),
      ...(important > 0 ? [counted(important, 'important customer', 'important customers')] : []),
    ].join(', '),
  labels: { areas: 'By area', unknown: 'Not known', readiness: 'Readiness' },
  area: (place, transformers) => `${place} ${transformers.map(grouped).join(' / ')}`,
  moreAreas: (count) => `and ${counted(count, 'more area', 'more areas')}`,
  transformers: (count) => counted(count, 'transformer', 'transformers'),
  meaning: (likelyPct) =>
    `Likely: a clock hour under the limit with a probability of at least ${likelyPct} %. Voltages are of the lowest clock hour: only one time in ten below the first, half the time below the second.`,
  open: 'Open the map',
};

const ZH: TonightWords = {
  headline: (transformers, ahead, date) =>
    `预测：${['今日', '明日'][ahead] ?? date} ${transformers} 个台区可能低电压`,
  day: (ahead, date) => ['今日', '明日'][ahead] ?? date,
  none: '预计没有',
  temperature: (minC, maxC) => `${degrees(minC)} 至 ${degrees(maxC)} °C`,
  worst: ({ p10V, p50V, date, pct }) => `${date} ${volts(p10V)}–${volts(p50V)} V（${pct}%）`,
  homes: (customers, important) => `${customers} 户${important > 0 ? `，${important} 个重要用户` : ''}`,
  labels: { areas: '各供电区域', unknown: '无法判断', readiness: '迎峰准备' },
  area: (place, transformers) => `${place} ${transformers.join(' / ')}`,
  moreAreas: (count) => `另有 ${count} 个供电区域`,
  transformers: (count) => `${count} 个台区`,
  meaning: (likelyPct) =>
    `“可能”指当日最低小时电压低于限值的概率不小于 ${likelyPct}%。两个电压值：最低小时电压低于前者的可能为十分之一，低于后者的可能为一半。`,
  open: '打开地图',
};

export const TONIGHT_WORDS: Record<Language, TonightWords> = { en: EN, 'zh-CN': ZH };
