import { expect, it } from 'vitest';
import { createHttpApp } from '../../server/http/app.ts';
import type { BackupOutcome } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import { handClock, httpDeps } from './deps.ts';

const OURS = 'http://127.0.0.1:8080';

function post(outcome: BackupOutcome, origin = OURS) {
  const deps = httpDeps({ backup: async () => outcome });
  const app = createHttpApp(deps, new LiveHub(deps.live, handClock().clock, 'run1'));
  return app.request(`${OURS}/api/v1/backups`, {
    method: 'POST',
    headers: { host: '127.0.0.1:8080', origin },
  });
}
const made = { kind: 'made', folder: 'backups/x', files: 2, bytes: 16, spooled: 0 } as const;

it('answers where the copy is', async () => {
  const answer = await post(made);
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({ folder: 'backups/x', files: 2, bytes: 16, spooled: 0 });
});

it.each([
  ['busy', 'Wait until'],
  ['nothing-embedded', 'pg_dump'],
] as const)('%s: a conflict that says what to do', async (kind, remedy) => {
  const answer = await post({ kind });
  expect(answer.status).toBe(409);
  expect((await answer.json()).detail).toContain(remedy);
});

it('is not for a page of another origin', async () => {
  expect((await post(made, 'https://evil.example')).status).toBe(403);
});
