import { startInfluxd } from '../fixtures/influxd.ts';
import type { IngestOptions } from '../simulation/ingestProcess.ts';

/** The store that a bench writes to. */
interface BenchStore {
  name: string;
  options: IngestOptions['store'];
  /** Of a process of its own. */
  pid: number | null;
  stop(): Promise<void>;
}

/** An InfluxDB 1.x of its own, as the bars ask; `PEAKVOLT_BENCH_STORE=duckdb` takes the embedded one. */
export async function benchStore(): Promise<BenchStore> {
  if (process.env['PEAKVOLT_BENCH_STORE'] === 'duckdb') {
    return { name: 'duckdb', options: { kind: 'duckdb' }, pid: null, stop: async () => undefined };
  }
  const influxd = await startInfluxd();
  return {
    name: 'influxdb 1.x',
    options: { kind: 'influx', url: influxd.url },
    pid: influxd.pid,
    stop: () => influxd.stop(),
  };
}
