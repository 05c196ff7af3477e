import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../server/adapters/clock.ts';
import { createDuckDbStore } from '../../server/adapters/store/duckdb/duckDbStore.ts';
import { createInfluxStore } from '../../server/adapters/store/influx/influxStore.ts';
import { Engine } from '../../server/core/engine.ts';
import { zoneOffset } from '../../server/core/localTime.ts';
import type { Logger, ReadingStore, WriteResult } from '../../server/ports.ts';
import type { IngestOptions } from './ingestProcess.ts';

const TIME_ZONE = 'Asia/Shanghai';

export function createEngine(): Engine {
  return new Engine({ offset: zoneOffset(TIME_ZONE) });
}

export function newLetterId(): string {
  const hex = randomBytes(16).toString('hex');
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/** The store that the options name, not started. */
export function createStore(options: Pick<IngestOptions, 'store' | 'dataDir'>, log: Logger): ReadingStore {
  const shared = {
    timeZone: TIME_ZONE,
    limitsOf: () => ({ lowV: 198, highV: 235.4 }),
    log,
    clock: systemClock,
  };
  switch (options.store.kind) {
    case 'duckdb':
      return createDuckDbStore({ ...shared, file: join(options.dataDir, 'readings.duckdb') });
    case 'influx':
      return createInfluxStore({ ...shared, url: options.store.url });
    case 'none':
      return nowhere();
  }
}

/** Takes everything at once and keeps nothing: what the pipeline itself costs. */
function nowhere(): ReadingStore {
  const stored = async (): Promise<WriteResult> => ({ kind: 'stored' });
  const nothing = async (): Promise<void> => undefined;
  return {
    start: nothing,
    stop: nothing,
    writeReadings: stored,
    writeMeans: stored,
    writeDailies: stored,
    recompute: nothing,
  } as unknown as ReadingStore;
}
