import type { Transformer } from '../grid.ts';
import type { ForecastOptions } from './forecast.ts';

/** The limits of supply that a season is judged by: those of the profile, or those that a transformer has of its own. */
export interface SupplyLimits {
  lowV: number;
  highV: number;
}

/** By transformer; who is not in it has the profile's. */
export type OwnLimits = ReadonlyMap<string, SupplyLimits>;

/** Lower limit of a transformer, V. */
export function lowLimitV(
  { id, nominalV }: Pick<Transformer, 'id' | 'nominalV'>,
  { options, ownLimits }: { options: Pick<ForecastOptions, 'lowPu'>; ownLimits?: OwnLimits | undefined },
): number {
  return ownLimits?.get(id)?.lowV ?? options.lowPu * nominalV;
}
