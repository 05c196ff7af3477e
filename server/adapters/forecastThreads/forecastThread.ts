import { parentPort } from 'node:worker_threads';
import type { ForecastInput } from '../../core/forecast/forecast.ts';
import { nearTermOfFeeder, prepareNearTerm } from '../../core/forecast/nearTerm.ts';
import type { ForecastPriors } from '../../core/forecast/parts.ts';
import { forecastAlternatives, forecastFeeder, prepareForecast } from '../../core/forecast/readiness.ts';
import type { CallMessage, Calls, ReplyMessage } from './protocol.ts';

/** One thread of the forecast: holds the input of a run, and works on the feeders that it is given. */

let input: ForecastInput | null = null;
let priors: ForecastPriors | null = null;

const calls: Calls = {
  input(given) {
    input = given;
    priors = null;
  },
  prepare: () => prepareForecast(known(input)),
  priors(given) {
    priors = given;
  },
  prepareNear: () => prepareNearTerm(known(input)),
  nearFeeder: (near, feederId) => nearTermOfFeeder(known(input), near, feederId),
  feeder: (feederId) => forecastFeeder(known(input), known(priors), feederId),
  alternatives: (calibration, feederId, asked) =>
    forecastAlternatives(known(input), known(priors), calibration, feederId, asked),
};

parentPort!.on('message', ({ id, name, args }: CallMessage) => {
  const call = calls[name] as (...args: unknown[]) => unknown;
  let reply: ReplyMessage;
  try {
    reply = { id, value: call(...args) };
  } catch (error) {
    reply = { id, error: (error as Error).stack ?? String(error) };
  }
  parentPort!.postMessage(reply);
});

function known<T>(value: T | null): T {
  if (value === null) throw new Error('the thread was asked before it was given its input');
  return value;
}
