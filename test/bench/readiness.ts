import {
  finishForecast,
  forecastFeeder,
  feederIds,
  prepareForecast,
} from '../../server/core/forecast/readiness.ts';
import { smallGrid } from '../core/forecast/smallGrid.ts';
import type { BenchResult } from './main.ts';

/**
 * P10: a readiness run over 10,000 transformers with two years of daily summaries (fit, ensemble, calibration on the season
 * before), in one thread: threads share the feeders of a run, so two cores need about half. And how it grows.
 */

const TRANSFORMERS = 10_000;
const SMALLER = 2_500;
const PER_FEEDER = 40;
/** Two years up to the origin, and the season after it. */
const YEARS = 2.3;
const SECONDS_MAX = 60;
const GIB_MAX = 2;
/** Twice as many years of summaries, for growth with them: each more is also one more season to calibrate on. */
const LONGER_YEARS = 4.3;
/** Four times as many transformers, and twice as many years, may take so many times as long. */
const GROWTH_MAX = 4.6;
const YEARS_GROWTH_MAX = 2.6;

export async function run(): Promise<BenchResult> {
  // The first run is slower: the compiler learns on a small grid.
  timed(10 * PER_FEEDER);
  const smaller = timed(SMALLER);
  const longer = timed(SMALLER, LONGER_YEARS);
  const whole = timed(TRANSFORMERS);
  // Of processor time: a machine that is shared makes waiting grow, not work.
  const growth = whole.cpuSeconds / smaller.cpuSeconds;
  const yearsGrowth = longer.cpuSeconds / smaller.cpuSeconds;
  const peakGib = process.resourceUsage().maxRSS / 1024 ** 2;
  return {
    name: 'readiness',
    bars: [
      {
        id: 'P10',
        what: 'readiness run, 10,000 transformers × 2 years, one thread',
        value: whole.seconds,
        unit: 's',
        bar: `≤${SECONDS_MAX}`,
        met: whole.seconds <= SECONDS_MAX,
      },
      {
        id: 'P10',
        what: 'peak memory, histories included',
        value: peakGib,
        unit: 'GiB',
        bar: `≤${GIB_MAX}`,
        met: peakGib <= GIB_MAX,
      },
      {
        id: 'P10',
        what: 'processor time of four times as many transformers',
        value: growth,
        unit: '×',
        bar: `≤${GROWTH_MAX}`,
        met: growth <= GROWTH_MAX,
      },
      {
        id: 'P10',
        what: 'processor time of twice as many years',
        value: yearsGrowth,
        unit: '×',
        bar: `≤${YEARS_GROWTH_MAX}`,
        met: yearsGrowth <= YEARS_GROWTH_MAX,
      },
    ],
    detail: { smaller, longer, whole },
  };
}

interface Timing {
  transformers: number;
  years: number;
  seconds: number;
  cpuSeconds: number;
  prepareSeconds: number;
  msPerTransformer: number;
  atRisk: number;
  pairs: number;
}

function timed(transformers: number, years = YEARS): Timing {
  const { input } = smallGrid({ feeders: transformers / PER_FEEDER, perFeeder: PER_FEEDER, years });
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  const priors = prepareForecast(input);
  const preparedMs = performance.now();
  const feeders = feederIds(input).map((id) => forecastFeeder(input, priors, id));
  const run = finishForecast(input, priors, feeders);
  const ms = performance.now() - startMs;
  const cpu = process.cpuUsage(startCpu);
  return {
    transformers,
    years,
    seconds: ms / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    prepareSeconds: (preparedMs - startMs) / 1000,
    msPerTransformer: ms / transformers,
    atRisk: run.forecasts.filter((forecast) => forecast.status === 'at_risk').length,
    pairs: run.calibration.pairs,
  };
}
