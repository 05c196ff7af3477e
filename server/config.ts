import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { clientSecretOf, oidcFaults } from './accessConfigSchema.ts';
import { configSchema } from './configSchema.ts';

/** Everything that can be set: `peakvolt.yaml`, then the environment over it (contracts.md). Parsed once, frozen, all faults at once. */

const LOOPBACK_HOSTS = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether an address to listen at is out of reach of other machines. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOSTS.has(host);
}

export type Config = z.infer<typeof configSchema> & {
  /** Nothing outside was configured: the demo grid is offered. */
  readonly pristine: boolean;
};

/** Configuration that cannot be used; `faults` names every one of them. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variable → path in the configuration; numbers are converted. */
const ENVIRONMENT: readonly (readonly [string, readonly string[], 'text' | 'number'])[] = [
  ['PORT', ['http', 'port'], 'number'],
  ['PEAKVOLT_HOST', ['http', 'host'], 'text'],
  ['PEAKVOLT_PUBLIC_URL', ['http', 'publicUrl'], 'text'],
  ['PEAKVOLT_TOKEN', ['auth', 'ownerToken'], 'text'],
  ['OIDC_ISSUER', ['auth', 'oidc', 'issuer'], 'text'],
  ['OIDC_CLIENT_ID', ['auth', 'oidc', 'clientId'], 'text'],
  ['OIDC_CLIENT_SECRET', ['auth', 'oidc', 'clientSecret'], 'text'],
  ['PEAKVOLT_DATA_DIR', ['dataDir'], 'text'],
  ['PEAKVOLT_LOG_LEVEL', ['log', 'level'], 'text'],
  ['MQTT_URL', ['mqtt', 'url'], 'text'],
  ['MQTT_USERNAME', ['mqtt', 'username'], 'text'],
  ['MQTT_PASSWORD', ['mqtt', 'password'], 'text'],
  ['MQTT_CA', ['mqtt', 'ca'], 'text'],
  ['MQTT_CERT', ['mqtt', 'cert'], 'text'],
  ['MQTT_KEY', ['mqtt', 'key'], 'text'],
  ['INFLUX_URL', ['influx', 'url'], 'text'],
  ['INFLUX_TOKEN', ['influx', 'token'], 'text'],
  ['INFLUX_ORG', ['influx', 'org'], 'text'],
  ['INFLUX_BUCKET', ['influx', 'bucket'], 'text'],
  ['INFLUX_VERSION', ['influx', 'version'], 'number'],
  ['DATABASE_URL', ['database', 'url'], 'text'],
  ['SMTP_URL', ['notify', 'smtp', 'url'], 'text'],
  ['WATCHDOG_URL', ['proof', 'watchdogUrl'], 'text'],
];

/**
 * Reads the file (if given), lays the environment and the command line over it, and checks everything together.
 *
 * @throws ConfigError with every fault found.
 */
export function loadConfig(options: {
  file?: string | undefined;
  env: Environment;
  overrides?: { dataDir?: string | undefined };
}): Config {
  const tree = options.file === undefined ? {} : readTree(options.file);
  let fromOutside = options.file !== undefined;
  for (const [name, path, type] of ENVIRONMENT) {
    const text = options.env[name];
    if (text === undefined || text === '') continue;
    fromOutside ||= /^(MQTT|INFLUX|DATABASE)_/.test(name);
    put(tree, path, type === 'number' ? Number(text) : text);
  }
  if (options.overrides?.dataDir !== undefined) put(tree, ['dataDir'], options.overrides.dataDir);
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((i) => `${i.path.join('.') || '(top level)'}: ${i.message}`),
    );
  }
  const faults = crossFaults(parsed.data);
  const { oidc } = parsed.data.auth;
  if (oidc !== undefined) faults.push(...takeClientSecret(oidc));
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze({ ...parsed.data, pristine: !fromOutside });
}

