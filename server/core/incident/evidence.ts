import type { Language } from './delivery.ts';
import type { Evidence } from './incident.ts';

/** What can speak for a cause, and the sentence of each in both languages: the one list for whoever finds evidence and whoever tells it. */

/** What the sentence of a code needs. */
export interface EvidenceValues {
  'fell-together': { count: number; total: number; windowS: number };
  'own-load-explains': { pct: number };
  /** Rank correlation of depth with distance along the feeder. */
  'deeper-with-distance': { rho: number };
  'neighbours-normal': { normal: number; total: number };
  'neighbours-low': { low: number; total: number };
  load: { pct: number };
  'low-at-all-loads': { loadPct: number };
  'phase-spread': { spreadV: number; loadPct: number };
  'current-unbalance': { pct: number };
  'phase-dead': { phase: string };
  'outlet-fine': { outletV: number; tailV: number };
  'silent-together': { count: number; total: number };
  /** Voltage of the last reading before the silence. */
  'heard-before': { volts: number };
  /** Feeders of a substation. */
  'station-out': { out: number; total: number };
  'frozen-for': { minutes: number };
}

export type EvidenceCode = keyof EvidenceValues;

/** `{name}` is a value; a number is rounded, `{name:v}` to a tenth always. */
const SENTENCES: Record<EvidenceCode, Record<Language, string>> = {
  'fell-together': {
    en: '{count} of {total} transformers fell within {windowS} s',
    'zh-CN': '{total} 台中有 {count} 台在 {windowS} 秒内同时跌落',
  },
  'own-load-explains': {
    en: 'own load explains {pct} % of the drop',
    'zh-CN': '自身负载只能解释压降的 {pct}%',
  },
  'deeper-with-distance': {
    en: 'the farther along the feeder, the lower (rank correlation {rho})',
    'zh-CN': '沿馈线越远电压越低（秩相关 {rho}）',
  },
  'neighbours-normal': {
    en: '{normal} of {total} neighbours on the feeder are normal',
    'zh-CN': '同馈线 {total} 台中有 {normal} 台正常',
  },
  'neighbours-low': {
    en: '{low} of {total} neighbours on the feeder are low too',
    'zh-CN': '同馈线 {total} 台中有 {low} 台也偏低',
  },
  load: { en: 'load is {pct} % of capacity', 'zh-CN': '负载率 {pct}%' },
  'low-at-all-loads': {
    en: 'low even at a load of {loadPct} %',
    'zh-CN': '负载率仅 {loadPct}% 时电压仍偏低',
  },
  'phase-spread': {
    en: 'phases are {spreadV:v} V apart at a load of {loadPct} %',
    'zh-CN': '负载率 {loadPct}% 时三相相差 {spreadV:v} V',
  },
  'current-unbalance': { en: 'currents are {pct} % unbalanced', 'zh-CN': '电流不平衡度 {pct}%' },
  'phase-dead': { en: 'phase {phase} is dead while others live', 'zh-CN': '{phase} 相失压，其余相有电' },
  'outlet-fine': {
    en: 'outlet is fine at {outletV:v} V while the line end has {tailV:v} V',
    'zh-CN': '出口 {outletV:v} V 正常，末端仅 {tailV:v} V',
  },
  'silent-together': {
    en: '{count} of {total} devices fell silent together',
    'zh-CN': '{total} 台设备中有 {count} 台同时失联',
  },
  'heard-before': {
    en: 'the last reading before the silence was {volts:v} V',
    'zh-CN': '失联前最后一次电压为 {volts:v} V',
  },
  'station-out': {
    en: '{out} of {total} feeders of the substation are out',
    'zh-CN': '该变电站 {total} 条馈线中有 {out} 条停电',
  },
  'frozen-for': {
    en: 'values have not changed for {minutes} min',
    'zh-CN': '数值已 {minutes} 分钟没有变化',
  },
};

/** Every code that has a sentence. */
export const EVIDENCE_CODES: readonly EvidenceCode[] = Object.keys(SENTENCES) as EvidenceCode[];

/** A piece of evidence with the values that its sentence needs. */
export function evidence<C extends EvidenceCode>(code: C, values: EvidenceValues[C]): Evidence {
  return { code, values: { ...values } };
}

/** The sentence, without its full stop; empty for an unknown code or where a value is missing. */
export function evidenceSentence({ code, values }: Evidence, language: Language): string {
  if (!Object.hasOwn(SENTENCES, code)) return '';
  let isWhole = true;
  const sentence = SENTENCES[code as EvidenceCode][language].replace(
    /\{(\w+)(:v)?\}/g,
    (_, name: string, tenths: string | undefined) => {
      const value = values[name];
      if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) isWhole = false;
      if (name === 'phase') return String(value).toUpperCase();
      if (typeof value !== 'number') return String(value);
      return tenths === undefined ? rounded(value) : value.toFixed(1);
    },
  );
  return isWhole ? sentence : '';
}

/** Whole from ten on, else with at most two decimals. */
function rounded(value: number): string {
  return Math.abs(value) >= 10 ? String(Math.round(value)) : String(Number(value.toFixed(2)));
}
