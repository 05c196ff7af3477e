import { setTimeout as sleepFor } from 'node:timers/promises';
import { DAY_MS, HOUR_MS } from './calendar.ts';
import { Devices, type DeliveryCounts } from './device.ts';
import { buildGrid, DEMO_SEED } from './grid.ts';
import { weatherSamples, type HistorySpan } from './history.ts';
import { readInterval, type DeviceMessage } from './live.ts';
import { Publisher, type BrokerAddress } from './publisher.ts';
import { replayFile, type ReplayCounts } from './replay.ts';
import { openScenario, type Scenario, type ScenarioName } from './scenarios/scenario.ts';
import type { SimGrid } from './simGrid.ts';
import { openSimulation } from './solver.ts';
import { isForecastIssued, weatherForecasts } from './weatherForecast.ts';

/** Time as the simulator's process sees it. */
export interface SimClock {
  nowMs(): number;
  /** Returns early when the signal is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
}

const realClock: SimClock = {
  nowMs: () => Date.now(),
  sleep: async (delayMs, signal) => {
    await sleepFor(delayMs, undefined, { signal }).catch(() => {});
  },
};

export interface SimulateOptions {
  broker: BrokerAddress;
  /** Default: built from `transformers` and `seed`. */
  grid?: SimGrid;
  transformers?: number;
  seed?: number;
  /** Simulated seconds a second. Above 1 it starts a day back, and goes on at 1 when it has caught up: never the future. */
  speed?: number;
  scenario?: ScenarioName;
  /** Length of a device's interval. */
  intervalS?: number;
  /** Ends after so many intervals; for ever when absent. */
  intervals?: number;
  clock?: SimClock;
  onInterval?: (tsMs: number, report: SimulateReport) => void;
}

export interface SimulateReport {
  deliveries: DeliveryCounts;
  published: Publisher['counts'];
}

const INTERVAL_S = 60;
/** Devices do not all speak at once: an interval's messages leave over this share of the next, in so many bursts. */
const SPREAD_SHARE = 0.8;
const BURSTS = 40;
/** Spreading below this is not worth a timer. */
const BURST_MS_MIN = 5;

/**
 * Publishes a simulated grid until the signal is aborted. The interval that has just ended goes out at once, so a map comes
 * alive with the first connection.
 *
 * @throws when the broker cannot be reached at first; a later loss is bridged.
 */
export async function simulate(options: SimulateOptions, signal: AbortSignal): Promise<SimulateReport> {
  const { speed = 1, intervalS = INTERVAL_S, clock = realClock } = options;
  const grid =
    options.grid ?? buildGrid({ transformers: options.transformers ?? 400, seed: options.seed ?? DEMO_SEED });
  const time = simulatedTime(clock, speed);
  const intervalMs = intervalS * 1000;
  const scenario = openScenario(options.scenario ?? 'normal', grid, time.startMs);
  const sim = openSimulation(grid, scenario);
  const devices = new Devices(scenario);
  const publisher = new Publisher(options.broker, grid.org, signal);
  const report: SimulateReport = { deliveries: devices.counts, published: publisher.counts };
  try {
    await publisher.connect(grid.transformers);
    await publisher.announce(grid, intervalS);
    let tsMs = Math.floor(time.startMs / intervalMs - 1) * intervalMs;
    await publishWeather(publisher, grid, scenario, tsMs - HOUR_MS, tsMs);
    await publishForecasts(publisher, grid, scenario, time.startMs);
    for (let done = 0; done < (options.intervals ?? Infinity) && !signal.aborted; done++) {
      await waitUntil(time, clock, tsMs + intervalMs, signal);
      if (signal.aborted) break;
      const spreadMs = done === 0 ? 0 : (intervalMs * SPREAD_SHARE) / speed;
      await publishSpread(
        publisher,
        devices.deliver(readInterval(sim, tsMs, intervalMs)),
        spreadMs,
        clock,
        signal,
      );
      const untilMs = tsMs + intervalMs;
      await publishWeather(publisher, grid, scenario, tsMs, untilMs);
      if (isForecastIssued(tsMs, untilMs)) await publishForecasts(publisher, grid, scenario, untilMs);
      options.onInterval?.(tsMs, report);
      tsMs += intervalMs;
    }
    for (const message of devices.flush()) await publisher.reading(message);
    await publisher.settled();
    return report;
  } finally {
    await publisher.close(grid.transformers);
  }
}

