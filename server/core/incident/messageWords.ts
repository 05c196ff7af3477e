import type { CauseKind } from './incident.ts';
import type { Language, MessageKind, OutageMessageKind } from './delivery.ts';
import type { DetectedCondition, Severity } from '../event.ts';

/** One line of a message: what it is about, and what is said. */
export interface MessageLine {
  label: string;
  text: string;
}

export function placeName(place: { zh: string; en: string }, language: Language): string {
  const own = language === 'zh-CN' ? place.zh : place.en;
  // A registry with one language only: a name that someone can look up is better than none.
  return own || place.zh || place.en;
}

/** What a language must be able to say of an alert. */
export interface MessageWords {
  /** Before everything else, so that a drill is never taken for the grid. */
  testMark: string;
  simulatedMark: string;
  /** Before the headline; what `opened` says is the headline itself. */
  prefixes: Record<Exclude<MessageKind, OutageMessageKind | 'tonight' | 'digest' | 'test'>, string>;
  severities: Record<Severity, string>;
  /** `Severe low voltage`. */
  headline(severity: Severity, condition: DetectedCondition): string;
  /** The condition alone, for what is over. */
  condition(condition: DetectedCondition): string;
  /** Headline with its place. */
  at(headline: string, place: string): string;
  number(number: number): string;
  /** `Planned outage begins: line work`. */
  outageTitles: Record<OutageMessageKind, string>;
  /** Before a planned outage in a list. */
  outage: string;
  digestTitle(incidents: number, outages: number): string;
  testTitle: string;
  testText: string;
  causes: Record<CauseKind, string>;
  labels: Record<
    | 'where'
    | 'voltage'
    | 'since'
    | 'ended'
    | 'affects'
    | 'cause'
    | 'number'
    | 'severity'
    | 'link'
    | 'planned'
    | 'left',
    string
  >;
  voltage(worstV: number, limitV: number | null): string;
  voltageBrief(worstV: number, limitV: number | null): string;
  affects(transformers: number, customers: number, important: number): string;
  affectsBrief(transformers: number, customers: number): string;
  sinceBrief(clock: string): string;
  lastedBrief(duration: string): string;
  ended(time: string, duration: string): string;
  duration(minutes: number): string;
  /** A cause with its share of certainty, and the sentences that speak for it. */
  cause(name: string, pct: number, sentences: readonly string[]): string;
  more(count: number): string;
  /** How many transformers are not back after a planned outage. */
  leftBrief(count: number): string;
  moreLeft(count: number): string;
  /** Names one after the other. */
  list(names: readonly string[]): string;
  open: string;
  openDigest: string;
  openOutages: string;
  footer: string;
  labelEnd: string;
  /** Between parts of a short message. */
  separator: string;
  ellipsis: string;
}
