import { DAY_MS } from '../localTime.ts';
import type { ContactPoint } from './delivery.ts';
import type { AlertSettings, EscalationPolicy, PeakSeason, Person } from './settings.ts';
import { localDayOf, offsetOf, wallTimeMs } from './wallTime.ts';

/** Who is on call in the demo: three people who get nothing, since their channel only says what it would have sent. */
export const DEMO_PEOPLE: readonly Person[] = [
  { id: 'demo-li', name: '李明 Li Ming', language: 'zh-CN', enabled: true },
  { id: 'demo-wang', name: '王芳 Wang Fang', language: 'zh-CN', enabled: true },
  { id: 'demo-zhao', name: 'Zhao Lei', language: 'en', enabled: true },
];

/** Days until the planned outage: told well before the seven that are asked for. */
const OUTAGE_IN_DAYS = 9;

const POLICIES: readonly EscalationPolicy[] = [
  {
    id: 'demo-duty',
    version: 0,
    name: '值班 On duty',
    repeats: 2,
    steps: [
      { targets: [{ kind: 'schedule', id: 'demo-rota' }], waitS: 600 },
      {
        targets: [
          { kind: 'user', id: 'demo-wang' },
          { kind: 'user', id: 'demo-zhao' },
        ],
        waitS: 900,
      },
    ],
  },
];

const SEASONS: readonly PeakSeason[] = [
  {
    id: 'demo-summer',
    version: 0,
    name: '迎峰度夏 Summer peak',
    fromDay: '06-15',
    toDay: '09-15',
    waitFactor: 0.5,
    policyInstead: {},
    tellMild: false,
  },
];

/** Settings of the demo: a weekly rota, severe and serious at once, mild by digest, work on one feeder to come. Documents are new (version 0). */
export function demoSettings(nowMs: number, timeZone: string, feederId: string): AlertSettings {
  const offset = offsetOf(timeZone);
  const today = localDayOf(nowMs, offset);
  // Day 0 was a Thursday: turns change on Mondays.
  const monday = today - ((((today + 3) % 7) + 7) % 7);
  return {
    routes: [
      {
        id: 'demo-all',
        version: 0,
        name: '全部 All',
        order: 100,
        match: {},
        policyId: 'demo-duty',
        mildToDigest: true,
      },
    ],
    policies: POLICIES,
    schedules: [
      {
        id: 'demo-rota',
        version: 0,
        name: '值班表 Rota',
        timeZone,
        rotations: [
          {
            name: '每周 Weekly',
            userIds: DEMO_PEOPLE.map(({ id }) => id),
            startDate: new Date(monday * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length),
            handOffMin: 0,
            turnDays: 7,
          },
        ],
        overrides: [],
      },
    ],
    silences: [],
    outages: [
      {
        id: 'demo-outage',
        version: 0,
        title: '线路检修 Line maintenance',
        feederIds: [feederId],
        transformerIds: [],
        fromMs: wallTimeMs(today + OUTAGE_IN_DAYS, 9 * 60, offset),
        toMs: wallTimeMs(today + OUTAGE_IN_DAYS, 15 * 60, offset),
        noticedMs: nowMs,
        author: 'demo-li',
        startedMs: null,
        endedMs: null,
        cancelledMs: null,
      },
    ],
    seasons: SEASONS,
    contactPoints: DEMO_PEOPLE.map((person): ContactPoint & { version: number } => ({
      id: `${person.id}-contact`,
      version: 0,
      userId: person.id,
      channel: 'demo',
      name: '演示 Demo',
      language: person.language,
      settings: {},
      priority: 0,
      enabled: true,
    })),
    people: DEMO_PEOPLE.map(({ id }) => ({ id, version: 0, quietHours: null, timeZone })),
  };
}
