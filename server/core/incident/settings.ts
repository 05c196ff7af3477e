import type { DetectedCondition, Severity } from '../event.ts';
import type { ContactPoint } from './delivery.ts';

/** What people configure of alerting, as documents with a version each; loaded whole. What may be absent may be undefined as well, as parsed answers have it. */

export interface Versioned {
  id: string;
  /** Rises with every change; a change names the version that its author saw. */
  version: number;
}

/** Which incidents something is about; an absent or empty list matches all. All given must match. */
export interface Matcher {
  areaIds?: readonly string[] | undefined;
  feederIds?: readonly string[] | undefined;
  transformerIds?: readonly string[] | undefined;
  conditions?: readonly DetectedCondition[] | undefined;
  severityMin?: Severity | undefined;
  importantOnly?: boolean | undefined;
}

/** Daily span of local time, minutes from midnight; `from` > `to` passes midnight. */
export interface DailySpan {
  fromMin: number;
  toMin: number;
  /** 1 = Monday … 7; empty: every day. */
  weekdays: readonly number[];
}

/** The first route in order that matches decides. */
export interface Route extends Versioned {
  name: string;
  order: number;
  match: Matcher;
  /** Absent: always. */
  during?: DailySpan | undefined;
  policyId: string;
  /** Mild incidents are gathered into a digest instead of being told one by one. */
  mildToDigest: boolean;
}

export type Target = { kind: 'user'; id: string } | { kind: 'schedule'; id: string };

export interface EscalationStep {
  targets: readonly Target[];
  /** Until the next step, unless someone acknowledges. */
  waitS: number;
}

export interface EscalationPolicy extends Versioned {
  name: string;
  steps: readonly EscalationStep[];
  /** Times that all steps are gone through again; then it is left, and said so. */
  repeats: number;
}

export interface Rotation {
  name: string;
  userIds: readonly string[];
  /** Local date of the first hand-off, YYYY-MM-DD, and local time of every hand-off, minutes from midnight. */
  startDate: string;
  handOffMin: number;
  /** Length of a turn. */
  turnDays: number;
  /** Absent: around the clock. */
  during?: DailySpan | undefined;
}

export interface Override {
  id: string;
  userId: string;
  fromMs: number;
  toMs: number;
}

/** Who is on call. Later rotations lie over earlier ones, overrides over all. */
export interface Schedule extends Versioned {
  name: string;
  timeZone: string;
  rotations: readonly Rotation[];
  overrides: readonly Override[];
}

export interface Silence extends Versioned {
  match: Matcher;
  author: string;
  reason: string;
  fromMs: number;
  toMs: number;
  endedMs: number | null;
}

/** A planned outage: suppresses what it explains while it lasts (and `graceMs` after), never anything else. */
export interface PlannedOutage extends Versioned {
  title: string;
  feederIds: readonly string[];
  transformerIds: readonly string[];
  fromMs: number;
  toMs: number;
  /** When customers were told. */
  noticedMs: number | null;
  author: string;
  /** Announced to those on call that it begins, that it ended. */
  startedMs: number | null;
  endedMs: number | null;
  cancelledMs: number | null;
  /** What was found when power should have been back; absent or null until it was looked. */
  endCheck?: OutageEndCheck | null;
}

/** What of a planned outage is not back after its end. */
export interface OutageEndCheck {
  checkedMs: number;
  /** Still low, out or silent then; empty: everything was back. */
  transformerIds: readonly string[];
  /** Incidents that they were in. */
  incidentIds: readonly string[];
  /** Since when none of them is any more; null while one is. */
  backMs: number | null;
}

/** Delays and policies of a season; applied between the dates (MM-DD, inclusive) each year. */
export interface PeakSeason extends Versioned {
  name: string;
  fromDay: string;
  toDay: string;
  /** Waits of escalation are multiplied by this (0.5: twice as fast). */
  waitFactor: number;
  /** Policy by policy that it stands in for. */
  policyInstead: Readonly<Record<string, string>>;
  /** Mild incidents are told one by one too. */
  tellMild: boolean;
}

export interface PersonSettings extends Versioned {
  /** Id is the user id. Hours without mild and serious messages; severe is never held back. */
  quietHours: DailySpan | null;
  timeZone: string;
}

export interface AlertSettings {
  routes: readonly Route[];
  policies: readonly EscalationPolicy[];
  schedules: readonly Schedule[];
  silences: readonly Silence[];
  outages: readonly PlannedOutage[];
  seasons: readonly PeakSeason[];
  contactPoints: readonly (ContactPoint & Versioned)[];
  people: readonly PersonSettings[];
}

/** Someone who can be told. */
export interface Person {
  id: string;
  name: string;
  language: 'zh-CN' | 'en';
  /** Disabled people are passed over, and warned about. */
  enabled: boolean;
}

/** Something in the settings that will keep a page from reaching a person; a code and its values, as with notices. */
export interface AlertWarning {
  code:
    | 'no-route'
    | 'policy-missing'
    | 'step-empty'
    | 'schedule-gap'
    | 'person-unreachable'
    | 'person-disabled'
    | 'nobody-now';
  values: Readonly<Record<string, string | number>>;
}
