import type { Evidence, CauseKind } from './incident.ts';
import type { DetectedCondition, Severity } from '../event.ts';

/** A message on its way to one person over one channel: the row of the outbox. */

export const CHANNELS = [
  'email',
  'webhook',
  'web-push',
  'wecom',
  'dingtalk',
  'feishu',
  'slack',
  'alertmanager',
  'sms',
  /** Of the demo alone: delivers to nobody, and says so. */
  'demo',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** A planned outage begins; ended, and everything is back; ended, and something is still low or out. */
export type OutageMessageKind = 'outage-begins' | 'outage-ended' | 'outage-left';

/** `tonight`: which transformers may go low in the next three days. */
export type MessageKind =
  | 'opened'
  | 'escalated'
  | 'worsened'
  | 'reopened'
  | 'resolved'
  | OutageMessageKind
  | 'tonight'
  | 'digest'
  | 'test';

export type Language = 'zh-CN' | 'en';

/** What a message says, frozen when it was queued; rendered by channel and language. */
export interface AlertFacts {
  kind: MessageKind;
  incidentId: string | null;
  number: number | null;
  severity: Severity;
  condition: DetectedCondition;
  /** Feeder, area or transformer, by its names. */
  place: { zh: string; en: string };
  worstV: number | null;
  limitV: number | null;
  startedMs: number;
  resolvedMs: number | null;
  transformers: number;
  customers: number;
  importantCustomers: number;
  cause: { kind: CauseKind; confidence: number; evidence: readonly Evidence[] } | null;
  /** Of a planned outage; then there is no incident. */
  outage?: OutageFacts;
  /** Of the forecast of the next three days; then there is no incident. */
  tonight?: TonightFacts;
  /** A digest: its lines, worst first, planned outages last. */
  items?: readonly DigestItem[];
  /** Simulated or a test: every rendering says so. */
  simulated: boolean;
  isTest: boolean;
  /** Where the incident is shown; a GET never acknowledges. */
  url: string;
  /** Zone of the times. */
  timeZone: string;
}

/** What a message says of a planned outage. */
export interface OutageFacts {
  id: string;
  title: string;
  fromMs: number;
  toMs: number;
  /** Transformers that are not back, by name; `leftCount` may be more. */
  left: readonly { zh: string; en: string }[];
  leftCount: number;
}

/** What a message says of the next three days, as far as one reader is concerned. */
export interface TonightFacts {
  /** Probability of a low clock hour from which a transformer is likely to go low on a day, 0–1. */
  likelyP: number;
  /** Today and the two days after it. */
  days: readonly {
    /** Local day since 1970. */
    day: number;
    /** Likely to go low on it. */
    transformers: number;
    customers: number;
    importantCustomers: number;
    /** Expected, °C; null where it is not known. */
    minC: number | null;
    maxC: number | null;
  }[];
  /** The lowest of them, each on its worst day. */
  worst: readonly TonightWorst[];
  /** Areas with a transformer that is likely to go low, most of them first; how many on each of the days. */
  areas: readonly { place: { zh: string; en: string }; transformers: readonly number[] }[];
  /** Areas beyond those that are named. */
  moreAreas: number;
  /** Transformers of which nothing can be said: not the same as none. */
  unknown: number;
  /** Where the ranking of the season is shown. */
  readinessUrl: string;
}

export interface TonightWorst {
  place: { zh: string; en: string };
  day: number;
  pLow: number;
  /** Lowest 1-hour mean of the day, V. */
  p10V: number;
  p50V: number;
  customers: number;
  importantCustomers: number;
}

/** One line of a digest: an incident, or a planned outage, which has no number. */
export interface DigestItem {
  number: number | null;
  severity: Severity;
  place: { zh: string; en: string };
  worstV: number | null;
  outage?: OutageFacts;
}

export interface ContactPoint {
  id: string;
  userId: string;
  channel: Channel;
  name: string;
  language: Language;
  /** Address, URL, keys: what the channel needs; secrets are replaced when shown. */
  settings: Readonly<Record<string, string>>;
  /** Order of trying, 0 first; the next one is tried when this one gave up. */
  priority: number;
  /** Disabled ones are not reachable. */
  enabled: boolean;
}

/** `queued` waits for `nextMs`; `leased` is at a worker until `leaseUntilMs`. */
export type DeliveryState = 'queued' | 'leased' | 'sent' | 'failed' | 'skipped';

export interface Delivery {
  /** The same on every attempt: the receiver can tell a duplicate. */
  id: string;
  incidentId: string | null;
  userId: string;
  contactPointId: string;
  facts: AlertFacts;
  state: DeliveryState;
  attempts: number;
  createdMs: number;
  nextMs: number;
  leaseUntilMs: number | null;
  /** Given up after this, then the next contact point of the person is tried. */
  expiresMs: number;
  /** Delivery that this one stands in for, after its channel failed. */
  insteadOf: string | null;
}

export interface DeliveryAttempt {
  deliveryId: string;
  number: number;
  startedMs: number;
  endedMs: number;
  result: 'sent' | 'retry' | 'refused';
  /** What the other end said, at most 500 characters, no secret. */
  detail: string;
}

/** What a channel made of a message. */
export type DeliveryResult =
  | { kind: 'sent'; detail: string }
  /** May yet work; `afterMs` is its Retry-After. */
  | { kind: 'retry'; reason: string; afterMs?: number }
  /** Never will: wrong address, unsubscribed, forbidden. */
  | { kind: 'refused'; reason: string };