/** Puts the secret where the program looks for it; faults when it cannot be read. */
function takeClientSecret(oidc: NonNullable<Config['auth']['oidc']>): string[] {
  const taken = clientSecretOf(oidc);
  if ('fault' in taken) return [taken.fault];
  if (taken.secret !== undefined) oidc.clientSecret = taken.secret;
  return [];
}

/** The configuration as the System page shows it: every secret is replaced. */
export function redacted(config: Config): Record<string, unknown> {
  const secret = /password|token|secret|users|watchdogUrl|^sms$/i;
  const walk = (value: unknown, key: string): unknown => {
    if (value === undefined) return undefined;
    if (secret.test(key) && value !== null) return '(set)';
    if (typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return withoutCredentials(value);
    if (Array.isArray(value)) return value.map((v) => walk(v, key));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, walk(v, k)]));
    }
    return value;
  };
  return walk(config, '') as Record<string, unknown>;
}

/** A URL without user, password and query, for logs and pages. */
export function withoutCredentials(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    return parsed.toString();
  } catch {
    return '(not a URL)';
  }
}

function crossFaults(config: z.infer<typeof configSchema>): string[] {
  const faults: string[] = [];
  const { http, embeddedBroker: broker, mqtt } = config;
  if (http.exposeWithoutAccounts !== undefined) {
    faults.push(
      'http.exposeWithoutAccounts: there are accounts now; take this line out, and open the link that the log prints at the first start',
    );
  }
  if (
    !isLoopbackHost(broker.host) &&
    mqtt.url === undefined &&
    broker.allowAnonymous !== true &&
    Object.keys(broker.users).length === 0
  ) {
    faults.push(
      'embeddedBroker: beyond loopback anonymous devices are refused; set embeddedBroker.users, or allowAnonymous: true to let anyone publish',
    );
  }
  if ((mqtt.cert === undefined) !== (mqtt.key === undefined))
    faults.push('mqtt: cert and key belong together');
  const { oidc } = config.auth;
  if (oidc !== undefined) {
    const { publicUrl, host } = http;
    faults.push(...oidcFaults(oidc, { publicUrl, onLoopback: isLoopbackHost(host) }));
  }
  faults.push(...ruleFaults(config));
  return faults;
}

/** Faults between the keys of `limits` and `detection`. */
export function ruleFaults({
  limits,
  detection,
}: Pick<z.infer<typeof configSchema>, 'limits' | 'detection'>): string[] {
  const faults: string[] = [];
  for (const [i, { lowV, highV }] of limits.overrides.entries()) {
    if (lowV !== undefined && highV !== undefined && lowV >= highV) {
      faults.push(`limits.overrides.${i}: lowV must be below highV`);
    }
  }
  if (detection.severeBelowPu >= detection.seriousBelowPu) {
    faults.push('detection: severeBelowPu must be below seriousBelowPu');
  }
  if (detection.severeAbovePu <= detection.seriousAbovePu) {
    faults.push('detection: severeAbovePu must be above seriousAbovePu');
  }
  if (detection.voltageUnbalanceSeriousPct <= detection.voltageUnbalancePct) {
    faults.push('detection: voltageUnbalanceSeriousPct must be above voltageUnbalancePct');
  }
  if (detection.overloadPct <= detection.heavyLoadPct) {
    faults.push('detection: overloadPct must be above heavyLoadPct');
  }
  return faults;
}

function readTree(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    ]);
  }
  try {
    const tree: unknown = parseYaml(text) ?? {};
    if (typeof tree === 'object' && !Array.isArray(tree)) return tree as Record<string, unknown>;
    throw new ConfigError([`${file}: a mapping is expected at the top level`]);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${file}: not YAML (${(error as Error).message.split('\n')[0]})`]);
  }
}

/** Lays one value into the tree; what is in the way and not a mapping is replaced. */
function put(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const inner = tree[first];
  const copy = { ...(typeof inner === 'object' && inner !== null ? inner : {}) };
  put(copy, rest, value);
  tree[first] = copy;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
