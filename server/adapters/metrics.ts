import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { PipelineStatus, StoreHealth } from '../ports.ts';

/** What the metrics are read from when Prometheus asks. */
export interface MetricSources {
  status(): PipelineStatus;
  components(): Promise<({ name: string } & StoreHealth)[]>;
  source(): { connectedSinceMs: number | null; received: number; unacknowledged: number; paused: boolean };
  liveClients(): number;
  customersLow(): number;
}

/** Prometheus exposition. Every figure is read at scrape time, so nothing is counted twice. */
export function createMetrics(sources: MetricSources): () => Promise<{ contentType: string; body: string }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'peakvolt_' });
  const gauge = (name: string, help: string, read: () => number | null): void => {
    registry.registerMetric(
      new Gauge({
        name: `peakvolt_${name}`,
        help,
        registers: [],
        collect() {
          this.set(read() ?? Number.NaN);
        },
      }),
    );
  };
  for (const key of ['received', 'stored', 'spooled', 'deadLettered', 'duplicate', 'error'] as const) {
    gauge(`readings_${snake(key)}`, CONSERVATION_HELP[key], () => sources.status().conservation[key]);
  }
  gauge('spool_entries', 'Batches in the spool', () => sources.status().spool.entries);
  gauge('spool_bytes', 'Bytes in the spool', () => sources.status().spool.bytes);
  gauge(
    'spool_oldest_age_ms',
    'Age of the oldest batch that is not stored',
    () => sources.status().spool.oldestAgeMs,
  );
  gauge('writer_retries', 'Store writes that were tried again', () => sources.status().writer.retries);
  gauge('writer_parked', '1 when the store refuses until someone acts', () =>
    Number(sources.status().writer.state === 'parked'),
  );
  gauge(
    'ingest_readings_per_second',
    'Readings taken, last 10 s',
    () => sources.status().ingest.readingsPerS,
  );
  gauge('detection_p99_ms', 'Received to judged, last minute', () => sources.status().detectionP99Ms);
  gauge('points', 'Measuring points with live state', () => sources.status().points);
  gauge('mqtt_connected', '1 while the broker is connected', () =>
    Number(sources.source().connectedSinceMs !== null),
  );
  gauge('mqtt_unacknowledged', 'Messages waiting for the spool', () => sources.source().unacknowledged);
  gauge('mqtt_paused', '1 while the broker is held back', () => Number(sources.source().paused));
  gauge('live_clients', 'Browsers on the live stream', () => sources.liveClients());
  gauge('customers_low', 'Customers behind a transformer that is low now', () => sources.customersLow());
  registry.registerMetric(
    new Gauge({
      name: 'peakvolt_component_up',
      help: '1 when the component is healthy',
      labelNames: ['component'],
      registers: [],
      async collect() {
        for (const part of await sources.components()) this.set({ component: part.name }, Number(part.ok));
      },
    }),
  );
  return async () => ({ contentType: registry.contentType, body: await registry.metrics() });
}

const CONSERVATION_HELP = {
  received: 'Readings received since the first start',
  stored: 'Readings in the store',
  spooled: 'Readings in the spool, not yet stored',
  deadLettered: 'Inputs kept as dead letters',
  duplicate: 'Readings recognised as duplicates',
  error: 'received - (stored + spooled + dead letters + duplicates); anything but 0 is a fault',
} as const;

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
}
