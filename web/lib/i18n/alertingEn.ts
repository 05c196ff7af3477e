import { alertFormsEn } from './alertFormsEn.ts';
import { incidentsEn } from './incidentsEn.ts';
import { onCallEn } from './onCallEn.ts';
import { outagesEn } from './outagesEn.ts';

/** Everything that alerting says, of all its pages. */
export const alertingEn = { ...incidentsEn, ...onCallEn, ...alertFormsEn, ...outagesEn };
