import { DAY_MS } from '../localTime.ts';
import { CONTACT_VALUE_CHARS_MAX, settingsFault, type ContactFaultCode } from './contact.ts';
import type {
  AlertSettings,
  DailySpan,
  EscalationPolicy,
  Matcher,
  Person,
  Schedule,
  Target,
} from './settings.ts';
import { dayOfDate, isZone } from './wallTime.ts';

/** What is wrong with a document of the settings before it is taken; all of it together, each with its place. */

export interface SettingsFault {
  /** E.g. `steps.2.waitS`. */
  path: string;
  message: {
    code:
      | 'required'
      | 'too-long'
      | 'too-many'
      | 'out-of-range'
      | 'unknown'
      | 'not-after'
      | 'no-zone'
      | 'no-date'
      | 'no-weekday'
      | Exclude<ContactFaultCode, 'missing'>;
    values: Readonly<Record<string, string | number>>;
  };
}

const NAME_CHARS_MAX = 120;
const REASON_CHARS_MAX = 500;
const IDS_MAX = 1_000;
const STEPS_MAX = 10;
const TARGETS_MAX = 20;
const REPEATS_MAX = 10;
const WAIT_S = { min: 10, max: 86_400 };
const ROTATIONS_MAX = 10;
const OVERRIDES_MAX = 200;
const USERS_MAX = 50;
const TURN_DAYS = { min: 1, max: 366 };
const STRETCH_MS_MAX = 30 * DAY_MS;
const WAIT_FACTOR = { min: 0.1, max: 2 };
const PRIORITY = { min: 0, max: 9 };
const ORDER = { min: 0, max: 10_000 };
const MINUTES = { min: 0, max: 1_439 };

type Kind = keyof AlertSettings;
type Document<K extends Kind> = AlertSettings[K][number];

/** Faults of a document against the other settings and the people; none when it can be taken. */
export function settingsFaults<K extends Kind>(
  kind: K,
  document: Document<K>,
  settings: AlertSettings,
  people: readonly Person[],
): SettingsFault[] {
  const check = new Check(settings, people);
  CHECKS[kind](document, check);
  return check.faults;
}

/** Gathers faults; each test is told the place. */
class Check {
  readonly faults: SettingsFault[] = [];
  readonly settings: AlertSettings;
  readonly #people: readonly Person[];

  constructor(settings: AlertSettings, people: readonly Person[]) {
    this.settings = settings;
    this.#people = people;
  }

  add(
    path: string,
    code: SettingsFault['message']['code'],
    values: SettingsFault['message']['values'] = {},
  ): void {
    this.faults.push({ path, message: { code, values } });
  }

  text(path: string, text: string, max = NAME_CHARS_MAX): void {
    if (text.trim() === '') this.add(path, 'required');
    if (text.length > max) this.add(path, 'too-long', { max });
  }

  range(path: string, value: number, { min, max }: { min: number; max: number }): void {
    if (!(value >= min && value <= max)) this.add(path, 'out-of-range', { min, max });
  }

  whole(path: string, value: number, bounds: { min: number; max: number }): void {
    this.range(path, Number.isInteger(value) ? value : NaN, bounds);
  }

  count(path: string, list: readonly unknown[], max: number, min = 0): void {
    if (list.length < min) this.add(path, 'required');
    if (list.length > max) this.add(path, 'too-many', { max });
  }

  stretch(path: string, fromMs: number, toMs: number): void {
    if (!(toMs > fromMs)) this.add(path, 'not-after');
    else if (toMs - fromMs > STRETCH_MS_MAX) this.add(path, 'out-of-range', { min: 0, max: 30 });
  }

  zone(path: string, timeZone: string): void {
    if (!isZone(timeZone)) this.add(path, 'no-zone', { timeZone });
  }

  span(path: string, span: DailySpan | null | undefined): void {
    if (span === null || span === undefined) return;
    this.whole(`${path}.fromMin`, span.fromMin, MINUTES);
    this.whole(`${path}.toMin`, span.toMin, MINUTES);
    if (!span.weekdays.every((day) => Number.isInteger(day) && day >= 1 && day <= 7)) {
      this.add(`${path}.weekdays`, 'no-weekday');
    }
  }

