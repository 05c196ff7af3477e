import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDemo } from './services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    demo: { url: string; brokerUrl: string; announced: string };
  }
}

/** Starts the demo in an empty data folder, once for all files: filling it with two years takes most of a minute. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-demo-'));
  const { url, brokerUrl, announced, stop } = await startDemo(dataDir);
  project.provide('demo', { url, brokerUrl, announced });
  return async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
