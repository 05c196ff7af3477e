import type { AlertFacts, OutageMessageKind } from '../../../server/core/incident/delivery.ts';
import { evidence } from '../../../server/core/incident/evidence.ts';

/** Severe low voltage on a feeder, 14 Jul 2026 21:04 in Shanghai. */
export function alertFacts(over: Partial<AlertFacts> = {}): AlertFacts {
  return {
    kind: 'opened',
    incidentId: '0197f3c4-8a10-7000-8000-000000000128',
    number: 128,
    severity: 'severe',
    condition: 'under-voltage',
    place: { zh: '河西线', en: 'Hexi feeder' },
    worstV: 174.16,
    limitV: 198,
    startedMs: Date.UTC(2026, 6, 14, 13, 4),
    resolvedMs: null,
    transformers: 14,
    customers: 1126,
    importantCustomers: 1,
    cause: {
      kind: 'upstream',
      confidence: 0.874,
      evidence: [
        evidence('fell-together', { count: 12, total: 14, windowS: 90 }),
        { code: 'from-a-newer-version', values: {} },
        evidence('own-load-explains', { pct: 12.3 }),
      ],
    },
    simulated: false,
    isTest: false,
    url: 'https://pv.example.cn/#/incidents/128',
    timeZone: 'Asia/Shanghai',
    ...over,
  };
}

/** A planned outage of that feeder, 09:00 to 17:00 of the same day. */
export function outageAlert(kind: OutageMessageKind, leftCount = 0): AlertFacts {
  const fromMs = Date.UTC(2026, 6, 14, 1);
  const toMs = Date.UTC(2026, 6, 14, 9);
  const left = [
    { zh: '北一', en: 'North 1' },
    { zh: '北二', en: 'North 2' },
  ].slice(0, leftCount);
  return alertFacts({
    kind,
    incidentId: null,
    number: null,
    severity: 'mild',
    condition: 'outage',
    worstV: null,
    limitV: null,
    startedMs: fromMs,
    resolvedMs: kind === 'outage-begins' ? null : toMs,
    cause: null,
    outage: { id: 'O1', title: 'line work', fromMs, toMs, left, leftCount },
    url: 'https://pv.example.cn/#/outages',
  });
}

/** Mild ones, numbered from 1. */
export function digestItems(count: number): NonNullable<AlertFacts['items']> {
  return Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    severity: 'mild' as const,
    place: { zh: `线路${i + 1}`, en: `Feeder ${i + 1}` },
    worstV: 195,
  }));
}