  person(path: string, id: string): void {
    if (!this.#people.some((person) => person.id === id)) this.add(path, 'unknown', { id });
  }

  known(path: string, kind: 'policies' | 'schedules', id: string): void {
    if (!this.settings[kind].some((document) => document.id === id)) this.add(path, 'unknown', { id });
  }

  matcher(path: string, match: Matcher): void {
    for (const key of ['areaIds', 'feederIds', 'transformerIds', 'conditions'] as const) {
      this.count(`${path}.${key}`, match[key] ?? [], IDS_MAX);
    }
  }

  target(path: string, target: Target): void {
    if (target.kind === 'user') this.person(path, target.id);
    else this.known(path, 'schedules', target.id);
  }
}

const CHECKS: { [K in Kind]: (document: Document<K>, check: Check) => void } = {
  routes({ name, order, match, during, policyId }, check) {
    check.text('name', name);
    check.whole('order', order, ORDER);
    check.matcher('match', match);
    check.span('during', during);
    check.known('policyId', 'policies', policyId);
  },
  policies: checkPolicy,
  schedules: checkSchedule,
  silences({ match, reason, fromMs, toMs }, check) {
    check.matcher('match', match);
    check.text('reason', reason, REASON_CHARS_MAX);
    check.stretch('toMs', fromMs, toMs);
  },
  outages({ title, feederIds, transformerIds, fromMs, toMs }, check) {
    check.text('title', title);
    check.count('feederIds', feederIds, IDS_MAX);
    check.count('transformerIds', transformerIds, IDS_MAX);
    if (feederIds.length + transformerIds.length === 0) check.add('feederIds', 'required');
    check.stretch('toMs', fromMs, toMs);
  },
  seasons({ name, fromDay, toDay, waitFactor, policyInstead }, check) {
    check.text('name', name);
    // A leap year has every day that a season may begin or end on.
    if (Number.isNaN(dayOfDate(`2024-${fromDay}`))) check.add('fromDay', 'no-date');
    if (Number.isNaN(dayOfDate(`2024-${toDay}`))) check.add('toDay', 'no-date');
    check.range('waitFactor', waitFactor, WAIT_FACTOR);
    for (const [from, to] of Object.entries(policyInstead)) {
      check.known(`policyInstead.${from}`, 'policies', from);
      check.known(`policyInstead.${from}`, 'policies', to);
    }
  },
  contactPoints({ userId, name, priority, channel, settings }, check) {
    check.person('userId', userId);
    check.text('name', name);
    check.whole('priority', priority, PRIORITY);
    for (const { field, code } of settingsFault(channel, settings)) {
      const values = code === 'too-long' ? { max: CONTACT_VALUE_CHARS_MAX } : {};
      check.add(`settings.${field}`, code === 'missing' ? 'required' : code, values);
    }
  },
  people({ id, quietHours, timeZone }, check) {
    check.person('id', id);
    check.span('quietHours', quietHours);
    check.zone('timeZone', timeZone);
  },
};

function checkPolicy({ name, steps, repeats }: EscalationPolicy, check: Check): void {
  check.text('name', name);
  check.whole('repeats', repeats, { min: 0, max: REPEATS_MAX });
  check.count('steps', steps, STEPS_MAX, 1);
  steps.forEach(({ targets, waitS }, i) => {
    check.whole(`steps.${i}.waitS`, waitS, WAIT_S);
    check.count(`steps.${i}.targets`, targets, TARGETS_MAX, 1);
    targets.forEach((target, j) => check.target(`steps.${i}.targets.${j}`, target));
  });
}

function checkSchedule({ name, timeZone, rotations, overrides }: Schedule, check: Check): void {
  check.text('name', name);
  check.zone('timeZone', timeZone);
  check.count('rotations', rotations, ROTATIONS_MAX);
  rotations.forEach((rotation, i) => {
    const at = `rotations.${i}`;
    check.text(`${at}.name`, rotation.name);
    check.count(`${at}.userIds`, rotation.userIds, USERS_MAX);
    rotation.userIds.forEach((userId, j) => check.person(`${at}.userIds.${j}`, userId));
    if (Number.isNaN(dayOfDate(rotation.startDate))) check.add(`${at}.startDate`, 'no-date');
    check.whole(`${at}.handOffMin`, rotation.handOffMin, MINUTES);
    check.whole(`${at}.turnDays`, rotation.turnDays, TURN_DAYS);
    check.span(`${at}.during`, rotation.during);
  });
  check.count('overrides', overrides, OVERRIDES_MAX);
  overrides.forEach(({ userId, fromMs, toMs }, i) => {
    check.person(`overrides.${i}.userId`, userId);
    check.stretch(`overrides.${i}.toMs`, fromMs, toMs);
  });
}
