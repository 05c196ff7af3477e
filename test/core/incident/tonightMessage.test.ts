import { describe, expect, it } from 'vitest';
import {
  messageBrief,
  messageLong,
  messageShort,
  messageTitle,
} from '../../../server/core/incident/message.ts';
import { messageHtml } from '../../../server/core/incident/messageHtml.ts';
import { smsUnits } from '../../../server/core/incident/shortMessage.ts';
import { tonightDeliveries } from '../../../server/pipeline/alerts/tonightDigest.ts';
import { gridOf, transformer } from '../timeline.ts';
import { minuteMs, person, settingsOf } from './incidents.ts';
import { tonightItem, tonightReport } from './tonightReports.ts';

const model = gridOf(
  transformer('T1', {
    areaId: 'east',
    name: '河西一号',
    importantCustomers: 2,
    attributes: { name_en: 'Hexi 1' },
  }),
  transformer('T2', { areaId: 'east' }),
  transformer('T3', { areaId: 'west' }),
);

/** As it goes to a planner who sees these areas. */
function message(report = tonightReport(), areaIds: readonly string[] | null = null, simulated = false) {
  const [delivery, ...others] = tonightDeliveries(report, {
    settings: settingsOf({}, ['plan']),
    people: [person('plan')],
    nowMs: minuteMs(391),
    readers: ['planners'],
    users: [{ id: 'plan', role: 'planner', areaIds }],
    likelyP: 0.5,
    morningMin: 390,
    model,
    options: { publicUrl: 'https://pv.example.cn', timeZone: 'UTC', simulated },
  });
  expect(others).toEqual([]);
  return delivery!;
}

describe('the morning digest', () => {
  it('says how many on which day, the worst, the areas, what is not known, and where to look', () => {
    const { facts } = message();
    expect(messageTitle(facts, 'en')).toBe('Forecast: 1 transformer likely low today');
    expect(messageLong(facts, 'en').split('\n')).toEqual([
      'Today 07-01: 1 transformer, 100 homes, 2 important customers · 0 to 31 °C',
      'Tomorrow 07-02: 2 transformers, 200 homes · 0 to 33 °C',
      '07-03: 1 transformer, 100 homes, 2 important customers · 0 to 35 °C',
      'Hexi 1: 182.0–185.0 V on 07-01 (90 %) · 100 homes, 2 important customers',
      'T2: 186.0–189.0 V on 07-02 (70 %) · 100 homes',
      'T3: 190.0–193.0 V on 07-02 (50 %) · 100 homes',
      'By area: east 1 / 1 / 1, west 0 / 1 / 0',
      'Not known: 2 transformers',
      'Likely: a clock hour under the limit with a probability of at least 50 %. Voltages are of the lowest clock hour: only one time in ten below the first, half the time below the second.',
      'Readiness: https://pv.example.cn/#/readiness',
      'Open: https://pv.example.cn/#/?layer=tonight',
    ]);
  });

  it('says the same in Chinese', () => {
    const { facts } = message();
    expect(messageTitle(facts, 'zh-CN')).toBe('预测：今日 1 个台区可能低电压');
    expect(messageLong(facts, 'zh-CN').split('\n')).toEqual([
      '今日 07-01：1 个台区，100 户，2 个重要用户 · 0 至 31 °C',
      '明日 07-02：2 个台区，200 户 · 0 至 33 °C',
      '07-03：1 个台区，100 户，2 个重要用户 · 0 至 35 °C',
      '河西一号：07-01 182.0–185.0 V（90%） · 100 户，2 个重要用户',
      'T2：07-02 186.0–189.0 V（70%） · 100 户',
      'T3：07-02 190.0–193.0 V（50%） · 100 户',
      '各供电区域：east 1 / 1 / 1、west 0 / 1 / 0',
      '无法判断：2 个台区',
      '“可能”指当日最低小时电压低于限值的概率不小于 50%。两个电压值：最低小时电压低于前者的可能为十分之一，低于后者的可能为一半。',
      '迎峰准备：https://pv.example.cn/#/readiness',
      '查看：https://pv.example.cn/#/?layer=tonight',
    ]);
  });

  it('is of the areas of its reader, with their weather alone', () => {
    const lines = messageLong(message(tonightReport(), ['west']).facts, 'en').split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'Today 07-01: none likely · 0 to 27 °C',
      'Tomorrow 07-02: 1 transformer, 100 homes · 0 to 28 °C',
      '07-03: none likely',
      'T3: 190.0–193.0 V on 07-02 (50 %) · 100 homes',
    ]);
    expect(lines.join()).not.toContain('By area');
    expect(lines).toContain('Not known: 1 transformer');
    expect(messageTitle(message(tonightReport(), ['west']).facts, 'en')).toBe(
      'Forecast: 1 transformer likely low tomorrow',
    );
  });

  it('names few of many, and says that there are more', () => {
    const items = Array.from({ length: 40 }, (_, i) =>
      tonightItem(`X${i}`, `area${i % 10}`, [0.6, 0.6, 0.99 - i / 100]),
    );
    const { facts } = message(tonightReport({ items }), null, true);
    expect(facts).toMatchObject({ transformers: 40, customers: 4_000, tonight: { moreAreas: 4 } });
    expect(facts.tonight!.worst.map(({ place }) => place.en)).toEqual(['X0', 'X1', 'X2', 'X3', 'X4']);
    expect(messageLong(facts, 'en')).toMatch(/area5 4 \/ 4 \/ 4, and 4 more areas/);
    expect(messageTitle(facts, 'en')).toBe('[SIMULATED] Forecast: 40 transformers likely low today');
  });

  it('fits a text message, a notification and a page on which nothing is acknowledged', () => {
    const { facts } = message();
    for (const language of ['en', 'zh-CN'] as const) {
      const { units, max } = smsUnits(messageShort(facts, language));
      expect(units).toBeLessThanOrEqual(max);
      expect(messageHtml(facts, language)).not.toContain('acknowledges');
    }
    expect(messageBrief(facts, 'en')).toBe(
      'Today 1, Tomorrow 2, 07-03 1. Hexi 1 182.0–185.0 V on 07-01 (90 %)',
    );
    expect(messageHtml(facts, 'en')).toContain('Open the map');
  });

  it('bears the day and the person in its id, so that a second run of the morning is the same message', () => {
    const { id, nextMs } = message();
    expect(id).toBe('tonight-2026-07-01-plan');
    expect(nextMs).toBe(minuteMs(391));
    expect(message(tonightReport({ items: [tonightItem('T9', 'east', [1, 1, 1])] })).id).toBe(id);
  });
});
