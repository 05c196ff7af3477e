import type { AlertFacts, Language, OutageFacts, OutageMessageKind } from './delivery.ts';
import { evidenceSentence } from './evidence.ts';
import { MESSAGE_EN } from './messageEn.ts';
import { placeName, type MessageLine, type MessageWords } from './messageWords.ts';
import { MESSAGE_ZH } from './messageZh.ts';
import { cutText, shortMessage } from './shortMessage.ts';
import { tonightBrief, tonightHeadline, tonightLines } from './tonightMessage.ts';
import { zoneOffset } from '../localTime.ts';

/** What an alert says, in both languages. Pure: the same facts are the same words on every attempt. */

const TITLE_LENGTH_MAX = 60;
/** A digest tells the worst, and how many more there are. */
const DIGEST_ITEMS_MAX = 20;
const MINUTE_MS = 60_000;
/** Sentences that a message repeats of a cause: a phone is read standing. */
const SENTENCES_MAX = 3;

export function wordsOf(language: Language): MessageWords {
  return language === 'zh-CN' ? MESSAGE_ZH : MESSAGE_EN;
}

/** `[SIMULATED] Severe low voltage: Hexi feeder #128`, at most 60 characters; marks and number are always whole. */
export function messageTitle(facts: AlertFacts, language: Language): string {
  return titleWithin(facts, language, TITLE_LENGTH_MAX);
}

/** A text message of one part: 160 characters of GSM, 70 of any other script; the link stands last. */
export function messageShort(facts: AlertFacts, language: Language): string {
  return shortMessage(briefParts(facts, language), facts.url, wordsOf(language));
}

/** What stands below the title of a notification: no title, no link. */
export function messageBrief(facts: AlertFacts, language: Language): string {
  return briefParts(facts, language).slice(1).join(wordsOf(language).separator);
}

/** The whole of it as text, a line each, the link last. */
export function messageLong(facts: AlertFacts, language: Language): string {
  const words = wordsOf(language);
  const lines = messageLines(facts, language).map(({ label, text }) =>
    label === '' ? text : `${label}${words.labelEnd}${text}`,
  );
  return [...lines, `${words.labels.link}${words.labelEnd}${facts.url}`].join('\n');
}

/** Where, how low, since when, who, why; of a digest its incidents, of a forecast its days, of a test what it is. */
export function messageLines(facts: AlertFacts, language: Language): MessageLine[] {
  const words = wordsOf(language);
  if (facts.kind === 'test') return [{ label: '', text: words.testText }];
  if (facts.kind === 'digest') return digestLines(facts, language);
  if (facts.outage !== undefined) return outageLines(facts, facts.outage, language);
  if (facts.tonight !== undefined) return tonightLines(facts.tonight, language, words);
  const { labels } = words;
  const startedAt = localTime(facts.startedMs, facts.timeZone);
  const lines: MessageLine[] = [{ label: labels.where, text: placeName(facts.place, language) }];
  if (facts.worstV !== null)
    lines.push({ label: labels.voltage, text: words.voltage(facts.worstV, facts.limitV) });
  lines.push({ label: labels.since, text: `${startedAt.day} ${startedAt.clock} (${startedAt.zone})` });
  if (facts.resolvedMs !== null) {
    const { day, clock } = localTime(facts.resolvedMs, facts.timeZone);
    lines.push({ label: labels.ended, text: words.ended(`${day} ${clock}`, lasted(facts, words)) });
  }
  lines.push({
    label: labels.affects,
    text: words.affects(facts.transformers, facts.customers, facts.importantCustomers),
  });
  const cause = causeText(facts, language);
  if (cause !== null) lines.push({ label: labels.cause, text: cause });
  return lines;
}

/** The likely cause with what speaks for it; null where none is named. */
function causeText({ cause }: AlertFacts, language: Language): string | null {
  if (cause === null || cause.kind === 'unknown') return null;
  const words = wordsOf(language);
  const sentences = cause.evidence
    .map((piece) => evidenceSentence(piece, language))
    .filter((sentence) => sentence !== '')
    .slice(0, SENTENCES_MAX);
  return words.cause(words.causes[cause.kind], Math.round(cause.confidence * 100), sentences);
}

/** Where, when, whom, and what is not back: of a planned outage. */
function outageLines(facts: AlertFacts, outage: OutageFacts, language: Language): MessageLine[] {
  const { labels, affects, list, moreLeft } = wordsOf(language);
  const { left, leftCount } = outage;
  const names = left.map((place) => placeName(place, language));
  if (leftCount > left.length) names.push(moreLeft(leftCount - left.length));
  return [
    { label: labels.where, text: placeName(facts.place, language) },
    { label: labels.planned, text: span(outage, facts.timeZone) },
    {
      label: labels.affects,
      text: affects(facts.transformers, facts.customers, facts.importantCustomers),
    },
    ...(leftCount === 0 ? [] : [{ label: labels.left, text: list(names) }]),
  ];
}

