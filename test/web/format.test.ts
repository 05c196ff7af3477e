import { describe, expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatMoney,
  formatNumber,
  formatTime,
  NO_VALUE,
  THIN_SPACE,
  unbroken,
} from '../../web/lib/format.ts';

describe('numbers', () => {
  test.each([
    [193.44, 1, '193.4'],
    [1284, 0, '1,284'],
    [0, 1, '0.0'],
  ])('%d with %d decimals', (value, decimals, text) => {
    expect(formatNumber(value, 'en', decimals)).toBe(text);
  });

  test.each([null, undefined, NaN, Infinity])('%s is shown as not known', (value) => {
    expect(formatNumber(value, 'zh-CN')).toBe(NO_VALUE);
  });
});

describe('ages', () => {
  test.each([
    [-500, 'en', '0 s'],
    [12_900, 'en', '12 s'],
    [89_999, 'zh-CN', '89 秒'],
    [90_000, 'en', '1 min'],
    [37 * 60_000, 'zh-CN', '37 分钟'],
    [5 * 3_600_000, 'en', '5 h'],
    [72 * 3_600_000, 'zh-CN', '3 天'],
  ] as const)('%d ms', (ageMs, locale, text) => {
    expect(formatAge(ageMs, locale)).toBe(text.replace(' ', THIN_SPACE));
  });
});

test('times are those of the grid, whatever zone the browser is in', () => {
  const ms = Date.parse('2026-07-20T13:40:00Z');
  expect(formatTime(ms, 'en', 'Asia/Shanghai', 'time')).toBe('21:40');
  expect(formatTime(ms, 'zh-CN', 'Asia/Shanghai', 'dateTimeZone')).toBe('2026年7月20日 21:40 GMT+8');
  expect(formatTime(null, 'en', 'Asia/Shanghai')).toBe(NO_VALUE);
});

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [81_234, '79.3 KiB'],
  [3 * 1024 ** 3, '3.0 GiB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes, 'en')).toBe(text.replace(' ', THIN_SPACE));
});

test.each([
  ['CNY', 'en', '45,000 CNY'],
  ['CNY', 'zh-CN', '45,000 元'],
  ['EUR', 'zh-CN', '45,000 EUR'],
] as const)('money in %s reads, in %s, %s', (currency, locale, text) => {
  expect(formatMoney(45_000, currency, locale)).toBe(text.replace(' ', THIN_SPACE));
});

test.each([
  ['in a bad year 211 %, and 16 V more', 'in a bad year 211_%, and 16_V more'],
  ['剩余风险 12%（要求 198.0 V）', '剩余风险 12%（要求 198.0_V）'],
  ['12 voltages of 3 Meters', '12 voltages of 3 Meters'],
])('no line of %s breaks between number and unit', (sentence, kept) => {
  expect(unbroken(sentence)).toBe(kept.replaceAll('_', THIN_SPACE));
});
