import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, redacted, withoutCredentials } from '../server/config.ts';
import { detectionSettings } from '../server/core/settings.ts';

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'peakvolt-config-')), 'peakvolt.yaml');
  writeFileSync(path, text);
  return path;
}

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('is pristine with nothing configured, and frozen', () => {
    const config = loadConfig({ env: {} });
    expect(config).toMatchObject({ pristine: true, http: { host: '127.0.0.1', port: 8080 } });
    expect(Object.isFrozen(config.detection)).toBe(true);
  });

  it('lays the environment over the file, and the command line over both', () => {
    const path = file('http:\n  port: 9000\ndataDir: /from/file\n');
    const env = { PORT: '9100', MQTT_URL: 'mqtt://broker', PEAKVOLT_DATA_DIR: '/from/env' };
    const config = loadConfig({ file: path, env, overrides: { dataDir: '/from/line' } });
    expect(config).toMatchObject({
      http: { port: 9100 },
      mqtt: { url: 'mqtt://broker' },
      dataDir: '/from/line',
      pristine: false,
    });
  });

  it('still offers the demo when only the port or the folder is set', () => {
    expect(loadConfig({ env: { PORT: '1', PEAKVOLT_DATA_DIR: 'x' } }).pristine).toBe(true);
  });

  it('reports every fault at once', () => {
    const path = file('http:\n  port: 70000\n  prot: 1\ntimeZone: Mars/Olympus\ninflux:\n  version: 7\n');
    const faults = faultsOf(() => loadConfig({ file: path, env: {} }));
    expect(faults).toHaveLength(4);
    expect(faults.join('\n')).toMatch(/http\.port[\s\S]*prot[\s\S]*timeZone[\s\S]*influx\.version|timeZone/);
  });

  it.each([
    ['http:\n  exposeWithoutAccounts: true\n', 'there are accounts now'],
    ['embeddedBroker:\n  host: 0.0.0.0\n', 'anonymous devices are refused'],
    ['mqtt:\n  url: mqtts://b\n  cert: a.pem\n', 'cert and key belong together'],
    ['detection:\n  severeBelowPu: 0.9\n', 'severeBelowPu'],
    ['detection:\n  severeAbovePu: 1.05\n', 'severeAbovePu must be above'],
    ['detection:\n  overloadPct: 70\n', 'overloadPct must be above'],
    ['detection:\n  voltageUnbalancePct: 5\n', 'voltageUnbalanceSeriousPct must be above'],
    ['limits:\n  overrides:\n    - { lowV: 200 }\n', 'limits of all are a profile'],
    ['limits:\n  overrides:\n    - { transformerId: T1 }\n', 'lowV or highV is expected'],
    [
      'limits:\n  overrides:\n    - { transformerId: T1, lowV: 230, highV: 220 }\n',
      'lowV must be below highV',
    ],
    ['- a\n- b\n', 'a mapping is expected'],
    ['a: [', 'not YAML'],
  ])('refuses %j', (text, message) => {
    expect(faultsOf(() => loadConfig({ file: file(text), env: {} })).join('\n')).toContain(message);
  });

  it('lets devices in from afar when users or the wish for none are set', () => {
    for (const line of ['users: { TQ001: secret }', 'allowAnonymous: true']) {
      const text = `embeddedBroker:\n  host: 0.0.0.0\n  ${line}\n`;
      expect(faultsOf(() => loadConfig({ file: file(text), env: {} }))).toEqual([]);
    }
  });

  it('detects by the defaults of the core', () => {
    const { detection } = loadConfig({ env: {} });
    expect(Object.keys(detection).toSorted()).toEqual(Object.keys(detectionSettings()).toSorted());
    expect(detection).toEqual(detectionSettings());
  });

  it('names a file that cannot be read', () => {
    expect(faultsOf(() => loadConfig({ file: '/no/such/file.yaml', env: {} }))[0]).toContain('ENOENT');
  });

  it('the example file is the defaults', () => {
    const example = { ...loadConfig({ file: 'peakvolt.example.yaml', env: {} }), pristine: true };
    expect(example).toEqual(loadConfig({ env: {} }));
  });
});

describe('secrets', () => {
  it('never leave through the configuration page', () => {
    const env = {
      MQTT_URL: 'mqtt://user:hunter1@broker:1883?x=hunter5',
      MQTT_PASSWORD: 'hunter2',
      INFLUX_TOKEN: 'hunter3',
      DATABASE_URL: 'postgres://u:hunter4@db/peakvolt',
    };
    const text = JSON.stringify(redacted(loadConfig({ env })));
    expect(text).not.toContain('hunter');
    expect(text).toContain('mqtt://broker:1883');
  });

  it('are cut from a URL', () => {
    expect(withoutCredentials('https://a:b@h/p?token=c')).toBe('https://h/p');
    expect(withoutCredentials('not a url')).toBe('(not a URL)');
  });
});

describe('single sign-on', () => {
  const oidc = (lines: string): string => file(`auth:\n  oidc:\n    clientId: peakvolt\n${lines}`);

  it('takes its secret from the environment or a file, and shows it nowhere', () => {
    const secret = file('hunter-oidc\n');
    const byFile = oidc(`    issuer: https://id.example\n    clientSecretFile: ${secret}\n`);
    const env = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'p', OIDC_CLIENT_SECRET: 'hunter-oidc' };
    for (const config of [loadConfig({ file: byFile, env: {} }), loadConfig({ env })]) {
      expect(config.auth.oidc).toMatchObject({ clientSecret: 'hunter-oidc', users: 'known' });
      expect(JSON.stringify(redacted(config))).not.toContain('hunter');
    }
  });

  it('reports every fault at once', () => {
    const lines = [
      'issuer: http://id.example',
      'clientSecret: hunter',
      'clientSecretFile: /nowhere',
      'scopes: [profile]',
      'roles: { admin: [root] }',
      'areas: { north: [A1] }',
    ];
    const path = oidc(lines.map((line) => `    ${line}\n`).join(''));
    const faults = faultsOf(() => loadConfig({ file: path, env: { PEAKVOLT_HOST: '0.0.0.0' } }));
    for (const words of ['https', 'publicUrl', 'openid', 'exclude', 'roleClaim', 'areasClaim', 'ENOENT']) {
      expect(faults.join('\n')).toContain(words);
    }
    expect(faults.join('\n')).not.toContain('hunter');
  });
});
