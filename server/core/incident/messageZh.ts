import type { MessageWords } from './messageWords.ts';
import type { Severity } from '../event.ts';

const CONDITIONS: Readonly<Record<string, string>> = {
  'under-voltage': '低电压',
  'over-voltage': '过电压',
  'voltage-unbalance': '电压不平衡',
  'current-unbalance': '电流不平衡',
  'heavy-load': '重载',
  overload: '过载',
  'phase-loss': '缺相',
  'open-neutral': '中性线断线',
  'unstable-voltage': '电压不稳',
  'tail-low': '末端低电压',
  outage: '停电',
  'no-data': '无数据',
  frozen: '数据冻结',
  'frozen-value': '数据冻结',
};
const SEVERITIES: Record<Severity, string> = { mild: '轻度', serious: '较重', severe: '严重' };

const name = (condition: string): string => CONDITIONS[condition] ?? `异常（${condition}）`;

export const MESSAGE_ZH: MessageWords = {
  testMark: '【测试】',
  simulatedMark: '【模拟】',
  prefixes: {
    opened: '',
    escalated: '无人应答：',
    worsened: '加重：',
    reopened: '再次发生：',
    resolved: '已恢复：',
  },
  severities: SEVERITIES,
  headline: (severity, condition) =>
    condition === 'under-voltage'
      ? `${SEVERITIES[severity]}${name(condition)}`
      : `${name(condition)}（${SEVERITIES[severity]}）`,
  condition: name,
  at: (headline, place) => `${headline}：${place}`,
  number: (number) => ` #${number}`,
  outageTitles: {
    'outage-begins': '计划停电开始',
    'outage-ended': '计划停电结束，已全部恢复',
    'outage-left': '计划停电结束，尚未全部恢复',
  },
  outage: '计划停电',
  digestTitle: (incidents, outages) =>
    `告警汇总：${[
      ...(incidents > 0 || outages === 0 ? [`${incidents} 起`] : []),
      ...(outages > 0 ? [`计划停电 ${outages} 项`] : []),
    ].join('，')}`,
  testTitle: 'Peakvolt 测试消息',
  testText: '这是一条测试消息：电网没有发生任何事。它说明您在这里可以被通知到。',
  causes: {
    upstream: '上级电源或 10 kV 馈线',
    overload: '台区自身过载',
    tap: '变压器分接头档位',
    unbalance: '三相不平衡',
    neutral: '中性线断线或接触不良',
    line: '低压线路',
    'phase-fault': '熔丝熔断或缺相',
    communication: '通信',
    sensor: '测量装置',
    unknown: '尚不明确',
  },
  labels: {
    where: '地点',
    voltage: '电压',
    since: '开始',
    ended: '结束',
    affects: '影响',
    cause: '可能原因',
    number: '编号',
    severity: '程度',
    link: '查看',
    planned: '计划时间',
    left: '尚未恢复',
  },
  voltage: (worstV, limitV) =>
    `最严重 ${worstV.toFixed(1)} V${limitV === null ? '' : `，限值 ${limitV.toFixed(1)} V`}`,
  voltageBrief: (worstV, limitV) =>
    `${worstV.toFixed(1)}V${limitV === null ? '' : `（限${limitV.toFixed(1)}）`}`,
  affects: (transformers, customers, important) =>
    `${transformers} 个台区，${customers} 户${important > 0 ? `，${important} 个重要用户` : ''}`,
  affectsBrief: (transformers, customers) => `${transformers}台区${customers}户`,
  sinceBrief: (clock) => `${clock}起`,
  lastedBrief: (duration) => `历时${duration}`,
  ended: (time, duration) => `${time}，历时 ${duration}`,
  duration: (minutes) =>
    minutes < 60 ? `${minutes} 分钟` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分钟`,
  cause: (cause, pct, sentences) => `${cause}（${pct}%）${sentences.map((s) => `；${s}`).join('')}`,
  more: (count) => `另有 ${count} 起`,
  leftBrief: (count) => `${count} 个台区尚未恢复`,
  moreLeft: (count) => `另有 ${count} 个`,
  list: (names) => names.join('、'),
  open: '查看告警',
  openDigest: '查看全部告警',
  openOutages: '查看计划停电',
  footer: '打开链接不会确认告警，请在页面上确认。',
  labelEnd: '：',
  separator: '，',
  ellipsis: '…',
};
