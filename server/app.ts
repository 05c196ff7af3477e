import { join } from 'node:path';
import { newSecret, offerFirstLink, openAccess } from './accessSide.ts';
import { openAlerting, peopleOf, tonightTeller } from './alertSide.ts';
import { systemClock } from './adapters/clock.ts';
import { createSnapshotFile } from './adapters/snapshotFile.ts';
import { createSqliteSpool } from './adapters/spool/spool.ts';
import { newUuid7 } from './adapters/uuid7.ts';
import { componentsOf } from './components.ts';
import type { Config } from './config.ts';
import { Engine } from './core/engine.ts';
import { zoneOffset } from './core/localTime.ts';
import { housekeeping } from './housekeeping.ts';
import { openPlanning } from './planSide.ts';
import { createDecoder } from './ingest/decoder.ts';
import { openSource } from './messageSource.ts';
import type { Alerting } from './pipeline/alerts/alerting.ts';
import { createPipeline, type Pipeline } from './pipeline/readings.ts';
import type { Clock, Database, Logger, MessageSource, PlanDesk, ReadingStore, Spool } from './ports.ts';
import { makeDataFolder, placeOwnerToken, placeServiceMark, refuseWhenTaken } from './serviceFile.ts';
import { openDatabase, openStore } from './storage.ts';
import { startWebSide } from './webSide.ts';

/** A running service. */
export interface App {
  /** Where the pages are. */
  url: string;
  /** Where devices connect, without credentials. */
  brokerUrl: string;
  database: Database;
  store: ReadingStore;
  pipeline: Pipeline;
  alerting: Alerting;
  plan: PlanDesk;
  timeZone: string;
  /** Stops everything, last started first; idempotent. */
  stop(): Promise<void>;
}

export interface AppOptions {
  log: Logger;
  /** Marks every screen. */
  simulated?: boolean;
}

/**
 * The composition root: makes every part, starts it, registers its stop. A start that fails stops what was started.
 *
 * @throws FolderTakenError when another process serves the data folder; whatever a part throws that cannot start.
 */
export async function createApp(config: Config, { log, simulated = false }: AppOptions): Promise<App> {
  const clock = systemClock;
  const inFolder = (name: string): string => join(config.dataDir, name);
  refuseWhenTaken(config.dataDir);
  makeDataFolder(config.dataDir);
  await using started = new AsyncDisposableStack();

  const spool = createSqliteSpool({ file: inFolder('spool.sqlite'), ...config.spool, log });
  await spool.start();
  started.defer(() => spool.stop());

  const database = openDatabase(config, log);
  await database.start();
  started.defer(() => database.stop());

  const store = openStore(config, log, () => pipeline.grid());
  await store.start();
  started.defer(() => store.stop());

  const { source, url: brokerUrl, product } = openSource(config, log);
  const engine = createEngine(config, simulated);
  const parts = { config, clock, log, database, store, source, engine };
  const alerting = await openAlerting(config, { ...parts, simulated, people: () => peopleOf(database) });
  const pipeline = openPipeline({ ...parts, spool, alerting });
  await pipeline.start();
  started.defer(() => pipeline.stop());

  await source.start(pipeline.onMessage);
  started.defer(() => source.stop());
  started.defer(alerting.startSending());

  const tell = tonightTeller(config, alerting, database);
  const planning = openPlanning(config, { ...parts, simulated, tell });
  await planning.start();
  started.defer(() => planning.stop());

  const status = () => pipeline.status();
  const components = componentsOf({ ...parts, sourceProduct: product, status, alerts: alerting });
  const ownerToken = config.auth.ownerToken ?? newSecret();
  const access = openAccess({ config, clock, log, database, simulated, ownerToken });
  const web = await startWebSide({
    ...parts,
    pipeline,
    components,
    simulated,
    access,
    alerts: alerting,
    plan: planning.desk,
  });
  started.defer(() => web.stop());
  started.defer(placeOwnerToken(config.dataDir, ownerToken));
  started.defer(placeServiceMark(config.dataDir, web.url));
  started.defer(housekeeping({ config, clock, log, store, database }));

  await offerFirstLink(access, { config, url: web.url, log, simulated });
  const running = started.move();
  return {
    url: web.url,
    brokerUrl: brokerUrl(),
    database,
    store,
    pipeline,
    alerting,
    plan: planning.desk,
    timeZone: config.timeZone,
    stop: () => running.disposeAsync(),
  };
}

function openPipeline(parts: {
  config: Config;
  clock: Clock;
  log: Logger;
  database: Database;
  store: ReadingStore;
  source: MessageSource;
  engine: Engine;
  spool: Spool;
  alerting: Alerting;
}): Pipeline {
  const { config, log, source, alerting } = parts;
  const stateFile = (name: string) => createSnapshotFile(join(config.dataDir, name), log);
  return createPipeline({
    ...parts,
    random: Math.random,
    decoder: createDecoder({ newId: newUuid7, ...config.ingest }),
    marksFile: stateFile('marks.state'),
    engineFile: stateFile('engine.state'),
    publish: (topic, payload) => source.publish(topic, payload),
    judge: alerting,
  });
}

function createEngine(config: Config, simulated: boolean): Engine {
  return new Engine({
    ...config.limits,
    detection: config.detection,
    offset: zoneOffset(config.timeZone),
    simulated,
  });
}
