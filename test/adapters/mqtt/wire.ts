import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** MQTT 3.1.1 in bytes, written by hand so that tests share no code with the libraries under test. */

export const PACKET = {
  connect: 1,
  publish: 3,
  puback: 4,
  subscribe: 8,
  pingreq: 12,
  disconnect: 14,
} as const;

export interface WirePacket {
  type: number;
  flags: number;
  body: Buffer;
}

export function encode(type: number, flags: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([(type << 4) | flags, ...length]), body]);
}

export function publishPacket(packetId: number, payload: string, options: { dup?: boolean } = {}): Buffer {
  const body = Buffer.concat([words('pq/v1/o/t/data'), uint16(packetId), Buffer.from(payload)]);
  return encode(PACKET.publish, options.dup ? 0b1010 : 0b0010, body);
}

/** Splits a stream of bytes into packets and keeps them, with the number of chunks in which they came. */
export class WireReader {
  readonly packets: WirePacket[] = [];
  #rest = Buffer.alloc(0);

  take(chunk: Buffer): WirePacket[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const found: WirePacket[] = [];
    for (;;) {
      const packet = this.#next();
      if (packet === null) return found;
      found.push(packet);
      this.packets.push(packet);
    }
  }

  /** Packet ids of the PUBACKs so far, in order. */
  acknowledged(): number[] {
    return this.packets.filter((p) => p.type === PACKET.puback).map((p) => p.body.readUInt16BE(0));
  }

  count(type: number): number {
    return this.packets.filter((packet) => packet.type === type).length;
  }

  #next(): WirePacket | null {
    let length = 0;
    for (let i = 1; i < this.#rest.length && i < 5; i++) {
      length += (this.#rest[i]! & 0x7f) * 128 ** (i - 1);
      if (this.#rest[i]! & 0x80) continue;
      if (this.#rest.length < 1 + i + length) return null;
      const body = this.#rest.subarray(1 + i, 1 + i + length);
      const packet = { type: this.#rest[0]! >> 4, flags: this.#rest[0]! & 15, body };
      this.#rest = this.#rest.subarray(1 + i + length);
      return packet;
    }
    return null;
  }
}

/** One connection of a client to a {@link startWireBroker}. */
export interface WireSession {
  reader: WireReader;
  socket: Socket;
  /** Reads from the socket that brought a PUBACK. */
  ackChunks: number;
}

/** A broker that answers CONNECT, SUBSCRIBE and PINGREQ and leaves everything else to the test. */
export async function startWireBroker(
  options: { returnCode?: number; sessionPresent?: boolean } = {},
): Promise<{
  url: string;
  sessions: WireSession[];
  /** Packets put into the same write as the CONNACK of the next connection. */
  withConnack: Buffer[];
  stop(): Promise<void>;
}> {
  const sessions: WireSession[] = [];
  const withConnack: Buffer[] = [];
  const server = createServer((socket) => {
    const session: WireSession = { reader: new WireReader(), socket, ackChunks: 0 };
    sessions.push(session);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const packets = session.reader.take(chunk);
      if (packets.some((packet) => packet.type === PACKET.puback)) session.ackChunks++;
      for (const { type, body } of packets) {
        if (type === PACKET.connect) {
          const connack = encode(
            2,
            0,
            Buffer.from([options.sessionPresent ? 1 : 0, options.returnCode ?? 0]),
          );
          socket.write(Buffer.concat([connack, ...withConnack.splice(0)]));
        } else if (type === PACKET.subscribe) {
          socket.write(encode(9, 0, Buffer.concat([body.subarray(0, 2), Buffer.from([1, 1])])));
        } else if (type === PACKET.pingreq) socket.write(encode(13, 0, Buffer.alloc(0)));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    withConnack,
    stop: async () => {
      for (const { socket } of sessions) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

let devices = 0;

/** A device in bytes, with a client identifier of its own; `login` in the order user, password. */
export async function connectWireDevice(
  port: number,
  login: readonly string[] = [],
): Promise<{ reader: WireReader; socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  const reader = new WireReader();
  socket.on('data', (chunk) => reader.take(chunk));
  socket.on('error', () => {});
  const flags = 2 | (login.length > 0 ? 0x80 : 0) | (login.length > 1 ? 0x40 : 0);
  const head = Buffer.concat([words('MQTT'), Buffer.from([4, flags]), uint16(60), words(`wire${++devices}`)]);
  socket.write(encode(PACKET.connect, 0, Buffer.concat([head, ...login.map(words)])));
  await once(socket, 'data');
  return { reader, socket };
}

function words(text: string): Buffer {
  return Buffer.concat([uint16(Buffer.byteLength(text)), Buffer.from(text)]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
