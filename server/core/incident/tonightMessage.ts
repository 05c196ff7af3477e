import { DAY_MS } from '../localTime.ts';
import type { Language, TonightFacts, TonightWorst } from './delivery.ts';
import { placeName, type MessageLine, type MessageWords } from './messageWords.ts';
import { TONIGHT_WORDS } from './tonightWords.ts';

/** What is said of the next three days: how many, where it is worst, how warm it gets, what is not known. */

/** `Forecast: 12 transformers likely low today`: of the first day on which there is one. */
export function tonightHeadline({ days }: TonightFacts, language: Language): string {
  const ahead = days.findIndex(({ transformers }) => transformers > 0);
  const { transformers, day } = days[ahead] ?? { transformers: 0, day: days[0]?.day ?? 0 };
  return TONIGHT_WORDS[language].headline(transformers, Math.max(0, ahead), dateOf(day));
}

/** A line for each day and each of the worst; then areas, what is not known, what the words mean, and the ranking. */
export function tonightLines(facts: TonightFacts, language: Language, shared: MessageWords): MessageLine[] {
  const words = TONIGHT_WORDS[language];
  const { days, worst, areas, moreAreas, unknown, likelyP, readinessUrl } = facts;
  const lines = days.map(({ day, transformers, customers, importantCustomers, minC, maxC }, ahead) => ({
    label: ahead < 2 ? `${words.day(ahead, '')} ${dateOf(day)}` : dateOf(day),
    text: [
      transformers === 0 ? words.none : shared.affects(transformers, customers, importantCustomers),
      ...(minC === null || maxC === null ? [] : [words.temperature(minC, maxC)]),
    ].join(' · '),
  }));
  for (const { place, customers, importantCustomers, ...item } of worst) {
    lines.push({
      label: placeName(place, language),
      text: `${voltageOf(item, language)} · ${words.homes(customers, importantCustomers)}`,
    });
  }
  if (areas.length + moreAreas > 1) {
    const named = areas.map(({ place, transformers }) =>
      words.area(placeName(place, language), transformers),
    );
    lines.push({
      label: words.labels.areas,
      text: shared.list(moreAreas > 0 ? [...named, words.moreAreas(moreAreas)] : named),
    });
  }
  if (unknown > 0) lines.push({ label: words.labels.unknown, text: words.transformers(unknown) });
  lines.push({ label: '', text: words.meaning(Math.round(100 * likelyP)) });
  lines.push({ label: words.labels.readiness, text: readinessUrl });
  return lines;
}

/** The days in a few words, then the worst: what stands below a title. */
export function tonightBrief(
  { days, worst }: TonightFacts,
  language: Language,
  shared: MessageWords,
): string[] {
  const words = TONIGHT_WORDS[language];
  const [lowest] = worst;
  return [
    shared.list(
      days.map(({ day, transformers }, ahead) => `${words.day(ahead, dateOf(day))} ${transformers}`),
    ),
    ...(lowest === undefined ? [] : [`${placeName(lowest.place, language)} ${voltageOf(lowest, language)}`]),
  ];
}

/** On the button below it. */
export function tonightOpenText(language: Language): string {
  return TONIGHT_WORDS[language].open;
}

function voltageOf(
  { p10V, p50V, day, pLow }: Pick<TonightWorst, 'p10V' | 'p50V' | 'day' | 'pLow'>,
  language: Language,
): string {
  return TONIGHT_WORDS[language].worst({ p10V, p50V, date: dateOf(day), pct: percent(pLow) });
}

/** What is not certain is not shown as 0 or 100. */
function percent(share: number): string {
  const pct = Math.round(100 * share);
  if (pct === 100 && share < 1) return '>99';
  return String(pct);
}

/** `07-16` */
function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice('2026-'.length, '2026-07-16'.length);
}
