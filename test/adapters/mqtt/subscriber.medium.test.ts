import { createMqttSubscriber } from '../../../server/adapters/mqtt/subscriber.ts';
import { messageSourceContract } from '../../contract/messageSource.ts';
import { startMosquitto } from '../../fixtures/mosquitto.ts';
import { makeCertificates } from '../../fixtures/mosquittoCertificates.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';
import { layCable } from './cable.ts';

let sessions = 0;

for (const protocolVersion of [4, 5] as const) {
  for (const transport of ['TCP', 'TLS with a client certificate', 'WebSocket'] as const) {
    const version = protocolVersion === 4 ? '3.1.1' : '5';
    messageSourceContract(`Mosquitto, MQTT ${version} over ${transport}`, async () => {
      const certificates = makeCertificates('peakvolt');
      const broker = await startMosquitto({ certsDir: certificates.dir, websocket: true });
      // Acknowledgements go from the source to the broker: that is the connection to cut.
      const url = new URL(
        { TCP: broker.url, WebSocket: broker.websocketUrl, 'TLS with a client certificate': broker.tlsUrl }[
          transport
        ],
      );
      const cable = await layCable(Number(url.port));
      url.port = String(cable.port);
      const tls = url.protocol === 'mqtts:';
      return {
        create: (options) =>
          createMqttSubscriber({
            url: url.href,
            clientId: `contract-${++sessions}`,
            protocolVersion,
            ...(tls
              ? { ca: certificates.ca, cert: certificates.clientCert, key: certificates.clientKey }
              : {}),
            reconnectDelayMsMin: 20,
            clock: realClock,
            log: recordingLog(),
            ...options,
          }),
        device: () => ({ url: broker.url, options: {} }),
        interrupt: () => cable.cut(),
        dispose: async () => {
          await cable.stop();
          await broker.stop();
          certificates.remove();
        },
      };
    });
  }
}
