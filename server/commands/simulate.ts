import { readFileSync } from 'node:fs';
import { defineCommand } from 'citty';
import { readWeather, writeHistory, writeRegistry, writeWeather } from '../../simulator/files.ts';
import { REPLAY_RATE_PER_S, parseSpanMs, recentSpan, replay, simulate } from '../../simulator/main.ts';
import { DEMO_SEED, TRANSFORMERS_MAX, buildGrid } from '../../simulator/grid.ts';
import type { BrokerAddress } from '../../simulator/publisher.ts';
import { SCENARIO_NAMES, type ScenarioName } from '../../simulator/scenarios/scenario.ts';
import { registryCsv } from '../../simulator/csv.ts';
import type { SimGrid } from '../../simulator/simGrid.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../usageError.ts';
import { terminal } from './parts.ts';
import { importThroughService, serviceAt, type RunningService } from './service.ts';
import { untilSignal } from './signals.ts';
import { isFolder, writeYears } from './simulateYears.ts';
import { wholeNumber } from './wholeNumber.ts';

const YEAR_MS = 365 * 86_400_000;

/** `peakvolt simulate`: a made grid that speaks MQTT, its files, or a file replayed as if it were live. */
export const simulateCommand = defineCommand({
  meta: {
    name: 'simulate',
    description:
      'Publish a simulated grid over MQTT, write its files, or replay a history file as if it were live',
  },
  args: {
    transformers: { type: 'string', default: '400', description: 'Transformers in the grid' },
    seed: { type: 'string', default: String(DEMO_SEED), description: 'The same seed gives the same bytes' },
    speed: {
      type: 'string',
      default: '1',
      description: 'Simulated seconds a second; above 1 it begins a day back',
    },
    scenario: { type: 'string', default: 'normal', description: SCENARIO_NAMES.join(' | ') },
    interval: { type: 'string', default: '60', description: 'Seconds between the readings of a device' },
    mqtt: { type: 'string', description: 'Broker URL; default MQTT_URL, else the embedded broker here' },
    register: {
      type: 'string',
      description: 'URL of a running service: import the registry of the grid there before publishing',
    },
    replay: { type: 'string', description: 'History CSV to publish, time stamps kept' },
    org: { type: 'string', default: 'chengxi', description: 'Organisation in the topics of a replay' },
    rate: { type: 'string', default: String(REPLAY_RATE_PER_S), description: 'Rows a second of a replay' },
    registry: { type: 'string', description: 'Write the registry CSV here' },
    history: { type: 'string', description: 'Write so much history up to now (36h, 90d, 2y) to --out' },
    step: { type: 'string', default: '3600', description: 'Seconds between the rows of --history' },
    out: {
      type: 'string',
      description: 'History CSV to write; or a folder, for years up to the origin of --season, and the truth',
    },
    season: { type: 'string', description: 'With a folder: the season to forecast; default the last one' },
    format: { type: 'string', default: 'csv', description: 'With a folder: csv | parquet' },
    'weather-years': { type: 'string', default: '12', description: 'Years of weather before the history' },
    'weather-out': {
      type: 'string',
      description: 'With --history: weather CSV to write, from --weather-years before it on',
    },
    weather: { type: 'string', description: 'Weather CSV to make the grid live by, instead of made weather' },
    config: { type: 'string', description: 'Configuration file, for the broker' },
    'data-dir': { type: 'string', description: 'Directory of embedded state' },
  },
  async run({ args }) {
    if (args.history !== undefined && args.out !== undefined && isFolder(args.out)) {
      await writeYears({ ...args, history: args.history, out: args.out }, terminal);
      return;
    }
    const scenario = scenarioName(args.scenario);
    const speed = wholeNumber('speed', args.speed, 1, 100_000);
    const intervalS = wholeNumber('interval', args.interval, 1, 86_400);
    const stepMs = wholeNumber('step', args.step, 1, 86_400) * 1000;
    const ratePerS = wholeNumber('rate', args.rate, 1, 1_000_000);
    const spanMs = args.history === undefined ? null : spanOf(args.history, args.out);
    const grid = buildGrid({
      transformers: wholeNumber('transformers', args.transformers, 1, TRANSFORMERS_MAX),
      seed: wholeNumber('seed', args.seed, 0, 2 ** 31 - 1),
      ...(args.weather === undefined ? {} : { weather: await readWeather(args.weather) }),
    });
    if (args.registry !== undefined) await writeRegistry(grid, args.registry);
    if (spanMs !== null) {
      const span = recentSpan(grid, spanMs, stepMs, scenario);
      await writeHistory(grid, args.out!, span);
      if (args['weather-out'] !== undefined) {
        const years = wholeNumber('weather-years', args['weather-years'], 0, 60);
        const fromMs = span.fromMs - years * YEAR_MS;
        await writeWeather(grid, args['weather-out'], { ...span, fromMs });
      }
    }
    const onlyFiles = args.registry !== undefined || spanMs !== null;
    const speaks = args.mqtt ?? args.replay ?? args.register;
    if (onlyFiles && speaks === undefined) return;

    const stop = new AbortController();
    void untilSignal().then(() => stop.abort());
    const broker = brokerAddress(args.mqtt, args.config, args['data-dir']);
    if (args.replay !== undefined) {
      await replayAndReport({ broker, file: args.replay, org: args.org, ratePerS }, stop.signal);
    } else {
      if (args.register !== undefined) {
        await registerGrid(serviceNamed(args.register), grid, terminal.err);
      }
      await simulateAndReport({ broker, grid, scenario, speed, intervalS }, stop.signal);
    }
  },
});

