import type { Notice } from './core/notice.ts';
import type {
  AlertDesk,
  Clock,
  Database,
  MessageSource,
  PipelineStatus,
  ReadingStore,
  StoreHealth,
} from './ports.ts';

/** Health is asked of a part at most this often: a wall of browsers must not load the store. */
const FRESH_MS = 2_000;
/** A run of the next three days is news for so long: until the one of the morning after has had its time. */
const RUN_NEWS_MS = 36 * 3_600_000;
/** A part that does not answer within this is not healthy. */
const ANSWER_MS = 5_000;
/** Backlog beyond which the flow is not well, though nothing is lost. */
const BACKLOG_AGE_MS = 60_000;

export interface Component extends StoreHealth {
  name: string;
  /** Not well, it keeps the service from nothing but itself: `/readyz` passes over it. */
  isAside?: boolean;
}

export interface ComponentSources {
  source: MessageSource;
  sourceProduct: string;
  status: () => PipelineStatus;
  store: ReadingStore;
  database: Database;
  alerts: Pick<AlertDesk, 'proof'>;
  clock: Clock;
}

/** Every part with its state and, where it is not well, what to do. */
export function componentsOf(sources: ComponentSources): () => Promise<Component[]> {
  let cached: { atMs: number; parts: Promise<Component[]> } | null = null;
  return () => {
    const nowMs = sources.clock.nowMs();
    if (cached === null || nowMs - cached.atMs > FRESH_MS) cached = { atMs: nowMs, parts: ask(sources) };
    return cached.parts;
  };
}

async function ask(sources: ComponentSources): Promise<Component[]> {
  const [store, database, runs] = await Promise.all([
    inTime(sources, 'store', () => sources.store.health()),
    inTime(sources, 'database', () => sources.database.health()),
    planning(sources),
  ]);
  return [broker(sources), flow(sources.status()), store, database, alerting(sources), ...runs];
}

/** How the last run of the next three days ended; nothing where none was of late, which is so out of season. */
async function planning({ database, clock }: ComponentSources): Promise<Component[]> {
  const runs = await database.readiness.list({ kind: 'tonight', limit: 5 }).catch(() => []);
  const last = runs.find(({ state }) => state !== 'running');
  const ago = clock.nowMs() - (last?.finishedMs ?? 0);
  if (last === undefined || ago > RUN_NEWS_MS) return [];
  const part = { name: 'planning', product: 'planning', isAside: true };
  if (last.state === 'done') {
    const hours = Math.floor(ago / 3_600_000);
    const detail = `the next three days were forecast ${hours === 0 ? 'less than an hour' : `${hours} h`} ago`;
    return [{ ...part, ok: true, detail, notice: { code: 'planning-done', values: { hours } } }];
  }
  const error = last.error ?? 'unknown';
  const cause: Notice = last.notice ?? { code: 'run-unexpected', values: { error } };
  const isFed = cause.code !== 'run-no-weather-forecast';
  return [
    {
      ...part,
      ok: false,
      detail: isFed
        ? `the next three days could not be forecast: ${error}`
        : 'the next three days could not be forecast, and nobody was told of them: no weather forecast is stored',
      remedy: isFed
        ? 'Do what it says; the log of that morning says more.'
        : 'Publish a weather forecast over MQTT on weather/v1/{org}/{stationId}/forecast, or set readiness.enabled to false.',
      notice: isFed
        ? { code: 'planning-failed', values: {}, cause }
        : { code: 'planning-no-weather', values: {} },
    },
  ];
}

function broker({ source, sourceProduct }: ComponentSources): Component {
  const { ok, detail, remedy, notice } = source.health();
  return {
    name: 'broker',
    ok,
    product: sourceProduct,
    detail,
    notice,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** Whether a synthetic reading comes out as a message (self-proof): what a page would take, end to end. */
function alerting({ alerts, clock }: ComponentSources): Component {
  const { ok, lastProvenMs } = alerts.proof();
  const part = { name: 'alerting', product: 'self-proof' };
  const minutes = lastProvenMs === null ? null : Math.round((clock.nowMs() - lastProvenMs) / 60_000);
  if (ok) {
    const detail = minutes === null ? 'not proven yet' : `proven ${minutes} min ago`;
    const notice: Notice =
      minutes === null
        ? { code: 'alerting-starting', values: {} }
        : { code: 'alerting-proven', values: { minutes } };
    return { ...part, ok: true, detail, notice };
  }
  return {
    ...part,
    ok: false,
    detail: 'the synthetic reading of each minute does not come out as a message',
    remedy: 'Look at the other parts first; where all are well, look at the log for the outbox.',
    notice: { code: 'alerting-overdue', values: {} },
  };
}

function flow({ conservation, spool, writer }: PipelineStatus): Component {
  const part = { name: 'flow', product: 'spool and writer' };
  if (conservation.error !== 0) {
    return {
      ...part,
      ok: false,
      detail: `the conservation sum is off by ${conservation.error} readings`,
      remedy: 'This is a fault of the program: keep the data folder and the log, and report it.',
      notice: { code: 'flow-conservation', values: { readings: conservation.error } },
    };
  }
  if (spool.refusal !== null) {
    return {
      ...part,
      ok: false,
      detail: `the spool cannot keep readings (${spool.refusal}): nothing is acknowledged until it can`,
      remedy:
        'Free the disk of the data folder, or raise spool.bytesMax; a spool that fills up empties when the store is back.',
      notice: { code: 'flow-spool-refuses', values: { error: spool.refusal } },
    };
  }
  if (
    writer.state === 'parked' ||
    (writer.state === 'retrying' && (spool.oldestAgeMs ?? 0) > BACKLOG_AGE_MS)
  ) {
    return {
      ...part,
      ok: false,
      detail: `the store does not take readings (${writer.reason ?? 'unknown'}); they wait in the spool`,
      remedy: writer.remedy ?? 'Bring the store back; the backlog then drains by itself.',
      notice: { code: 'flow-store-away', values: {}, cause: writer.notice },
    };
  }
  return {
    ...part,
    ok: true,
    detail: `${spool.entries} batches waiting, conservation sum 0`,
    notice: { code: 'flow-well', values: { batches: spool.entries } },
  };
}

/** A part that hangs or throws is a part that is not well; the page still answers. */
async function inTime(
  sources: ComponentSources,
  name: string,
  run: () => Promise<StoreHealth>,
): Promise<Component> {
  let cancel: () => void = () => undefined;
  const late = new Promise<StoreHealth>((resolve) => {
    cancel = sources.clock.after(ANSWER_MS, () =>
      resolve({
        ok: false,
        product: name,
        detail: `no answer within ${ANSWER_MS / 1000} s`,
        notice: { code: 'part-silent', values: { seconds: ANSWER_MS / 1000 } },
      }),
    );
  });
  try {
    return { name, ...(await Promise.race([run(), late])) };
  } catch (error) {
    const detail = (error as Error).message;
    const notice = { code: 'part-failed', values: { error: detail } } as const;
    return { name, ok: false, product: name, detail, notice };
  } finally {
    cancel();
  }
}
