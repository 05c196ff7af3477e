import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import BacktestCard from '../../web/components/BacktestCard.svelte';
import ReadinessHead from '../../web/components/ReadinessHead.svelte';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import type { Readiness, ReadinessRun } from '../../web/lib/readinessApi.ts';

beforeEach(() => {
  i18n.locale = 'zh-CN';
});
afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

const failedBy = (error: string, notice?: ReadinessRun['notice']) =>
  ({ id: 'R', state: 'failed', error, notice }) as unknown as ReadinessRun;

/** What the head of the page says of a run that failed. */
function head(failed: ReadinessRun): HTMLElement {
  const season = { id: 'summer-2027', kind: 'summer', year: 2027, firstDay: 0, lastDay: 92, originDay: -1 };
  const standing = { season, run: null, running: null, failed, sensitivities: [] } as unknown as Readiness;
  render(ReadinessHead, { standing, report: null, onseason: () => undefined, onhow: () => undefined });
  return screen.getByRole('alert');
}

const quoted = (element: HTMLElement) =>
  [...element.querySelectorAll('[lang=en]')].map(({ textContent }) => textContent);

test('a Chinese page says in Chinese why a run failed, and what to do', () => {
  const alert = head(failedBy('No transformer is registered.', { code: 'run-no-transformer', values: {} }));
  expect(alert.textContent).toMatch(/上次运行失败：尚未登记任何台区\s*处理办法：请先导入台账。/);
  expect(alert.textContent).not.toMatch(/[A-Za-z]/);
});

test('names of stations stand quoted in it', () => {
  const values = { forecasts: 'CITY, HILL', stations: 'W1' };
  const alert = head(failedBy('Cannot be told.', { code: 'run-weather-unmatched', values }));
  expect(quoted(alert)).toEqual(['CITY, HILL', 'W1']);
});

test('what nobody foresaw is said to be that, its text apart', () => {
  const notice = { code: 'run-unexpected', values: { error: 'x is undefined' } };
  const alert = head(failedBy('x is undefined', notice));
  expect(alert.textContent).toMatch(/上次运行失败：发生意外错误：x is undefined.*日志/s);
  expect(quoted(alert)).toEqual(['x is undefined']);
});

test('a run of an earlier version is quoted as it was kept', () => {
  expect(quoted(head(failedBy('disk full')))).toEqual(['disk full']);
});

test('a back-test says it as well', () => {
  const failed = failedBy('summer-2027 is not over.', { code: 'run-season-not-over', values: {} });
  render(BacktestCard, { report: null, seasonName: '', share: null, failed, isNewer: false });
  expect(screen.getByRole('alert').textContent).toMatch(/回测失败：该季节尚未结束\s*处理办法：/);
});
