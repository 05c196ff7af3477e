import { describe, expect, it } from 'vitest';
import type { TransformerForecast } from '../../../server/core/forecast/forecast.ts';
import { protectionSheet } from '../../../server/core/measures/protection.ts';
import { transformer } from '../timeline.ts';
import { forecastOf } from './forecasts.ts';

function row(
  id: string,
  status: TransformerForecast['status'],
  pLow: number,
  attributes: Record<string, string> = {},
  important = 1,
) {
  return {
    transformer: transformer(id, {
      name: `站 ${id}`,
      importantCustomers: important,
      feederId: id < 'T5' ? 'F1' : 'F2',
      attributes,
    }),
    forecast: forecastOf(id, { status, pLow }),
    cause: null,
    recommended: null,
  };
}

describe('protectionSheet', () => {
  it('lists important customers only, the worst first, unknown before what is watched', () => {
    const sheet = protectionSheet([
      row('T1', 'ready', 0.01),
      row('T2', 'at_risk', 0.6),
      row('T3', 'unknown', NaN),
      row('T4', 'watch', 0.3),
      row('T5', 'at_risk', 0.9),
      row('T6', 'at_risk', 0.99, {}, 0),
    ]);
    expect(sheet.map((entry) => entry.transformer.id)).toEqual(['T5', 'T2', 'T3', 'T4', 'T1']);
  });

  it('puts those that are low for longer first among the equally likely', () => {
    const longer = row('T2', 'at_risk', 0.99);
    longer.forecast = { ...longer.forecast, expectedLowHours: 800 };
    const sheet = protectionSheet([row('T1', 'at_risk', 0.99), longer]);
    expect(sheet.map((entry) => entry.transformer.id)).toEqual(['T2', 'T1']);
  });

  it.each([
    [{}, { state: 'unknown', pLow: null }],
    [{ second_source: 'no' }, { state: 'none' }],
    [{ 双电源: '无' }, { state: 'none' }],
    [{ 双电源: '有' }, { state: 'unspecified' }],
    [{ 'Second source': 'T8' }, { state: 'independent', text: 'T8', pLow: 0.7 }],
    [{ backup_feeder: '站 T8' }, { state: 'independent', pLow: 0.7 }],
    [{ second_feeder: 'F9' }, { state: 'independent', pLow: null }],
    [{ second_feeder: 'F1' }, { state: 'same-feeder' }],
    [{ 备用电源: 'T2' }, { state: 'same-feeder', pLow: 0.5 }],
  ])('reads the second source from %j', (attributes, expected) => {
    const sheet = protectionSheet([
      row('T1', 'watch', 0.3, attributes),
      row('T2', 'at_risk', 0.5),
      row('T8', 'at_risk', 0.7),
    ]);
    expect(sheet.find((entry) => entry.transformer.id === 'T1')!.secondSource).toMatchObject(expected);
  });
});
