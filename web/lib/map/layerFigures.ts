import type { RollUp } from '../../../server/core/liveView.ts';
import type { MapQualification } from '../api.ts';
import { codeOf } from '../condition.ts';
import { FORECAST_LOOKS, likelyRows } from '../forecast.ts';
import type { MapForecast } from '../forecastApi.ts';
import { formatNumber } from '../format.ts';
import type { Dictionary, Locale } from '../i18n/dictionary.ts';
import { poorRows, rateLook, shortRate } from '../qualification.ts';
import { percent } from '../readiness.ts';
import type { LiveGrid } from '../state/liveReducer.ts';
import { rollUpsOf } from './replay.ts';

/** What a layer shows that the live picture does not hold, by row. */
export interface LayerFigures {
  /** Condition code whose colour and shape each row takes. */
  looks: Uint8Array;
  /** Of the rows that pass, those that carry a number, the most urgent first. */
  ranked(matches: Uint8Array): number[];
  numberAt(row: number): string;
  /** What the badge of an area says of it; undefined: what it says of now. */
  areaSays?: (rollUp: RollUp) => string;
}

/** Before the rates are loaded every row is unknown. */
export function rateFigures(rates: MapQualification | null, locale: Locale): LayerFigures {
  const ratePct = rates?.ratePct ?? [];
  return {
    looks: Uint8Array.from(ratePct, (rate) => codeOf(rateLook(rate))),
    ranked: (matches) => poorRows(ratePct, matches),
    numberAt: (row) => formatNumber(shortRate(ratePct[row]), locale, 1),
  };
}

/** Before the forecast is loaded, and without a run, every row is unknown. */
export function forecastFigures(
  forecast: Pick<MapForecast, 'status' | 'pLow'> | null,
  layer: 'readiness' | 'tonight',
  t: Dictionary,
  locale: Locale,
): LayerFigures {
  const { status, pLow } = forecast ?? { status: [], pLow: [] };
  const [atRisk, unknown] = [codeOf(FORECAST_LOOKS.at_risk), codeOf(FORECAST_LOOKS.unknown)];
  const number = (value: number): string => formatNumber(value, locale);
  const worded = layer === 'readiness' ? t.areaAtRisk : t.areaLikely;
  return {
    looks: Uint8Array.from(status, (one) => codeOf(FORECAST_LOOKS[one])),
    ranked: (matches) => likelyRows(status, pLow, matches),
    // That it is not known the shape says.
    numberAt: (row) => (typeof pLow[row] === 'number' ? percent(pLow[row], locale) : ''),
    areaSays({ byCondition, transformers, customersLow }) {
      const low = byCondition[atRisk] ?? 0;
      const dark = byCondition[unknown] ?? 0;
      return [
        ...(low === 0
          ? []
          : [worded(number(low), number(transformers)), t.homes(number(customersLow), customersLow)]),
        ...(dark === 0 ? [] : [t.areaUnknown(number(dark))]),
      ].join(' · ');
    },
  };
}

/** Sums over areas and feeders of what such a layer shows: the worst of each, and who is at risk. */
export function judgedRollUps(
  grid: Pick<LiveGrid, 'area' | 'areas' | 'feeder' | 'feeders' | 'customers' | 'rows'>,
  { looks }: LayerFigures,
): { areas: RollUp[]; feeders: RollUp[] } {
  const condition = new Uint8Array(grid.rows).fill(codeOf('no-data'));
  condition.set(looks.subarray(0, grid.rows));
  const frame = { condition, worstV: new Float32Array(grid.rows).fill(NaN) };
  return {
    areas: rollUpsOf(frame, grid.area, grid.areas.length, grid.customers),
    feeders: rollUpsOf(frame, grid.feeder, grid.feeders.length, grid.customers),
  };
}
