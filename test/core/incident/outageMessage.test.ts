import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '../../../server/core/incident/delivery.ts';
import {
  messageLines,
  messageLong,
  messageShort,
  messageTitle,
} from '../../../server/core/incident/message.ts';
import { messageHtml } from '../../../server/core/incident/messageHtml.ts';
import { alertFacts, digestItems, outageAlert } from './alertFacts.ts';

const OUTAGE_KINDS = ['outage-begins', 'outage-ended', 'outage-left'] as const;

describe('a planned outage', () => {
  it.each([
    ['outage-begins', 'Planned outage begins: line work', '计划停电开始：line work'],
    ['outage-ended', 'Planned outage ended, all back: line work', '计划停电结束，已全部恢复：line work'],
    ['outage-left', 'Planned outage ended, not all back: line work', '计划停电结束，尚未全部恢复：line work'],
  ] as const)('%s has its title', (kind, en, zh) => {
    expect(messageTitle(outageAlert(kind), 'en')).toBe(en);
    expect(messageTitle(outageAlert(kind), 'zh-CN')).toBe(zh);
  });

  it('says where, when, whom, and what is not back', () => {
    const facts = outageAlert('outage-left', 5);
    expect(messageLong(facts, 'en').split('\n')).toEqual([
      'Where: Hexi feeder',
      'Planned: 2026-07-14 09:00 – 17:00 (Asia/Shanghai)',
      'Affects: 14 transformers, 1,126 homes, 1 important customer',
      'Not back: North 1, North 2, and 3 more',
      'Open: https://pv.example.cn/#/outages',
    ]);
    expect(messageLong(facts, 'zh-CN').split('\n')).toEqual([
      '地点：河西线',
      '计划时间：2026-07-14 09:00 – 17:00 (Asia/Shanghai)',
      '影响：14 个台区，1126 户，1 个重要用户',
      '尚未恢复：北一、北二、另有 3 个',
      '查看：https://pv.example.cn/#/outages',
    ]);
    expect(messageShort(facts, 'en')).toBe(
      'Planned outage ended, not all back: line work. 5 transformers not back. 09:00-17:00. 14 transformers, 1,126 homes https://pv.example.cn/#/outages',
    );
  });

  it.each(OUTAGE_KINDS)('%s is a page without a word of acknowledging', (kind) => {
    const html = messageHtml(outageAlert(kind, kind === 'outage-left' ? 1 : 0), 'en');
    expect(html).toContain('Open the planned outages');
    expect(html).not.toContain('acknowledges');
    expect(html.includes('Not back')).toBe(kind === 'outage-left');
  });

  it('is one line of a digest, beside the incidents', () => {
    const { outage, place } = outageAlert('outage-begins');
    const planned = { number: null, severity: 'mild' as const, place, worstV: null, outage: outage! };
    const of = (items: NonNullable<AlertFacts['items']>) =>
      alertFacts({ kind: 'digest', number: null, items });
    const both = of([...digestItems(2), planned]);
    expect(messageTitle(both, 'en')).toBe('Digest: 2 incidents, 1 planned outage');
    expect(messageTitle(of([planned]), 'zh-CN')).toBe('告警汇总：计划停电 1 项');
    expect(messageLines(both, 'en')[2]).toEqual({
      label: 'Planned outage',
      text: 'line work · Hexi feeder · 2026-07-14 09:00 – 17:00 (Asia/Shanghai)',
    });
  });
});
