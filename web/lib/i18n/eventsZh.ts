import type { Dictionary } from './dictionary.ts';
import type { eventsEn } from './eventsEn.ts';

/** 事件用语。 */
export const eventsZh: Pick<Dictionary, keyof typeof eventsEn> = {
  events: '事件',
  eventsNone: '此时段没有事件。',
  eventRaised: '开始',
  eventChanged: '变为',
  eventCleared: '结束',
  eventConditions: {
    'under-voltage': '低电压',
    'over-voltage': '过电压',
    'voltage-unbalance': '电压不平衡',
    'current-unbalance': '电流不平衡',
    overload: '过载',
    'phase-loss': '缺相',
    'open-neutral': '零线异常',
    'unstable-voltage': '电压不稳',
    'tail-low': '末端低电压（出口正常）',
    outage: '停电',
    'no-data': '无数据',
    frozen: '数据冻结',
  },
  heavyLoad: '重载',
  severities: { mild: '轻度', serious: '较重', severe: '严重' },
  eventLimit: (value, limit) => `${value}，限值 ${limit}`,
};
