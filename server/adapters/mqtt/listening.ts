import type { Server } from 'node:net';
import type { WebSocketServer } from 'ws';

/** Starts a server of the embedded broker and waits until it listens. @throws Error saying what to do when the port is taken */
export function listening(server: Server | WebSocketServer, port: number, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} of the embedded broker is taken. If a broker runs there, name it with MQTT_URL; else set embeddedBroker.port or embeddedBroker.websocketPort.`,
            )
          : error,
      );
    server.once('error', refuse);
    server.once('listening', () => {
      server.removeListener('error', refuse);
      resolve();
    });
    start();
  });
}
