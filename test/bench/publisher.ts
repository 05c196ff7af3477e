import { fork } from 'node:child_process';
import { connectAsync } from 'mqtt';
import { transformerId } from '../simulation/ingestProcess.ts';

/** Sends native readings (QoS 1, about 100 B) in a process of its own, so that its cost is not counted as ours. */
export interface PublishOptions {
  url: string;
  transformers: number;
  count: number;
  /** Messages a second; absent: as fast as they are acknowledged. */
  perS?: number;
}

/** Resolves when all were acknowledged. */
export function publishReadings(options: PublishOptions): Promise<void> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the publisher ended with ${code}`)),
    );
  });
}

const WAITING_MAX = 5_000;
const SLICE_MS = 20;

async function publishAll({ url, transformers, count, perS = Infinity }: PublishOptions): Promise<void> {
  const client = await connectAsync(url);
  const startMs = Date.now();
  let sent = 0;
  let acknowledged = 0;
  await new Promise<void>((resolve) => {
    const slice = (): void => {
      const due = Math.min(count, perS === Infinity ? count : ((Date.now() - startMs) / 1000) * perS);
      while (sent < due && sent - acknowledged < WAITING_MAX) {
        const id = transformerId(sent % transformers);
        const ts =
          perS === Infinity
            ? startMs - 3_600_000 + Math.floor(sent / transformers) * 60_000
            : Date.now() - 60_000;
        const volts = 218 + (sent % 61) / 10;
        const body = `{"v":1,"ts":${ts},"int":60,"u":{"a":${volts.toFixed(1)},"b":${(volts + 1.2).toFixed(1)},"c":221.4},"p":105.1}`;
        client.publish(`pq/v1/demo/${id}/data`, body, { qos: 1 }, () => {
          if (++acknowledged === count) resolve();
        });
        sent++;
      }
    };
    setInterval(slice, SLICE_MS).unref();
    slice();
  });
  await client.endAsync();
}

if (process.argv[1] === import.meta.filename) {
  await publishAll(JSON.parse(process.argv[2]!) as PublishOptions);
  process.exit(0);
}
