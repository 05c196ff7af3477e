import { fork } from 'node:child_process';
import { connect, connectAsync } from 'mqtt';

/** A mqtt.js subscriber that does nothing with what it gets: the yardstick of P2, in a process of its own. */

interface BareOptions {
  url: string;
  clientId: string;
  count: number;
}

export interface BareResult {
  seconds: number;
  cpuS: number;
}

/** Makes the session that the broker queues for, and leaves. */
export async function openSession(url: string, clientId: string): Promise<void> {
  const client = await connectAsync(url, {
    clientId,
    clean: false,
    protocolVersion: 5,
    properties: { sessionExpiryInterval: 3_600 },
  });
  await client.subscribeAsync('pq/v1/#', { qos: 1 });
  await client.endAsync();
}

/** Takes `count` queued messages; how long that took from the first on, and its processor time. */
export function drainBare(options: BareOptions): Promise<BareResult> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.on('message', (result) => resolve(result as BareResult));
    child.on('exit', (code) => reject(new Error(`the subscriber ended with ${code}`)));
  });
}

function drain({ url, clientId, count }: BareOptions): void {
  let received = 0;
  let startMs = 0;
  let cpu = process.cpuUsage();
  const client = connect(url, {
    clientId,
    clean: false,
    protocolVersion: 5,
    properties: { sessionExpiryInterval: 3_600 },
  });
  client.on('message', () => {
    if (received++ === 0) {
      startMs = performance.now();
      cpu = process.cpuUsage();
    }
    if (received !== count) return;
    const { user, system } = process.cpuUsage(cpu);
    process.send!({ seconds: (performance.now() - startMs) / 1000, cpuS: (user + system) / 1e6 }, () =>
      process.exit(0),
    );
  });
}

if (process.argv[1] === import.meta.filename) drain(JSON.parse(process.argv[2]!) as BareOptions);
