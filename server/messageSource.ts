import { systemClock } from './adapters/clock.ts';
import { createEmbeddedBroker } from './adapters/mqtt/embeddedBroker.ts';
import { createMqttSubscriber } from './adapters/mqtt/subscriber.ts';
import { withoutCredentials, type Config } from './config.ts';
import type { Logger, MessageSource } from './ports.ts';

/** Where readings come from, and what devices are told to connect to. */
export interface NamedSource {
  source: MessageSource;
  /** Known after `start`; never holds credentials. */
  url(): string;
  product: string;
}

/** The configured broker, else the embedded one. `start` is the caller's. */
export function openSource(config: Config, log: Logger): NamedSource {
  const { url, ...mqtt } = { ...config.mqtt, subscriptions: subscriptionsOf(config) };
  const shared = { clock: systemClock, log };
  if (url !== undefined) {
    const source = createMqttSubscriber({ ...shared, ...mqtt, url });
    return {
      source,
      url: () => withoutCredentials(url),
      product: `MQTT ${mqtt.protocolVersion === 5 ? '5' : '3.1.1'}`,
    };
  }
  const broker = createEmbeddedBroker({
    ...shared,
    ...config.embeddedBroker,
    subscriptions: mqtt.subscriptions,
  });
  return { source: broker, url: () => broker.url, product: 'embedded broker' };
}

/** The configured subscriptions, and the filter of every route that they leave out: a route would else never be asked. */
export function subscriptionsOf({ mqtt, ingest }: Pick<Config, 'mqtt' | 'ingest'>): string[] {
  const filters = [...mqtt.subscriptions];
  for (const { filter } of ingest.routes) {
    if (!filters.some((known) => covers(known, filter))) filters.push(filter);
  }
  return filters;
}

/** Whether every topic of the narrow filter is one of the wide filter (MQTT 3.1.1 §4.7); a shared one serves as well. */
function covers(wide: string, narrow: string): boolean {
  const outer = wide.replace(/^\$share\/[^/]+\//, '').split('/');
  const inner = narrow.split('/');
  for (const [i, level] of outer.entries()) {
    if (level === '#') return true;
    const below = inner[i];
    if (below === undefined || below === '#' || (level !== '+' && level !== below)) return false;
  }
  return inner.length === outer.length;
}
