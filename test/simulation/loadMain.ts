import { connectAsync } from 'mqtt';
import type { LoadProgress } from './load.ts';
import { type LoadPlan, readingAt, readingsOf } from './loadPlan.ts';

/** The process that `startLoad` starts. */

/** Like a device with a small memory: what the broker has not taken holds up what comes next. */
const UNACKNOWLEDGED_MAX = 5_000;
const SLICE_MS = 10;
const REPORT_MS = 250;
const RECONNECT_MS = 200;

const plan = JSON.parse(process.argv[2]!) as LoadPlan;
const total = readingsOf(plan);
const client = await connectAsync(plan.url, { reconnectPeriod: RECONNECT_MS, clean: true });
// Without a listener a lost connection ends the process; the client comes back and sends again by itself.
client.on('error', () => undefined);
const progress: LoadProgress = { sent: 0, acknowledged: 0 };
const report = (): Promise<void> => new Promise((resolve) => process.send!(progress, () => resolve()));

await new Promise<void>((resolve) => {
  const slice = (): void => {
    const nowMs = Date.now();
    while (progress.sent < total && progress.sent - progress.acknowledged < UNACKNOWLEDGED_MAX) {
      const { topic, payload, dueMs } = readingAt(plan, progress.sent);
      if (dueMs > nowMs) return;
      progress.sent++;
      client.publish(topic, payload, { qos: 1 }, (error) => {
        if (error) throw error;
        if (++progress.acknowledged === total) resolve();
      });
    }
  };
  setInterval(slice, SLICE_MS);
  setInterval(() => void report(), REPORT_MS);
});
await report();
await client.endAsync();
process.exit(0);
