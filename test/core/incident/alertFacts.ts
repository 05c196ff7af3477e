import type { AlertFacts } from '../../../server/core/incident/delivery.ts';
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
