import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startService, type RunningService } from '../../fixtures/service.ts';

let service: RunningService;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-proof-'));
  const config = join(folder, 'peakvolt.yaml');
  writeFileSync(config, 'embeddedBroker: { port: 0 }\n');
  service = await startService({ args: ['serve', '--config', config] });
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

test('a synthetic reading goes through the broker and comes out as a test delivery; sums and map know nothing of it', async () => {
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${service.url}/api/v1/${path}`, { headers: service.headers });
    return (await answer.json()) as T;
  };
  const proof = async () =>
    (await ask<{ proof: { ok: boolean; lastProvenMs: number | null } }>('alerting')).proof;
  // Two of them may be lost on a busy machine: a third one is on its way by then.
  await expect.poll(async () => (await proof()).lastProvenMs, { timeout: 150_000 }).not.toBeNull();
  await expect.poll(async () => (await proof()).ok).toBe(true);
  const system = await ask<{ transformers: number; pipeline: { conservation: { received: number } } }>(
    'system',
  );
  expect(system.transformers).toBe(0);
  expect(system.pipeline.conservation.received).toBe(0);
}, 200_000);