/** `2026-07-14 09:00 – 17:00 (Asia/Shanghai)`, with the day of the end where it is another. */
function span({ fromMs, toMs }: OutageFacts, timeZone: string): string {
  const from = localTime(fromMs, timeZone);
  const to = localTime(toMs, timeZone);
  const until = from.day === to.day ? to.clock : `${to.day} ${to.clock}`;
  return `${from.day} ${from.clock} – ${until} (${from.zone})`;
}

function digestLines(facts: AlertFacts, language: Language): MessageLine[] {
  const words = wordsOf(language);
  const items = facts.items ?? [];
  const lines = items.slice(0, DIGEST_ITEMS_MAX).map(({ number, severity, place, worstV, outage }) => ({
    label: outage === undefined ? `#${number}` : words.outage,
    text: [
      ...(outage === undefined ? [] : [outage.title]),
      placeName(place, language),
      ...(outage === undefined ? [words.severities[severity]] : [span(outage, facts.timeZone)]),
      ...(worstV === null ? [] : [`${worstV.toFixed(1)} V`]),
      ...(outage === undefined || outage.leftCount === 0 ? [] : [words.leftBrief(outage.leftCount)]),
    ].join(' · '),
  }));
  if (items.length > DIGEST_ITEMS_MAX)
    lines.push({ label: '', text: words.more(items.length - DIGEST_ITEMS_MAX) });
  return lines;
}

/** Title first, then what is worth most on a small screen. */
function briefParts(facts: AlertFacts, language: Language): string[] {
  const words = wordsOf(language);
  const title = messageTitle(facts, language);
  if (facts.kind === 'test') return [title, words.testText];
  if (facts.kind === 'digest')
    return [title, ...digestLines(facts, language).map(({ label, text }) => `${label} ${text}`.trim())];
  if (facts.outage !== undefined) {
    const { leftCount, fromMs, toMs } = facts.outage;
    return [
      title,
      ...(leftCount === 0 ? [] : [words.leftBrief(leftCount)]),
      `${localTime(fromMs, facts.timeZone).clock}-${localTime(toMs, facts.timeZone).clock}`,
      words.affectsBrief(facts.transformers, facts.customers),
    ];
  }
  if (facts.tonight !== undefined) return [title, ...tonightBrief(facts.tonight, language, words)];
  return [
    title,
    ...(facts.worstV === null ? [] : [words.voltageBrief(facts.worstV, facts.limitV)]),
    words.affectsBrief(facts.transformers, facts.customers),
    facts.resolvedMs === null
      ? words.sinceBrief(localTime(facts.startedMs, facts.timeZone).clock)
      : words.lastedBrief(lasted(facts, words)),
  ];
}

function titleWithin(facts: AlertFacts, language: Language, lengthMax: number): string {
  const words = wordsOf(language);
  const marks =
    (facts.isTest || facts.kind === 'test' ? words.testMark : '') +
    (facts.simulated ? words.simulatedMark : '');
  const number = facts.number === null ? '' : words.number(facts.number);
  const room = lengthMax - marks.length - number.length;
  return marks + cutText(headline(facts, language), room, words.ellipsis) + number;
}

function headline(facts: AlertFacts, language: Language): string {
  const words = wordsOf(language);
  if (facts.kind === 'test') return words.testTitle;
  if (facts.kind === 'digest') {
    const outages = (facts.items ?? []).filter(({ outage }) => outage !== undefined).length;
    return words.digestTitle((facts.items?.length ?? 0) - outages, outages);
  }
  if (isOfOutage(facts.kind)) {
    return words.at(words.outageTitles[facts.kind], facts.outage?.title ?? placeName(facts.place, language));
  }
  if (facts.kind === 'tonight') {
    return facts.tonight === undefined ? '' : tonightHeadline(facts.tonight, language);
  }
  const what =
    facts.kind === 'resolved'
      ? words.condition(facts.condition)
      : words.headline(facts.severity, facts.condition);
  return words.prefixes[facts.kind] + words.at(what, placeName(facts.place, language));
}

function isOfOutage(kind: AlertFacts['kind']): kind is OutageMessageKind {
  return kind === 'outage-begins' || kind === 'outage-ended' || kind === 'outage-left';
}

function lasted({ startedMs, resolvedMs }: AlertFacts, words: MessageWords): string {
  return words.duration(Math.max(0, Math.round(((resolvedMs ?? startedMs) - startedMs) / MINUTE_MS)));
}

/** `2026-07-14` and `21:04` of the zone; of UTC, and named so, where the zone is unknown. */
function localTime(utcMs: number, timeZone: string): { day: string; clock: string; zone: string } {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
  const iso = new Date(utcMs + zoneOffset(zone)(utcMs)).toISOString();
  return { day: iso.slice(0, 10), clock: iso.slice(11, 16), zone };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