async function replayAndReport(options: Parameters<typeof replay>[0], signal: AbortSignal): Promise<void> {
  const { rows, published } = await replay(
    { ...options, onProgress: (c) => process.stderr.write(`\r${c.sent} rows sent`) },
    signal,
  );
  process.stderr.write('\n');
  for (const fault of rows.faults) process.stderr.write(`${fault}\n`);
  process.stdout.write(`${JSON.stringify({ ...rows, faults: undefined, ...published, sent: rows.sent })}\n`);
  process.exitCode = rows.refused > 0 || published.acked < rows.sent ? 1 : 0;
}

async function simulateAndReport(
  options: Parameters<typeof simulate>[0],
  signal: AbortSignal,
): Promise<void> {
  const { deliveries, published } = await simulate(
    {
      ...options,
      onInterval: (tsMs, { published: p }) =>
        process.stderr.write(`\r${new Date(tsMs).toISOString()}  ${p.sent} sent, ${p.acked} acknowledged`),
    },
    signal,
  );
  process.stderr.write('\n');
  process.stdout.write(`${JSON.stringify({ deliveries, published })}\n`);
}

/** The service may be on another machine: its token comes from the environment. */
function serviceNamed(url: string): RunningService {
  if (!URL.canParse(url)) throw new UsageError('--register takes the URL of a running service.');
  return serviceAt(url, process.env['PEAKVOLT_TOKEN']);
}

/**
 * Imports the registry of the grid through a running service; sent again, nothing changes.
 *
 * @throws Error when the service does not take all of it.
 */
export async function registerGrid(
  service: RunningService,
  grid: SimGrid,
  say: (text: string) => void,
): Promise<void> {
  const bytes = new TextEncoder().encode(registryCsv(grid));
  const { rows, refused, errors } = await importThroughService(service, {
    kind: 'registry',
    body: (async function* () {
      yield bytes;
    })(),
    bytesTotal: bytes.length,
    query: {},
    onProgress: () => undefined,
    onRowError: () => Promise.resolve(),
  });
  if (refused > 0)
    throw new Error(`the service refused ${refused} transformers: ${errors[0]?.message ?? ''}`);
  say(`${rows} transformers are registered at ${new URL(service.url).origin}\n`);
}

function brokerAddress(
  url: string | undefined,
  file: string | undefined,
  dataDir: string | undefined,
): BrokerAddress {
  const { mqtt, embeddedBroker } = loadConfig({ file, env: process.env, overrides: { dataDir } });
  const pem = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : readFileSync(path, 'utf8');
  const address = {
    username: mqtt.username,
    password: mqtt.password,
    ca: pem(mqtt.ca),
    cert: pem(mqtt.cert),
    key: pem(mqtt.key),
  };
  return {
    url: url ?? mqtt.url ?? `mqtt://127.0.0.1:${embeddedBroker.port}`,
    ...(Object.fromEntries(
      Object.entries(address).filter(([, v]) => v !== undefined),
    ) as Partial<BrokerAddress>),
  };
}

function scenarioName(text: string): ScenarioName {
  const name = SCENARIO_NAMES.find((n) => n === text);
  if (!name) throw new UsageError(`There is no scenario "${text}": ${SCENARIO_NAMES.join(', ')}.`);
  return name;
}

function spanOf(text: string, out: string | undefined): number {
  const spanMs = parseSpanMs(text);
  if (spanMs === null) throw new UsageError('--history takes a span such as 36h, 90d or 2y.');
  if (out === undefined) throw new UsageError('--history needs --out FILE.');
  return spanMs;
}
