import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadPlan } from './loadPlan.ts';

export interface LoadProgress {
  /** Readings handed to the broker, and acknowledged by it (PUBACK). */
  sent: number;
  acknowledged: number;
}

/** A fleet of devices that publish by plan, in a process of their own. */
export interface Load {
  /** As it was reported last. */
  progress(): LoadProgress;
  /** Resolves when every reading of the plan was acknowledged. */
  finished: Promise<LoadProgress>;
  /** Ends it, wherever it is. */
  stop(): Promise<void>;
}

export function startLoad(plan: LoadPlan): Load {
  const child = fork(join(import.meta.dirname, 'loadMain.ts'), [JSON.stringify(plan)], { execArgv: [] });
  let latest: LoadProgress = { sent: 0, acknowledged: 0 };
  child.on('message', (progress) => (latest = progress as LoadProgress));
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const finished = ended.then((code) => {
    if (code !== 0) throw new Error(`the devices ended with ${code}`);
    return latest;
  });
  finished.catch(() => undefined);
  return {
    progress: () => latest,
    finished,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
