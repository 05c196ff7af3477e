import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** `peakvolt serve` as a process: it ends by itself when it cannot start, and at a signal whatever hangs. */

const PROCESS_MS_MAX = 20_000;

let folder: string;
let taken: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-serve-'));
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
});

afterEach(() => {
  taken.close();
  rmSync(folder, { recursive: true, force: true });
});

function serve(yaml: string) {
  const file = join(folder, 'peakvolt.yaml');
  writeFileSync(file, yaml);
  const child = spawn(
    process.execPath,
    ['server/main.ts', 'serve', '--config', file, '--data-dir', join(folder, 'data')],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } },
  );
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, text }));
  return { child, ended, text: () => text };
}

describe('serve', () => {
  it.each([
    [
      'pages',
      (port: number) => `http: {port: ${port}}\nembeddedBroker: {port: 0}\n`,
      /Port \d+ on .* is taken/,
    ],
    [
      'broker',
      (port: number) => `http: {port: 0}\nembeddedBroker: {port: ${port}}\n`,
      /Port \d+ of .* MQTT_URL/,
    ],
    [
      'WebSocket',
      (port: number) => `http: {port: 0}\nembeddedBroker: {port: 0, websocketPort: ${port}}\n`,
      /Port \d+ of .* embeddedBroker.websocketPort/,
    ],
  ])(
    'ends with a sentence when the port of the %s is taken',
    { timeout: PROCESS_MS_MAX },
    async (_, yaml, said) => {
      const { code, text } = await serve(yaml((taken.address() as AddressInfo).port)).ended;
      expect(text).toMatch(said);
      expect(code).toBe(1);
    },
  );

  it('ends at a signal while the database never answers', { timeout: PROCESS_MS_MAX }, async () => {
    // Accepts connections and says nothing, as a server whose disk hangs.
    const { port } = taken.address() as AddressInfo;
    const connected = once(taken, 'connection');
    const { child, ended } = serve(
      `http: {port: 0}\nembeddedBroker: {port: 0}\ndatabase: {url: "postgres://u:secret@127.0.0.1:${port}/x"}\n`,
    );
    await connected;
    child.kill('SIGTERM');
    const { code, text } = await ended;
    expect(code).toBe(1);
    expect(text).not.toContain('secret');
  });

  it('takes a signal that comes twice at once for one', { timeout: PROCESS_MS_MAX }, async () => {
    const { child, ended } = serve('http: {port: 0}\nembeddedBroker: {port: 0}\n');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});
