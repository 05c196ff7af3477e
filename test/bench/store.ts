import type { IngestOptions } from '../simulation/ingestProcess.ts';

/** The store that a bench writes to. */
export interface BenchStore {
  name: string;
  options: IngestOptions['store'];
  stop(): Promise<void>;
}

export async function benchStore(): Promise<BenchStore> {
  return { name: 'duckdb', options: { kind: 'duckdb' }, stop: async () => undefined };
}
