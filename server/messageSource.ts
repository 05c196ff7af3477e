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
  const { url, ...mqtt } = config.mqtt;
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
