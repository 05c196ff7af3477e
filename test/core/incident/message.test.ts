import { assert, constantFrom, property, string, webUrl } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertFacts, type Language, type MessageKind } from '../../../server/core/incident/delivery.ts';
import { EVIDENCE_CODES, evidence, evidenceSentence } from '../../../server/core/incident/evidence.ts';
import {
  messageBrief,
  messageLines,
  messageLong,
  messageShort,
  messageTitle,
} from '../../../server/core/incident/message.ts';
import { placeName } from '../../../server/core/incident/messageWords.ts';
import { escapeHtml, messageHtml } from '../../../server/core/incident/messageHtml.ts';
import { cutText, shortMessage, smsUnits } from '../../../server/core/incident/shortMessage.ts';
import { alertFacts, digestItems } from './alertFacts.ts';

const LANGUAGES: Language[] = ['zh-CN', 'en'];
const KINDS: MessageKind[] = [
  'opened',
  'escalated',
  'worsened',
  'reopened',
  'resolved',
  'outage-begins',
  'outage-ended',
  'outage-left',
  'digest',
  'test',
];

describe('title', () => {
  it.each<[string, Partial<AlertFacts>, string, string]>([
    ['opened', {}, 'Severe low voltage: Hexi feeder #128', '严重低电压：河西线 #128'],
    [
      'escalated',
      { kind: 'escalated' },
      'Unanswered: Severe low voltage: Hexi feeder #128',
      '无人应答：严重低电压：河西线 #128',
    ],
    [
      'resolved',
      { kind: 'resolved' },
      'Resolved: low voltage: Hexi feeder #128',
      '已恢复：低电压：河西线 #128',
    ],
    ['an outage', { condition: 'outage' }, 'Outage (severe): Hexi feeder #128', '停电（严重）：河西线 #128'],
    [
      'one that is not known',
      { condition: 'new-thing' },
      'New thing (severe): Hexi feeder #128',
      '异常（new-thing）（严重）：河西线 #128',
    ],
    [
      'simulated',
      { simulated: true },
      '[SIMULATED] Severe low voltage: Hexi feeder #128',
      '【模拟】严重低电压：河西线 #128',
    ],
    [
      'a self-proof',
      { isTest: true },
      '[TEST] Severe low voltage: Hexi feeder #128',
      '【测试】严重低电压：河西线 #128',
    ],
    [
      'a test',
      { kind: 'test', number: null },
      '[TEST] Test message from Peakvolt',
      '【测试】Peakvolt 测试消息',
    ],
    [
      'a digest',
      { kind: 'digest', number: null, items: digestItems(5) },
      'Digest: 5 incidents',
      '告警汇总：5 起',
    ],
  ])('says %s', (_, over, en, zh) => {
    expect(messageTitle(alertFacts(over), 'en')).toBe(en);
    expect(messageTitle(alertFacts(over), 'zh-CN')).toBe(zh);
  });

  it('cuts the place on a word and keeps marks and number', () => {
    const place = { zh: '很'.repeat(80), en: 'A feeder whose name goes on and on and never ends' };
    const facts = alertFacts({ place, simulated: true });
    expect(messageTitle(facts, 'en')).toBe('[SIMULATED] Severe low voltage: A feeder whose name... #128');
    expect(messageTitle(facts, 'zh-CN')).toMatch(/^【模拟】严重低电压：很+… #128$/);
    expect(messageTitle(facts, 'zh-CN')).toHaveLength(60);
  });
});

describe('short text', () => {
  it('holds what matters in one message of either alphabet', () => {
    const facts = alertFacts();
    const en = messageShort(facts, 'en');
    expect(en).toBe(
      'Severe low voltage: Hexi feeder #128. 174.2 V (limit 198.0). 14 transformers, 1,126 homes. since 21:04 https://pv.example.cn/#/incidents/128',
    );
    const zh = messageShort(facts, 'zh-CN');
    expect(zh).toBe('严重低电压：河西线 #128，174.2V（限198.0） https://pv.example.cn/#/incidents/128');
    expect(smsUnits(zh)).toEqual({ units: zh.length, max: 70 });
  });

  it.each(LANGUAGES)('is never longer than one message (%s)', (language) => {
    assert(
      property(
        string({ unit: 'grapheme', maxLength: 120 }),
        constantFrom(...KINDS),
        webUrl(),
        (name, kind, url) => {
          const facts = alertFacts({ kind, url, place: { zh: name, en: name }, items: digestItems(30) });
          const text = messageShort(facts, language);
          const { units, max } = smsUnits(text);
          expect(units).toBeLessThanOrEqual(max);
          expect(text.isWellFormed()).toBe(true);
          expect(messageTitle(facts, language).length).toBeLessThanOrEqual(60);
          expect(messageTitle(facts, language).isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it('leaves a link out that would leave no room for what happened', () => {
    const url = `https://pv.example.cn/${'a'.repeat(60)}`;
    expect(messageShort(alertFacts({ url }), 'zh-CN')).toBe(
      '严重低电压：河西线 #128，174.2V（限198.0），14台区1126户，21:04起',
    );
    expect(messageShort(alertFacts({ url }), 'en')).toContain(url);
  });

  it('counts an English message with a Chinese name as the network does', () => {
    const facts = alertFacts({ place: { zh: '河西线', en: '' } });
    expect(placeName(facts.place, 'en')).toBe('河西线');
    expect(smsUnits(messageShort(facts, 'en')).max).toBe(70);
    expect(smsUnits('[a]')).toEqual({ units: 5, max: 160 });
  });

  it('cuts where a word ends', () => {
    const words = { separator: '. ', ellipsis: '...' };
    const text = shortMessage(['word '.repeat(60).trim(), 'more'], 'https://x.example/1', words);
    expect(text).toMatch(/^(word )+word\.\.\. https:\/\/x\.example\/1$/);
    expect(cutText('电压 198.04 V', 6, '…')).toBe('电压…');
    expect(cutText('short', 6, '…')).toBe('short');
  });
});

describe('long text', () => {
  it('says where, how low, since when, whom, why', () => {
    expect(messageLong(alertFacts(), 'en').split('\n')).toEqual([
      'Where: Hexi feeder',
      'Voltage: 174.2 V at worst, limit 198.0 V',
      'Since: 2026-07-14 21:04 (Asia/Shanghai)',
      'Affects: 14 transformers, 1,126 homes, 1 important customer',
      'Likely cause: medium-voltage side, upstream of the transformers (87 %); 12 of 14 transformers fell within 90 s; own load explains 12 % of the drop',
      'Open: https://pv.example.cn/#/incidents/128',
    ]);
    expect(messageLong(alertFacts(), 'zh-CN').split('\n')).toEqual([
      '地点：河西线',
      '电压：最严重 174.2 V，限值 198.0 V',
      '开始：2026-07-14 21:04 (Asia/Shanghai)',
      '影响：14 个台区，1126 户，1 个重要用户',
      '可能原因：上级电源或 10 kV 馈线（87%）；14 台中有 12 台在 90 秒内同时跌落；自身负载只能解释压降的 12%',
      '查看：https://pv.example.cn/#/incidents/128',
    ]);
  });

  it('says how long it lasted once it is over', () => {
    const facts = alertFacts({ kind: 'resolved', resolvedMs: Date.UTC(2026, 6, 14, 14, 16), cause: null });
    expect(messageLong(facts, 'en')).toContain('Ended: 2026-07-14 22:16, after 1 h 12 min');
    expect(messageLong(facts, 'zh-CN')).toContain('结束：2026-07-14 22:16，历时 1 小时 12 分钟');
    expect(messageBrief(facts, 'en')).toContain('lasted 1 h 12 min');
  });

  it('follows the clock of the zone over its change, and falls back to UTC', () => {
    const since = (startedMs: number, timeZone: string) =>
      messageLines(alertFacts({ startedMs, timeZone }), 'en')[2]!.text;
    expect(since(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30 (Europe/Berlin)');
    expect(since(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30 (Europe/Berlin)');
    expect(since(Date.UTC(2026, 9, 25, 2, 30), 'Europe/Berlin')).toBe('2026-10-25 03:30 (Europe/Berlin)');
    expect(since(Date.UTC(2026, 9, 25, 1, 30), 'Nowhere/Land')).toBe('2026-10-25 01:30 (UTC)');
  });

  it('leaves out what is not the point', () => {
    const facts = alertFacts({ condition: 'no-data', worstV: null, limitV: null, cause: null });
    expect(messageLines(facts, 'en').map((l) => l.label)).toEqual(['Where', 'Since', 'Affects']);
  });

  it('bounds a digest and says how many more there are', () => {
    const lines = messageLines(alertFacts({ kind: 'digest', items: digestItems(23) }), 'zh-CN');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toEqual({ label: '#1', text: '线路1 · 轻度 · 195.0 V' });
    expect(lines.at(-1)).toEqual({ label: '', text: '另有 3 起' });
  });
});

describe('page', () => {
  it('escapes what people named, and loads nothing', () => {
    const name = `<img src=x onerror="alert('1')">&`;
    const html = messageHtml(alertFacts({ place: { zh: name, en: name } }), 'en');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
    expect(messageHtml(alertFacts(), 'en')).not.toMatch(/src=|url\(|<link|<script|@import/);
    expect(html).toContain('lang="en"');
    expect(escapeHtml(`<>&"'`)).toBe('&lt;&gt;&amp;&quot;&#39;');
  });

  it.each(LANGUAGES)('renders every kind with the same lines as the text (%s)', (language) => {
    for (const kind of KINDS) {
      const facts = alertFacts({ kind, items: digestItems(3) });
      const html = messageHtml(facts, language);
      for (const { text } of messageLines(facts, language)) expect(html).toContain(escapeHtml(text));
    }
  });
});

describe('evidence', () => {
  const values = {
    count: 12,
    total: 14,
    windowS: 90,
    pct: 118,
    rho: 0.912,
    normal: 7,
    low: 6,
    loadPct: 23,
    measured: 0.123,
    expected: 0.11,
    spreadV: 32.04,
    phase: 'b',
    outletV: 221,
    tailV: 191.26,
    volts: 220.9,
    out: 3,
    minutes: 75,
  };

  it.each(EVIDENCE_CODES)(
    '%s has a whole sentence in both languages, and none without its values',
    (code) => {
      for (const language of LANGUAGES) {
        expect(evidenceSentence({ code, values }, language)).toMatch(/^[^{}]{5,}$/);
        expect(evidenceSentence({ code, values: {} }, language)).toBe('');
      }
      expect(evidenceSentence({ code, values }, 'zh-CN')).toMatch(/\p{Script=Han}/u);
      expect(evidenceSentence({ code, values }, 'en')).not.toMatch(/\p{Script=Han}/u);
    },
  );

  it('rounds as one speaks', () => {
    expect(evidenceSentence(evidence('outlet-fine', { outletV: 221, tailV: 191.26 }), 'en')).toBe(
      'outlet is fine at 221.0 V while the line end has 191.3 V',
    );
    expect(evidenceSentence(evidence('deeper-with-distance', { rho: 0.9123 }), 'en')).toContain('0.91');
    expect(evidenceSentence(evidence('phase-dead', { phase: 'b' }), 'zh-CN')).toBe('B 相失压，其余相有电');
    expect(evidenceSentence(evidence('load', { pct: NaN }), 'en')).toBe('');
  });

  it('says nothing for a code that it does not know', () => {
    expect(evidenceSentence({ code: 'toString', values }, 'en')).toBe('');
    expect(evidenceSentence({ code: 'newer', values }, 'zh-CN')).toBe('');
  });
});
