import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportShares } from '../../server/core/forecast/backtestReport.ts';
import BacktestCard from '../../web/components/BacktestCard.svelte';
import ReadinessHead from '../../web/components/ReadinessHead.svelte';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import type { Readiness, SeenReport } from '../../web/lib/readinessApi.ts';
import { reportOf, runOf } from '../fixtures/readiness.ts';

/** jsdom lays nothing out; what a chart draws is not looked at here. */
class Observer {
  observe(): void {}
  disconnect(): void {}
}

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', Observer);
  i18n.locale = 'zh-CN';
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  i18n.locale = 'en';
});

function shown(report: SeenReport): string {
  const season = { id: 'summer-2027', kind: 'summer', year: 2027, firstDay: 0, lastDay: 92, originDay: -1 };
  const run = { ...runOf('R', { report }), addedK: null };
  const standing = { season, run, running: null, failed: null, sensitivities: [] } as unknown as Readiness;
  render(ReadinessHead, { standing, report, onseason: () => undefined, onhow: () => undefined });
  render(BacktestCard, { report, seasonName: '2026 年夏季', share: null, failed: null, isNewer: false });
  expect(screen.getByRole('table').textContent).toContain('0.5');
  return document.body.textContent;
}

test('the head and the card of a back-test say how many were scored and found', () => {
  expect(shown(reportOf())).toMatch(/命中 12 个低电压台区中的 8 个.*范围：30 个台区/s);
});

test('without the counts they say how sure the forecast is, and no number of the whole grid', () => {
  const text = shown(reportShares(reportOf()));
  expect(text).toMatch(/回测中优于所有基线.*范围：全网台区/s);
  expect(text).not.toMatch(/命中|\bundefined\b|NaN/);
});
