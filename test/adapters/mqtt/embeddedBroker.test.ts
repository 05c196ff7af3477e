import { createEmbeddedBroker, type EmbeddedBroker } from '../../../server/adapters/mqtt/embeddedBroker.ts';
import { messageSourceContract } from '../../contract/messageSource.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';
import { layCable, type Cable } from './cable.ts';

for (const transport of ['TCP', 'WebSocket'] as const) {
  messageSourceContract(`the embedded broker over ${transport}`, async () => {
    // Acknowledgements go to the device, so the cable lies between it and the broker; each test has a broker of its own.
    let broker: EmbeddedBroker;
    let cable: Cable | null = null;
    return {
      create: (options) => {
        broker = createEmbeddedBroker({
          host: '127.0.0.1',
          port: 0,
          websocketPort: 0,
          clock: realClock,
          log: recordingLog(),
          ...options,
        });
        const startBroker = broker.start.bind(broker);
        broker.start = async (onMessage) => {
          await startBroker(onMessage);
          await cable?.stop();
          cable = await layCable(transport === 'TCP' ? broker.port : broker.websocketPort!);
        };
        return broker;
      },
      device: () => ({
        url: `${transport === 'TCP' ? 'mqtt' : 'ws'}://127.0.0.1:${cable!.port}`,
        options: {},
      }),
      interrupt: () => cable!.cut(),
      dispose: async () => cable?.stop(),
    };
  });
}
