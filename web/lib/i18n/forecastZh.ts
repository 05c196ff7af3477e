import type { Dictionary } from './dictionary.ts';
import type { forecastEn } from './forecastEn.ts';

/** 地图与台区页面上的预测用语。 */
export const forecastZh: Pick<Dictionary, keyof typeof forecastEn> = {
  layerReadiness: '迎峰',
  layerTonight: '今晚',
  mapSeasonSays: (season, day) => `${season}出现低电压小时的概率，依据截至 ${day} 的数据`,
  mapTonightSays: (days, day) => `${days}最可能一天出现低电压小时的概率，依据截至 ${day} 的数据`,
  mapForecastLoading: '正在加载预测',
  mapForecastFailed: '无法加载预测，正在重试。',
  forecastSimulated: '模拟',
  forecastFromData: (day) => `依据截至 ${day} 的数据`,
  seasonMissing: (season) => `${season}尚无预测。`,
  computeInReadiness: '到“迎峰准备”计算',
  seeReadiness: '查看“迎峰准备”',
  tonightMissing: {
    'no-run': '未来几天尚无预测：季节内每天早晨预测一次。',
    'no-weather': '没有未来几天的天气预报，无法判断今晚情况：请通过 MQTT 接入天气预报。',
    over: '上次预测的日期均已过去，下次预测在早晨进行。',
  },
  tonightStatuses: { at_risk: '很可能', watch: '可能', ready: '不太可能', unknown: '未知' },
  areaAtRisk: (count, total) => `${count} 有风险 / ${total}`,
  areaLikely: (count, total) => `${count} 很可能 / ${total}`,
  areaUnknown: (count) => `${count} 未知`,
  nextDays: '未来 3 天',
  tonightLikeliest: (pct, day) => `${day} ${pct}`,
  tonightCalm: '这几天均不太可能出现低电压小时。',
  notInRun: '不在本次预测中：未知，不等于“就绪”',
  unknownBecause: (reason) => `未知，不等于“就绪”：${reason}`,
  lowestBetween: (low, high) => `最低小时电压 ${low} 至 ${high}`,
  forecastCard: '预测',
  forecastDetails: '到“迎峰准备”查看详情与措施',
  forecastStatus: '状态',
  chanceOfLow: '出现低电压小时的概率',
  lowHoursExpected: '预期低电压小时数',
  recommendedMeasure: '足够的措施中费用最低',
  measureAfterChance: (volts, pct) => `最低小时电压 ${volts}，低电压概率 ${pct}`,
};
