import type { Language } from '../incident/delivery.ts';
import type { Finding } from './finding.ts';

/** What speaks for a cause, a measure or a verdict: one list for whoever finds it and whoever tells it, in both languages. */

/** What the sentence of a code needs. */
export interface FindingValues {
  'neighbours-at-risk': { atRisk: number; total: number };
  'feeder-drop': { volts: number };
  'peak-load': { p50: number; p90: number };
  'own-drop': { volts: number };
  /** Volts per ampere. */
  'slope-beside-nameplate': { measured: number; nameplate: number };
  'below-neighbours': { volts: number };
  'level-below': { volts: number; stepV: number };
  'spread-unloaded': { volts: number };
  'worse-with-distance': { riskV: number; othersV: number };
  'few-weeks': { weeks: number; total: number; otherV: number };
  unbalance: { pct: number; volts: number };
  'outlet-fine': { outletV: number; tailV: number };
  'line-drop': { volts: number };
  'line-estimated': { volts: number; radiusM: number };
  'power-factor': { pf: number };
  'reactive-drop': { volts: number };
  'few-hours': { hours: number };
  'seasonal-load': { ratio: number; others: number; p50: number };
  growth: { pct: number };
  'weather-load': { pct: number };
  'risk-left': { pct: number; limitPct: number };
  'over-voltage': { volts: number; limitV: number };
  'overload-left': { loadPct: number };
  'line-not-measured': { volts: number };
  'once-for-feeder': { feeder: string };
  'tap-unknown': Record<never, never>;
  'tap-highest': { position: number };
  'none-suffices': { tried: number; pct: number };
  'pair-needed': { tried: number };
  'no-pair-suffices': { tried: number; pairs: number; pct: number };
  'effect-measured': { volts: number; lowV: number; highV: number };
  'effect-promised': { volts: number };
  /** Rise from which the promise counts as kept. */
  'effect-wanted': { volts: number };
  'low-hours': { before: number; after: number };
  'still-low': { days: number };
  'unbalance-changed': { beforePct: number; afterPct: number };
  'power-factor-changed': { before: number; after: number };
  'line-drop-changed': { beforeV: number; afterV: number };
  'days-compared': { before: number; after: number };
  'hot-days-missing': { days: number };
  'no-benchmark': { sigmaV: number };
  'history-missing': { days: number; needed: number };
  /** Days between the measure and another change. */
  'cut-short': { days: number };
  'line-end-missing': Record<never, never>;
  /** Local date, `2027-08-14`. */
  'wait-until': { date: string };
  'other-change': { days: number };
}

export type FindingCode = keyof FindingValues;

