import type { CauseKind } from './incident.ts';
import type { MessageKind } from './delivery.ts';
import type { DetectedCondition, Severity } from '../event.ts';

/** What a language must be able to say of an alert. */
export interface MessageWords {
  /** Before everything else, so that a drill is never taken for the grid. */
  testMark: string;
  simulatedMark: string;
  /** Before the headline; what `opened` says is the headline itself. */
  prefixes: Record<Exclude<MessageKind, 'digest' | 'test'>, string>;
  severities: Record<Severity, string>;
  /** `Severe low voltage`. */
  headline(severity: Severity, condition: DetectedCondition): string;
  /** The condition alone, for what is over. */
  condition(condition: DetectedCondition): string;
  /** Headline with its place. */
  at(headline: string, place: string): string;
  number(number: number): string;
  digestTitle(count: number): string;
  testTitle: string;
  testText: string;
  causes: Record<CauseKind, string>;
  labels: Record<
    'where' | 'voltage' | 'since' | 'ended' | 'affects' | 'cause' | 'number' | 'severity' | 'link',
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
  open: string;
  openDigest: string;
  footer: string;
  labelEnd: string;
  /** Between parts of a short message. */
  separator: string;
  ellipsis: string;
}
