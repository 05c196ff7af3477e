import { join } from 'node:path';
import { createLogger } from '../../server/adapters/log.ts';
import { systemClock } from '../../server/adapters/clock.ts';
import { createDatabase } from '../../server/adapters/db/database.ts';
import { createEmbeddedBroker } from '../../server/adapters/mqtt/embeddedBroker.ts';
import { createMqttSubscriber } from '../../server/adapters/mqtt/subscriber.ts';
import { createSnapshotFile } from '../../server/adapters/snapshotFile.ts';
import { createSqliteSpool } from '../../server/adapters/spool/spool.ts';
import { createEngine, createStore, newLetterId } from './parts.ts';
import { createDecoder } from '../../server/ingest/decoder.ts';
import { createPipeline } from '../../server/pipeline/readings.ts';
import type { MessageSource } from '../../server/ports.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { type IngestOptions, type IngestReport, transformerId } from './ingestProcess.ts';

/** The process that {@link startIngest} starts. */

const options = JSON.parse(process.argv[2]!) as IngestOptions;
const log = createLogger({ level: 'warn', version: 'test' });
const inFolder = (name: string): string => join(options.dataDir, name);
const clock = systemClock;

const spool = createSqliteSpool({ file: inFolder('spool.sqlite'), log });
const database = createDatabase({ file: inFolder('peakvolt.sqlite'), log, clock });
const store = createStore(options, log);
await Promise.all([spool.start(), database.start(), store.start()]);
const transformers = Array.from({ length: options.transformers }, (_, i) => transformerOf(transformerId(i)));
const grid = { ...gridOf(transformers[0]!), version: 1, transformers };

const source: MessageSource & { url?: string } =
  options.mqttUrl === undefined
    ? createEmbeddedBroker({ host: '127.0.0.1', port: options.brokerPort ?? 0, clock, log })
    : createMqttSubscriber({ url: options.mqttUrl, clientId: 'peakvolt-ingest', clock, log });
const pipeline = createPipeline({
  clock,
  random: Math.random,
  log,
  decoder: createDecoder({ newId: newLetterId }),
  engine: createEngine(),
  spool,
  store,
  // Half a million rows of registry are not what is measured here.
  database: { ...database, registry: { ...database.registry, load: async () => grid } },
  marksFile: createSnapshotFile(inFolder('marks.state'), log),
  engineFile: createSnapshotFile(inFolder('engine.state'), log),
  publish: (topic, payload) => source.publish(topic, payload),
});
await pipeline.start();
// As if one page were open: the live picture costs what it costs.
let deltaMs = clock.nowMs();
let deltaGapMs = 0;
pipeline.live.onDelta(() => {
  deltaGapMs = Math.max(deltaGapMs, clock.nowMs() - deltaMs);
  deltaMs = clock.nowMs();
});
await source.start(pipeline.onMessage);

const report = (): void => {
  const { user, system } = process.cpuUsage();
  const message: IngestReport = {
    brokerUrl: options.mqttUrl ?? source.url!,
    status: pipeline.status(),
    cpuS: (user + system) / 1e6,
    deltaGapMsMax: deltaGapMs,
    memoryBytes: process.memoryUsage().rss,
  };
  deltaGapMs = 0;
  process.send!(message);
};
process.on('message', (word) => {
  if (word === 'report') report();
  else void stop();
});
report();

async function stop(): Promise<void> {
  await source.stop();
  await pipeline.stop();
  await store.stop();
  await database.stop();
  await spool.stop();
  process.exit(0);
}
