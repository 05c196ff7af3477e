import { describe, expect, test } from 'vitest';
import { noticesEn } from '../../web/lib/i18n/noticesEn.ts';
import { noticesZh } from '../../web/lib/i18n/noticesZh.ts';
import { type Piece, sayHealth } from '../../web/lib/notice.ts';

/** Names that a Chinese text writes as they are. */
const NAMES = /\b(MQTT|TLS|PEM|InfluxDB|PostgreSQL|Peakvolt|MB)\b/g;
const CODES = Object.keys(noticesZh);

const text = (pieces: readonly Piece[] | null): string | null =>
  pieces === null ? null : pieces.map((piece) => piece.text).join('');
const words = (pieces: readonly Piece[] | null): string =>
  (pieces ?? []).map(({ text: said, kind }) => (kind === 'words' ? said : '')).join('');

/** Whatever a sentence asks for is the word `foreign`. */
const values = Object.fromEntries(
  'address answer batches clientId clients error filters folder forecasts host hours megabytes minutes needed place points readings schema seconds stations'
    .split(' ')
    .map((name) => [name, 'foreign']),
);

describe('each sentence in Chinese', () => {
  test.each(CODES)('%s has no word of another language but quotations and names', (code) => {
    const { detail, remedy } = sayHealth({ detail: 'English', notice: { code, values } }, 'zh-CN');
    expect(words(detail)).toMatch(/\p{Script=Han}/u);
    const all = (words(detail) + words(remedy)).replace(NAMES, '');
    expect(all).not.toMatch(/[A-Za-z]{2,}|undefined|[`\u2068\u2069]/);
  });
});

test('English says the same codes', () => {
  expect(CODES).toEqual(expect.arrayContaining(Object.keys(noticesEn)));
});

test('quotations and settings are set apart; quoted text cannot break out', () => {
  const answer = '401 `un\u2069authorized`';
  const { detail, remedy } = sayHealth(
    { detail: '', notice: { code: 'influx-login', values: { answer } } },
    'zh-CN',
  );
  expect(detail.at(-1)).toEqual({ text: '401 `unauthorized`', kind: 'quote' });
  expect(remedy?.filter(({ kind }) => kind === 'setting').map((piece) => piece.text)).toEqual([
    'INFLUX_TOKEN',
    'influx.username',
    'influx.password',
  ]);
});

test('numbers by locale', () => {
  const part = { detail: '', notice: { code: 'flow-well', values: { batches: 12345 } } };
  expect(text(sayHealth(part, 'en').detail)).toBe('batches waiting: 12,345; conservation sum 0');
  expect(text(sayHealth(part, 'zh-CN').detail)).toBe('待入库 12,345 批，数据守恒');
});

test('a cause is told with the part, and its remedy goes first', () => {
  const cause = { code: 'influx-silent', values: {} };
  const { detail, remedy } = sayHealth(
    { detail: '', notice: { code: 'flow-store-away', values: {}, cause } },
    'zh-CN',
  );
  expect(text(detail)).toBe('时序库不接收采集数据，数据在缓存队列中等待：InfluxDB 没有应答');
  expect(text(remedy)).toContain('INFLUX_URL');
});

test.each(['zh-CN', 'en'] as const)(
  'what the page has no words for stands as the server said it (%s)',
  (locale) => {
    const part = { detail: 'it hums', remedy: 'Listen.', notice: { code: 'toString', values: {} } };
    expect(sayHealth(part, locale)).toEqual({
      detail: [{ text: 'it hums', kind: 'quote' }],
      remedy: [{ text: 'Listen.', kind: 'quote' }],
    });
    expect(sayHealth({ detail: 'it hums', remedy: null }, locale).remedy).toBeNull();
  },
);

test.each([
  ['en', 'an unexpected error: x is undefined', 'an unexpected error'],
  ['zh-CN', '发生意外错误：x is undefined', '发生意外错误'],
] as const)(
  'a run that failed as nobody foresaw says so, with the text quoted if there is any (%s)',
  (locale, said, mute) => {
    const of = (error: string) => ({ detail: error, notice: { code: 'run-unexpected', values: { error } } });
    const { detail, remedy } = sayHealth(of('x is undefined'), locale);
    expect(text(detail)).toBe(said);
    expect(detail.at(-1)).toEqual({ text: 'x is undefined', kind: 'quote' });
    expect(text(remedy)).toMatch(locale === 'en' ? /log/ : /日志/);
    expect(text(sayHealth(of(''), locale).detail)).toBe(mute);
  },
);

test('English says of a run what the server says', () => {
  const detail = 'No history is stored before the origin of the season: import history, or wait for it.';
  const run = { detail, notice: { code: 'run-no-history', values: {} } };
  expect(sayHealth(run, 'en')).toEqual({ detail: [{ text: detail, kind: 'quote' }], remedy: null });
});