/** `{name}` is a value; a number is rounded, `{name:v}` to a tenth always, `{name:p}` is a probability in per cent. */
const SENTENCES: Record<FindingCode, Record<Language, string>> = {
  'neighbours-at-risk': {
    en: '{atRisk} of {total} other transformers of the feeder are at risk too',
    'zh-CN': '同馈线其他 {total} 台中有 {atRisk} 台也有风险',
  },
  'feeder-drop': {
    en: "the feeder's load takes {volts:v} V at the peak",
    'zh-CN': '高峰时馈线负荷造成压降 {volts:v} V',
  },
  'peak-load': {
    en: 'the peak load will be {p50} % of capacity, in a bad year {p90} %',
    'zh-CN': '预测高峰负载率 {p50}%，不利年份 {p90}%',
  },
  'own-drop': {
    en: 'its own load takes {volts:v} V in the transformer',
    'zh-CN': '自身负荷在变压器内造成压降 {volts:v} V',
  },
  'slope-beside-nameplate': {
    en: 'voltage falls by {measured} V per ampere, the nameplate says {nameplate}',
    'zh-CN': '电压每安培下降 {measured} V，铭牌值为 {nameplate} V',
  },
  'below-neighbours': {
    en: 'at light load it is {volts:v} V below its neighbours',
    'zh-CN': '轻载时比同馈线其他台区低 {volts:v} V',
  },
  'level-below': {
    en: 'without load it lies {volts:v} V below its neighbours; a tap step is {stepV:v} V',
    'zh-CN': '空载电压比同馈线其他台区低 {volts:v} V，一档为 {stepV:v} V',
  },
  'spread-unloaded': {
    en: 'phases differ by {volts:v} V without load too: inspect the neutral',
    'zh-CN': '空载时三相仍相差 {volts:v} V：请检查零线',
  },
  'worse-with-distance': {
    en: 'those at risk lose {riskV:v} V along the feeder, the others {othersV:v} V',
    'zh-CN': '有风险的台区馈线压降 {riskV:v} V，其余 {othersV:v} V',
  },
  'few-weeks': {
    en: '{weeks} of {total} weeks go low; in the middle one 9 of 10 days stay above {otherV:v} V',
    'zh-CN': '{total} 周中 {weeks} 周会低；居中的一周九成日子高于 {otherV:v} V',
  },
  unbalance: {
    en: 'phases differ by {pct} % at the peak, which costs the worst one {volts:v} V',
    'zh-CN': '高峰时三相不平衡度 {pct}%，最差相因此多降 {volts:v} V',
  },
  'outlet-fine': {
    en: 'the outlet keeps {outletV:v} V while the line end falls to {tailV:v} V',
    'zh-CN': '出口保持 {outletV:v} V，末端降至 {tailV:v} V',
  },
  'line-drop': {
    en: '{volts:v} V are lost between outlet and line end (measured)',
    'zh-CN': '出口至末端压降 {volts:v} V（实测）',
  },
  'line-estimated': {
    en: '{volts:v} V may be lost to the line end, estimated from a radius of {radiusM} m',
    'zh-CN': '按供电半径 {radiusM} m 估算，至末端压降约 {volts:v} V',
  },
  'power-factor': { en: 'the power factor is {pf}', 'zh-CN': '功率因数 {pf}' },
  'reactive-drop': {
    en: 'reactive power takes {volts:v} V in the transformer',
    'zh-CN': '无功功率在变压器内造成压降 {volts:v} V',
  },
  'few-hours': {
    en: 'low for some {hours} hours of the season only',
    'zh-CN': '全季仅约 {hours} 小时低电压',
  },
  'seasonal-load': {
    en: 'in a few weeks its load is {ratio:v} times that of a middle day (its neighbours: {others:v} times) and reaches {p50} % of capacity',
    'zh-CN': '少数几周的负荷为平日的 {ratio:v} 倍（同馈线其他台区 {others:v} 倍），负载率达 {p50}%',
  },
  growth: { en: 'its load grows by {pct} % a year', 'zh-CN': '负荷年增长 {pct}%' },
  'weather-load': {
    en: 'one degree changes its peak load by {pct} %',
    'zh-CN': '气温每变化 1 °C，高峰负荷变化 {pct}%',
  },
  'risk-left': {
    en: 'a risk of {pct:p} % is left ({limitPct} % would do)',
    'zh-CN': '剩余风险 {pct:p}%（要求不高于 {limitPct}%）',
  },
  'over-voltage': {
    en: 'at light load the voltage would reach {volts:v} V (limit {limitV:v} V)',
    'zh-CN': '轻载时电压将达 {volts:v} V（上限 {limitV:v} V）',
  },
  'overload-left': {
    en: 'the transformer stays overloaded: {loadPct} % at the peak',
    'zh-CN': '变压器仍然过载：高峰负载率 {loadPct}%',
  },
  'line-not-measured': {
    en: 'no line end is measured; by its radius one may fall to {volts:v} V',
    'zh-CN': '末端无表计；按供电半径估算末端可能降至 {volts:v} V',
  },
  'once-for-feeder': {
    en: 'one measure for all of feeder {feeder}; its cost counts once',
    'zh-CN': '该措施覆盖整条馈线 {feeder}，费用只计一次',
  },
  'tap-unknown': {
    en: 'the tap position is not registered: look at it first, raising it is the cheapest measure',
    'zh-CN': '台账无分接档位：请先现场核对，调档是最便宜的措施',
  },
  'tap-highest': {
    en: 'the tap is at its highest step already ({position})',
    'zh-CN': '分接头已在最高档（{position}）',
  },
  'none-suffices': {
    en: 'none of {tried} measures suffices by itself; the best leaves a risk of {pct:p} %',
    'zh-CN': '{tried} 项措施单独均不足；最好的一项仍剩余风险 {pct:p}%',
  },
  'pair-needed': {
    en: 'none of {tried} measures suffices by itself: it takes two',
    'zh-CN': '{tried} 项措施单独均不足：需两项并举',
  },
  'no-pair-suffices': {
    en: 'none of {tried} measures suffices, nor does a pair of them ({pairs} tried); the best leaves a risk of {pct:p} %',
    'zh-CN': '{tried} 项措施单独及 {pairs} 种两项组合均不足；最好的仍剩余风险 {pct:p}%',
  },
  'effect-measured': {
    en: 'against the frozen benchmark, weather and load taken into account, the lowest hour of the hardest days changed by {volts:v} V (90 % interval {lowV:v} to {highV:v} V)',
    'zh-CN':
      '与冻结基准（已按天气和负荷修正）相比，负荷最重几天的最低小时电压变化 {volts:v} V（90% 区间 {lowV:v} 至 {highV:v} V）',
  },
  'effect-promised': { en: '{volts:v} V were promised', 'zh-CN': '承诺提升 {volts:v} V' },
  'effect-wanted': {
    en: 'the promise counts as kept from {volts:v} V on',
    'zh-CN': '升高不低于 {volts:v} V 即视为兑现承诺',
  },
  'low-hours': {
    en: '{after} low hours since, where the benchmark expected {before}',
    'zh-CN': '实施后低电压 {after} 小时，按基准本应为 {before} 小时',
  },
  'still-low': {
    en: 'the voltage was low on {days} days all the same: this measure alone is not enough',
    'zh-CN': '实施后仍有 {days} 天低电压：仅此一项措施不够',
  },
  'unbalance-changed': {
    en: 'on days of heavy load the phases differ by {afterPct} %, before it by {beforePct} %',
    'zh-CN': '重载日三相不平衡度由 {beforePct}% 变为 {afterPct}%',
  },
  'power-factor-changed': {
    en: 'on days of heavy load the power factor is {after}, before it was {before}',
    'zh-CN': '重载日功率因数由 {before} 变为 {after}',
  },
  'line-drop-changed': {
    en: 'on days of heavy load {afterV:v} V are lost to the line end, before it {beforeV:v} V',
    'zh-CN': '重载日出口至末端压降由 {beforeV:v} V 变为 {afterV:v} V',
  },
  'days-compared': {
    en: 'compared {after} days after with {before} days before',
    'zh-CN': '以实施后 {after} 天对比实施前 {before} 天',
  },
  'hot-days-missing': {
    en: 'only {days} days of heavy load since: wait for the season',
    'zh-CN': '实施后重载日仅 {days} 天：需等到迎峰季节',
  },
  'no-benchmark': {
    en: 'the days before do not tell enough: the benchmark misses by {sigmaV:v} V',
    'zh-CN': '实施前数据不足以判断：基准误差达 {sigmaV:v} V',
  },
  'history-missing': {
    en: 'only {days} undisturbed days before it are measured, {needed} are needed: it will not be told',
    'zh-CN': '实施前未受其他变动影响的有效数据仅 {days} 天，至少需 {needed} 天：无法判定',
  },
  'cut-short': {
    en: 'the {days} days until that change do not tell, and no later day can: it will not be told',
    'zh-CN': '至该变动为止的 {days} 天不足以判断，此后的数据也无法采用：无法判定',
  },
  'line-end-missing': {
    en: 'no line end is measured, and at the outlet another line does not show: a meter at the end would tell',
    'zh-CN': '末端无表计，出口电压反映不出线路改造效果：需在末端装表后才能判定',
  },
  'wait-until': {
    en: 'to be told by {date} at the latest, if the days are measured',
    'zh-CN': '数据正常时，最迟 {date} 可判定',
  },
  'other-change': {
    en: 'something else was changed {days} days from it',
    'zh-CN': '相距 {days} 天另有变动',
  },
};

