import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../server/config.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
  read_only?: boolean;
  profiles?: string[];
  restart: string;
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
}

const compose = parse(read('docker-compose.yml')) as Compose;
const services = Object.entries(compose.services);
const VARIABLE = /\$\{([A-Z_]+)(:[-?])?([^}]*)\}/g;

describe('docker-compose.yml', () => {
  test('runs the broker, both stores, the service, and the simulator in the demo only', () => {
    expect(Object.keys(compose.services)).toEqual([
      'mosquitto',
      'influxdb',
      'postgres',
      'peakvolt',
      'simulator',
    ]);
    const always = services.filter(([, service]) => service.profiles === undefined).map(([name]) => name);
    expect(always).toEqual(['mosquitto', 'influxdb', 'postgres', 'peakvolt']);
    expect(compose.services['simulator']?.profiles).toEqual(['demo']);
  });

  test.each(services)('%s is pinned to a full version and comes back after a restart', (_name, service) => {
    expect(service.image).toMatch(/^[a-z-]+:\d+\.\d+(\.\d+)?$/);
    expect(service.restart).toBe('unless-stopped');
  });

  test.each(services)(
    '%s mounts files that exist, read-only, and volumes that are declared',
    (_name, service) => {
      const wrong = (service.volumes ?? []).filter((volume) => {
        const [source, target, mode] = volume.split(':') as [string, string, string?];
        if (!target.startsWith('/')) return true;
        if (!source.startsWith('./')) return !(source in compose.volumes);
        return !existsSync(join(ROOT, source)) || mode !== 'ro';
      });
      expect(wrong).toEqual([]);
    },
  );

  test.each(services)(
    '%s takes every secret from the environment and does not start without it',
    (_name, service) => {
      const wrong = Object.entries(service.environment ?? {})
        .filter(([name]) => /PASSWORD|TOKEN|^DATABASE_URL$/.test(name))
        .filter(([, value]) => [...value.matchAll(VARIABLE)].map((variable) => variable[2]).join() !== ':?');
      expect(wrong).toEqual([]);
    },
  );

  test('the simulator registers its grid where the service is, before it publishes to the broker', () => {
    const { command, depends_on: needs } = compose.services['simulator']!;
    expect(command).toEqual(
      expect.arrayContaining(['--register=http://peakvolt:8080', '--mqtt=mqtt://mosquitto:1883']),
    );
    expect(needs).toHaveProperty('peakvolt', { condition: 'service_healthy' });
    // The one knows the other by the token that both are given.
    const tokens = ['peakvolt', 'simulator'].map(
      (name) => compose.services[name]!.environment?.['PEAKVOLT_TOKEN'],
    );
    expect(new Set(tokens)).toEqual(new Set(['${PEAKVOLT_TOKEN:?set it in .env}']));
  });

  test('every variable is in .env.example, where no secret has a value', () => {
    const example = new Map(
      read('.env.example')
        .split('\n')
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => line.split('=', 2) as [string, string]),
    );
    const used = new Set([...read('docker-compose.yml').matchAll(VARIABLE)].map((variable) => variable[1]!));
    expect([...example.keys()].sort()).toEqual([...used].sort());
    const given = [...example].filter(([name, value]) => /PASSWORD|TOKEN/.test(name) && value !== '');
    expect(given).toEqual([]);
  });

  test('ports are published on this machine only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(1);
    expect(ports.filter((port) => !/^\$\{[A-Z]+_BIND:-127\.0\.0\.1\}:/.test(port))).toEqual([]);
  });

  test('starts the service when what it needs answers, and watches everything that serves', () => {
    expect(compose.services['peakvolt']?.depends_on).toEqual({
      mosquitto: { condition: 'service_healthy' },
      influxdb: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
    });
    const unwatched = services.filter(([, { build, healthcheck }]) => build === undefined && !healthcheck);
    expect(unwatched).toEqual([]);
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK .*\\\n.*\/healthz/m);
  });

  test('the environment it gives the service is one that the service accepts', () => {
    const env = Object.fromEntries(
      Object.entries(compose.services['peakvolt']?.environment ?? {}).map(([name, value]) => [
        name,
        value.replace(VARIABLE, name === 'PEAKVOLT_TOKEN' ? 'secret'.repeat(6) : 'secret'),
      ]),
    );
    const config = loadConfig({ file: join(ROOT, 'docs/deploy/peakvolt.yaml'), env });
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 8080 });
    expect(config.mqtt).toMatchObject({
      url: 'mqtt://mosquitto:1883',
      username: 'peakvolt',
      password: 'secret',
    });
    expect(config.influx).toMatchObject({ url: 'http://influxdb:8086', token: 'secret', version: 2 });
    expect(config.database.url).toBe('postgresql://peakvolt:secret@postgres:5432/peakvolt');
  });
});

describe('the TLS overlay', () => {
  test('mounts the listeners in the place that mosquitto.conf includes', () => {
    const overlay = parse(read('docs/deploy/compose.tls.yml')) as Compose;
    expect(overlay.services['mosquitto']?.volumes).toContain(
      './docs/deploy/mosquitto/conf.tls:/mosquitto/config/conf.d:ro',
    );
    expect(read('docs/deploy/mosquitto/mosquitto.conf')).toContain('include_dir /mosquitto/config/conf.d');
    expect(readdirSync(join(ROOT, 'docs/deploy/mosquitto/conf.tls'))).toEqual([
      'tls.conf',
      'websockets.conf',
    ]);
  });
});

describe('mosquitto.conf', () => {
  const lines = read('docs/deploy/mosquitto/mosquitto.conf').split('\n');

  test.each([
    ['keeps sessions and queues on disk', 'persistence true'],
    ['drops nothing by count while the service is away', 'max_queued_messages 0'],
    ['drops nothing by size', 'max_queued_bytes 0'],
    ['lets nobody in without a password', 'allow_anonymous false'],
    ['asks the access rules', 'acl_file /mosquitto/config/acl'],
  ])('%s', (_promise, line) => {
    expect(lines).toContain(line);
  });

  test('the service may read all that it subscribes to', () => {
    const allowed = new Set(
      [...read('docs/deploy/mosquitto/acl').matchAll(/^topic read (.+)$/gm)].map((match) => match[1]),
    );
    const { subscriptions } = loadConfig({ env: {} }).mqtt;
    expect(subscriptions.filter((filter) => !allowed.has(filter))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  test('pins its base by version, installs from the lock file, runs as nobody special', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
    expect(dockerfile).toMatch(/^RUN npm ci --omit=dev/m);
    expect(dockerfile).not.toMatch(/npm install/);
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).not.toMatch(/^RUN npm/m);
  });

  test('copies only what .dockerignore lets through', () => {
    const sent = new Set(
      read('.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1)),
    );
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      match[1]!.split(' '),
    );
    const paths = copied.filter((path) => path !== '.');
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => !sent.has(path) || !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
