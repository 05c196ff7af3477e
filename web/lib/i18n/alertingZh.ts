import type { alertingEn } from './alertingEn.ts';
import type { Dictionary } from './dictionary.ts';
import { alertFormsZh } from './alertFormsZh.ts';
import { incidentsZh } from './incidentsZh.ts';
import { onCallZh } from './onCallZh.ts';
import { outagesZh } from './outagesZh.ts';

/** 告警各页面用语。 */
export const alertingZh: Pick<Dictionary, keyof typeof alertingEn> = {
  ...incidentsZh,
  ...onCallZh,
  ...alertFormsZh,
  ...outagesZh,
};
