import { announce, escalationDue, type AnnounceContext } from '../../../server/core/incident/announce.ts';
import type { Incident } from '../../../server/core/incident/incident.ts';
import type { AlertSettings, Person } from '../../../server/core/incident/settings.ts';
import { severityRank } from '../../../server/core/incident/severity.ts';
import type { Severity } from '../../../server/core/event.ts';
import { START_MS } from '../timeline.ts';
import { incident, member, minuteMs, person, policy, route, settingsOf } from './incidents.ts';

const TICK_MS = 1_000;

/** Li first, Wang after 10 minutes, Zhao after 10 more; then all of it once more. */
export const THREE_STEPS = policy(
  [
    ['li', 600],
    ['wang', 600],
    ['zhao', 600],
  ],
  { repeats: 1 },
);

/** Settings by which everything goes to the three steps. */
export function threeSteps(over: Partial<AlertSettings> = {}): AlertSettings {
  return settingsOf({ routes: [route()], policies: [THREE_STEPS], ...over }, ['li', 'wang', 'zhao', 'sun']);
}

export interface TimelineOptions {
  settings?: AlertSettings;
  people?: readonly Person[];
  timeZone?: string;
  /** Whether the program stops and starts at this tick: only what is stored survives. */
  restartsAt?: (tick: number) => boolean;
}

/** One incident and the people around it; who is told comes out as lines `@minute:second who what`. */
export class AlertTimeline {
  settings: AlertSettings;
  people: readonly Person[];
  /** Other incidents. */
  others: Incident[] = [];
  lines: string[] = [];
  /** Kinds of the timeline that the policy wrote, with what they say. */
  entries: string[] = [];
  now: Incident | null = null;
  readonly #timeZone: string;
  readonly #restartsAt: (tick: number) => boolean;
  #ms = START_MS;
  #tick = 0;

  constructor(options: TimelineOptions = {}) {
    this.settings = options.settings ?? threeSteps();
    this.people = options.people ?? ['li', 'wang', 'zhao', 'sun'].map((id) => person(id));
    this.#timeZone = options.timeZone ?? 'UTC';
    this.#restartsAt = options.restartsAt ?? (() => false);
  }

  raise(minute: number, severity: Severity = 'severe', over: Partial<Incident> = {}): this {
    this.run(minute);
    const members = [member('T1', { severity, sinceMs: minuteMs(minute) })];
    return this.#announce(null, incident({ severity, members, ...over }));
  }

  severity(minute: number, severity: Severity): this {
    const { peakSeverity } = this.run(minute).now!;
    const isPeak = severityRank(severity) > severityRank(peakSeverity);
    return this.change(minute, { severity, peakSeverity: isPeak ? severity : peakSeverity });
  }

  acknowledge(minute: number, userId: string): this {
    return this.change(minute, {
      state: 'acknowledged',
      acknowledgedBy: userId,
      acknowledgedMs: minuteMs(minute),
    });
  }

  snooze(minute: number, untilMinute: number): this {
    return this.change(minute, { snoozedUntilMs: minuteMs(untilMinute) });
  }

  resolve(minute: number, over: Partial<Incident> = {}): this {
    return this.change(minute, {
      state: 'resolved',
      resolvedBy: 'recovery',
      resolvedMs: minuteMs(minute),
      ...over,
    });
  }

  reopen(minute: number): this {
    const { reopened } = this.run(minute).now!;
    return this.change(minute, { state: 'open', resolvedBy: null, resolvedMs: null, reopened: reopened + 1 });
  }

  /** Whatever else the book may do to the incident. */
  change(minute: number, over: Partial<Incident>): this {
    const before = this.run(minute).now!;
    return this.#announce(before, { ...before, ...over, version: before.version + 1 });
  }

  /** Settings or people are changed. */
  configure(minute: number, settings: Partial<AlertSettings>, people = this.people): this {
    this.run(minute);
    this.settings = { ...this.settings, ...settings };
    this.people = people;
    return this;
  }

  /** Time goes on to a minute. */
  run(minute: number): this {
    while (this.#ms < minuteMs(minute)) {
      this.#ms += TICK_MS;
      if (this.now === null) continue;
      if (this.#restartsAt(this.#tick++)) this.now = JSON.parse(JSON.stringify(this.now)) as Incident;
      if (escalationDue(this.now, this.#context())) this.#announce(this.now, this.now);
    }
    return this;
  }

  #context(): AnnounceContext {
    const { settings, people } = this;
    const active = [...this.others, ...(this.now === null ? [] : [this.now])];
    return { settings, people, active, nowMs: this.#ms, timeZone: this.#timeZone };
  }

  #announce(before: Incident | null, after: Incident): this {
    const said = announce({ before, after, ...this.#context() });
    this.now = said.incident;
    const at = this.#stamp();
    for (const { userId, kind } of said.wanted) this.lines.push(`${at} ${userId} ${kind}`);
    for (const userId of said.digest) this.lines.push(`${at} ${userId} (digest)`);
    for (const { kind, body } of said.timeline) {
      this.entries.push([at, kind, ...Object.values(body).filter((v) => v !== null && v !== '')].join(' '));
    }
    return this;
  }

  #stamp(): string {
    const seconds = Math.round((this.#ms - START_MS) / 1_000);
    return `@${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