interface SimulatedTime {
  startMs: number;
  speed: number;
  /** Simulated now, never later than the real one. */
  nowMs(): number;
}

function simulatedTime(clock: SimClock, speed: number): SimulatedTime {
  const realStartMs = clock.nowMs();
  const startMs = speed > 1 ? realStartMs - DAY_MS : realStartMs;
  return {
    startMs,
    speed,
    nowMs: () => Math.min(clock.nowMs(), startMs + (clock.nowMs() - realStartMs) * speed),
  };
}

async function waitUntil(
  time: SimulatedTime,
  clock: SimClock,
  tsMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const leftMs = tsMs - time.nowMs();
    if (leftMs <= 0) return;
    await clock.sleep(Math.max(1, Math.ceil(leftMs / Math.max(1, time.speed))), signal);
  }
}

async function publishSpread(
  publisher: Publisher,
  messages: readonly DeviceMessage[],
  spreadMs: number,
  clock: SimClock,
  signal: AbortSignal,
): Promise<void> {
  const burst = Math.ceil(messages.length / BURSTS);
  for (const [i, message] of messages.entries()) {
    if (signal.aborted) return;
    await publisher.reading(message);
    if (spreadMs / BURSTS >= BURST_MS_MIN && (i + 1) % burst === 0)
      await clock.sleep(spreadMs / BURSTS, signal);
  }
}

/** The hours that ended within (fromMs, toMs]. */
async function publishWeather(
  publisher: Publisher,
  grid: SimGrid,
  scenario: Scenario,
  fromMs: number,
  toMs: number,
): Promise<void> {
  for (const sample of weatherSamples(grid, fromMs + 1, toMs + 1, scenario)) {
    const { stationId, tsMs, tempC, humidityPct } = sample;
    await publisher.weather(stationId, { ts: tsMs, tempC, humidityPct });
  }
}

/** What is expected of the hours after `issuedMs`. */
async function publishForecasts(
  publisher: Publisher,
  grid: SimGrid,
  scenario: Scenario,
  issuedMs: number,
): Promise<void> {
  for (const [stationId, forecast] of weatherForecasts(grid, issuedMs, scenario)) {
    await publisher.weatherForecast(stationId, forecast);
  }
}

/** Rows a second that a replay sends when nobody says otherwise. */
export const REPLAY_RATE_PER_S = 2000;

/** Replays a history CSV over MQTT as if it were live. */
export async function replay(
  options: {
    broker: BrokerAddress;
    file: string;
    org: string;
    ratePerS?: number;
    onProgress?: (counts: ReplayCounts) => void;
  },
  signal: AbortSignal,
): Promise<{ rows: ReplayCounts; published: Publisher['counts'] }> {
  const publisher = new Publisher(options.broker, options.org, signal);
  await publisher.connect();
  try {
    const rows = await replayFile(publisher, {
      file: options.file,
      ratePerS: options.ratePerS ?? REPLAY_RATE_PER_S,
      signal,
      sleep: (delayMs) => realClock.sleep(delayMs, signal),
      nowMs: () => realClock.nowMs(),
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    });
    return { rows, published: { ...publisher.counts } };
  } finally {
    await publisher.close();
  }
}

/** `spanMs` of history up to the last full hour. */
export function recentSpan(
  grid: SimGrid,
  spanMs: number,
  stepMs: number,
  scenario: ScenarioName,
): HistorySpan {
  const toMs = Math.floor(realClock.nowMs() / HOUR_MS) * HOUR_MS;
  const fromMs = toMs - spanMs;
  return { fromMs, toMs, stepMs, scenario: openScenario(scenario, grid, fromMs) };
}

const SPAN_UNITS_MS = { h: HOUR_MS, d: DAY_MS, y: 365 * DAY_MS } as const;

/** `36h`, `90d`, `2y` → milliseconds; null when it is none of these. */
export function parseSpanMs(text: string): number | null {
  const match = /^(\d{1,4})([hdy])$/.exec(text);
  return match ? Number(match[1]) * SPAN_UNITS_MS[match[2] as keyof typeof SPAN_UNITS_MS] : null;
}