/** A finding with the values that its sentence needs. */
export function finding<C extends FindingCode>(code: C, values: FindingValues[C]): Finding {
  return { code, values: { ...values } };
}

/** The sentence, without its full stop; empty for an unknown code or where a value is missing. */
export function findingSentence({ code, values }: Finding, language: Language): string {
  if (!Object.hasOwn(SENTENCES, code)) return '';
  let isWhole = true;
  const sentence = SENTENCES[code as FindingCode][language].replace(
    /\{(\w+)(:[vp])?\}/g,
    (_, name: string, as: string | undefined) => {
      const value = values[name];
      if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) isWhole = false;
      if (typeof value !== 'number') return String(value);
      if (as === ':p') return ofHundred(value);
      return as === undefined ? rounded(value) : value.toFixed(1);
    },
  );
  return isWhole ? sentence : '';
}

/** What is not certain is not said to be 0 or 100 of a hundred. */
function ofHundred(pct: number): string {
  const whole = Math.round(pct);
  if (pct > 0 && whole === 0) return '<1';
  return pct < 100 && whole === 100 ? '>99' : String(whole);
}

/** Whole from ten on, below that two decimals at most, below a tenth three. */
function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 10) return String(Math.round(value));
  return String(Number(value.toFixed(size < 0.1 ? 3 : 2)));
}
