import type { ShownIncident } from '../../web/lib/alertApi.ts';

const OPENED_MS = 1_753_000_800_000;

/** An open incident of one feeder with two transformers, serious and likely from upstream. */
export function incident(change: Partial<ShownIncident> = {}): ShownIncident {
  const member = {
    point: 'outlet',
    condition: 'under-voltage',
    phase: 'b',
    severity: 'serious',
    sinceMs: OPENED_MS - 60_000,
    clearedMs: null,
    limitV: 198,
  } as const;
  return {
    id: 'inc-1',
    number: 128,
    version: 3,
    state: 'open',
    severity: 'serious',
    peakSeverity: 'serious',
    condition: 'under-voltage',
    cause: {
      kind: 'upstream',
      confidence: 0.91,
      evidence: [
        {
          code: 'fell-together',
          values: {},
          sentence: { zh: '2 个台区在 90 秒内同时下降。', en: 'Both fell within 90 s.' },
        },
      ],
    },
    place: { zh: '10kV 河西线', en: '10 kV Hexi' },
    feederId: 'F1',
    stationId: null,
    judgedBy: null,
    areaIds: ['A1'],
    org: 'county',
    members: [
      {
        ...member,
        transformerId: 'TQ-1',
        name: { zh: '河湾 1', en: 'Hewan 1' },
        valueV: 190,
        clearedMs: OPENED_MS,
      },
      { ...member, transformerId: 'TQ-2', name: { zh: '东岭 2', en: 'Dongling 2' }, valueV: 184.2 },
    ],
    transformers: 2,
    customers: 1126,
    importantCustomers: 1,
    worstV: 184.2,
    limitV: 198,
    startedMs: OPENED_MS - 60_000,
    openedMs: OPENED_MS,
    acknowledgedMs: null,
    acknowledgedBy: null,
    assignee: null,
    snoozedUntilMs: null,
    resolvedMs: null,
    resolvedBy: null,
    mergedInto: null,
    reopened: 0,
    suppressions: [],
    escalation: null,
    isTest: false,
    ...change,
  };
}
