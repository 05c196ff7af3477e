import type { complianceEn } from './complianceEn.ts';
import type { Dictionary } from './dictionary.ts';

/** 电压合格率用语。 */
export const complianceZh: Pick<Dictionary, keyof typeof complianceEn> = {
  layerRate: '合格率',
  rateLegend: (days) => `近 ${days} 天电压合格率，%`,
  rateUnknown: '未知',
  rateLoading: '正在加载合格率',
  rateFailed: '无法加载合格率，正在重试。',
  qualificationOver: (days) => `近 ${days} 天合格率`,
  qualificationHint: '出口：合格时间 ÷ 监测时间；停电不计入监测时间。',
  completenessOf: (pct) => `数据 ${pct}`,
  compliance: '电压合格率',
  complianceHint: (from, min) =>
    `各月合格时间 ÷ 监测时间；条形图自 ${from}\u202f% 起。监测时间不足 ${min}\u202f% 时合格率未知。`,
  complianceNone: '还没有完整一天的数据。',
  month: '月份',
  rate: '合格率',
  completeness: '数据完整率',
  lowHours: '低电压时长',
  outageShare: '停电',
  complianceTotal: '全部月份',
  monthSoFar: '至今',
};
