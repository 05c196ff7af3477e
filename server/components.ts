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
/** A part that does not answer within this is not healthy. */
const ANSWER_MS = 5_000;
/** Backlog beyond which the flow is not well, though nothing is lost. */
const BACKLOG_AGE_MS = 60_000;

export type Component = { name: string } & StoreHealth;

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
  const [store, database] = await Promise.all([
    inTime(sources, 'store', () => sources.store.health()),
    inTime(sources, 'database', () => sources.database.health()),
  ]);
  return [broker(sources), flow(sources.status()), store, database, alerting(sources)];
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
