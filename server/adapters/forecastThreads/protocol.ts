import type { ForecastInput } from '../../core/forecast/forecast.ts';
import type { NearTermForecast } from '../../core/forecast/nearTerm.ts';
import type {
  AlternativeDistributions,
  Alternatives,
  Calibration,
  FeederForecast,
  ForecastPriors,
  SeasonPriors,
} from '../../core/forecast/parts.ts';

/** What a thread of the forecast does, one after the other. Histories travel as shared memory, all else is cloned. */
export interface Calls {
  input(input: ForecastInput): void;
  prepare(): ForecastPriors;
  priors(priors: ForecastPriors): void;
  prepareNear(): SeasonPriors;
  nearFeeder(priors: SeasonPriors, feederId: string): NearTermForecast[];
  feeder(feederId: string): FeederForecast;
  alternatives(calibration: Calibration, feederId: string, asked: Alternatives): AlternativeDistributions;
}
export type CallName = keyof Calls;

export interface CallMessage {
  id: number;
  name: CallName;
  args: unknown[];
}

export type ReplyMessage = { id: number; value: unknown } | { id: number; error: string };
