import {
  HISTORY_COLUMNS,
  type DailyHistory,
  type ForecastInput,
  type HistoryColumn,
} from '../../core/forecast/forecast.ts';
import type { NearTermForecast } from '../../core/forecast/nearTerm.ts';
import type {
  AlternativeDistributions,
  Alternatives,
  FeederForecast,
  ForecastPriors,
} from '../../core/forecast/parts.ts';
import { feederIds, finishForecast } from '../../core/forecast/readiness.ts';
import type { ForecastSession, ForecastThreads, ForecastWatch, RunParts } from '../../ports.ts';
import { ThreadClient } from './threadClient.ts';

/** Runs of the forecast shared by threads, a feeder at a time, so that the service goes on answering. */
export function createForecastThreads(threads: number): ForecastThreads {
  return {
    open: (input) => openSession(input, threads),
    nearTerm: (input, watch) => nearTerm(input, threads, watch),
  };
}

async function nearTerm(
  given: ForecastInput,
  threads: number,
  watch: ForecastWatch,
): Promise<NearTermForecast[]> {
  const input = { ...given, histories: shared(given.histories) };
  const feeders = feederIds(input);
  const clients = clientsFor(feeders, threads);
  try {
    await Promise.all(clients.map((client) => client.call('input', input)));
    const priors = await clients[0]!.call('prepareNear');
    const parts = await spread(clients, feeders, watch, (client, feederId) =>
      client.call('nearFeeder', priors, feederId),
    );
    return parts.flat();
  } finally {
    await Promise.all(clients.map((client) => client.terminate()));
  }
}

function clientsFor(feeders: readonly string[], threads: number): ThreadClient[] {
  return Array.from({ length: Math.max(1, Math.min(threads, feeders.length)) }, () => new ThreadClient());
}

async function openSession(given: ForecastInput, threads: number): Promise<ForecastSession> {
  const input = { ...given, histories: shared(given.histories) };
  const feeders = feederIds(input);
  const clients = clientsFor(feeders, threads);
  const close = async (): Promise<void> => void (await Promise.all(clients.map((c) => c.terminate())));
  let priors: ForecastPriors;
  try {
    await Promise.all(clients.map((client) => client.call('input', input)));
    priors = await clients[0]!.call('prepare');
    await Promise.all(clients.map((client) => client.call('priors', priors)));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async run(watch, parts) {
      const done = await forecastFeeders(clients, feeders, watch, parts);
      return finishForecast(input, priors, done);
    },
    alternatives: (calibration, asked, watch) => {
      const byFeeder = groupByFeeder(input, asked);
      return mergeAlternatives(clients, byFeeder, watch, (client, [feederId, part]) =>
        client.call('alternatives', calibration, feederId, part),
      );
    },
    close,
  };
}

async function forecastFeeders(
  clients: readonly ThreadClient[],
  feeders: readonly string[],
  watch: ForecastWatch,
  parts: RunParts | undefined,
): Promise<FeederForecast[]> {
  const kept = new Map((await parts?.load())?.map((part) => [part.feederId, part]));
  const results = await spread(clients, feeders, watch, async (client, feederId) => {
    const known = kept.get(feederId);
    if (known !== undefined) return known;
    const made = await client.call('feeder', feederId);
    await parts?.add(made);
    return made;
  });
  return results;
}

async function mergeAlternatives(
  clients: readonly ThreadClient[],
  byFeeder: ReadonlyMap<string, Alternatives>,
  watch: ForecastWatch,
  ask: (client: ThreadClient, part: [string, Alternatives]) => Promise<AlternativeDistributions>,
): Promise<AlternativeDistributions> {
  const answers = await spread(clients, [...byFeeder], watch, ask);
  return new Map(answers.flatMap((answer) => [...answer]));
}

/** Each thread takes the next piece when it is done with one; results in the order of the pieces. */
async function spread<Piece, Result>(
  clients: readonly ThreadClient[],
  pieces: readonly Piece[],
  { onProgress, signal }: ForecastWatch,
  work: (client: ThreadClient, piece: Piece) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const take = async (client: ThreadClient): Promise<void> => {
    while (next < pieces.length) {
      signal?.throwIfAborted();
      const i = next++;
      results[i] = await work(client, pieces[i]!);
      onProgress?.(++done / pieces.length);
    }
  };
  await Promise.all(clients.map(take));
  return results;
}

function groupByFeeder(input: ForecastInput, asked: Alternatives): Map<string, Alternatives> {
  const groups = new Map<
    string,
    Map<string, Alternatives extends ReadonlyMap<string, infer V> ? V : never>
  >();
  for (const { id, feederId } of input.transformers) {
    const changes = asked.get(id);
    if (changes === undefined) continue;
    let group = groups.get(feederId);
    if (group === undefined) groups.set(feederId, (group = new Map()));
    group.set(id, changes);
  }
  return groups;
}

/** The same histories in memory that all threads see. */
function shared(histories: ReadonlyMap<string, DailyHistory>): Map<string, DailyHistory> {
  return new Map([...histories].map(([id, history]) => [id, sharedHistory(history)]));
}

function sharedHistory(history: DailyHistory): DailyHistory {
  const { days } = history;
  if (history.columns.uaMinHourV.buffer instanceof SharedArrayBuffer) return history;
  const cells = new Float32Array(
    new SharedArrayBuffer(HISTORY_COLUMNS.length * days * Float32Array.BYTES_PER_ELEMENT),
  );
  const columns = Object.fromEntries(
    HISTORY_COLUMNS.map((name, i) => {
      const column = cells.subarray(i * days, (i + 1) * days);
      column.set(history.columns[name]);
      return [name, column];
    }),
  ) as Record<HistoryColumn, Float32Array>;
  return { ...history, columns };
}
