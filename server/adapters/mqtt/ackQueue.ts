import type { InboundMessage } from '../../ports.ts';
import type { ReceiveWindow } from './receiveWindow.ts';

/**
 * The unacknowledged messages of one connection. Whatever the order of `settle` calls, acknowledgements leave in the
 * order in which the messages arrived [MQTT-4.6.0-2], and as many at once as are settled.
 */
export class AckQueue<Ticket> {
  readonly #window: ReceiveWindow;
  readonly #acknowledge: (tickets: Ticket[]) => void;
  #held: HeldMessage<Ticket>[] = [];
  #head = 0;
  #flushDue = false;
  #abandoned = false;

  /** `acknowledge` is called with the tickets that are due, oldest first. */
  constructor(window: ReceiveWindow, acknowledge: (tickets: Ticket[]) => void) {
    this.#window = window;
    this.#acknowledge = acknowledge;
  }

  hold(message: HeldMessage<Ticket>): void {
    this.#window.take(message.sizeBytes);
    this.#held.push(message);
  }

  /** Acknowledges everything at the head that is settled. Settling calls it by itself, once for all of one job. */
  flush(): void {
    this.#flushDue = false;
    if (this.#abandoned) return;
    const held = this.#held;
    const tickets: Ticket[] = [];
    let bytes = 0;
    let next = this.#head;
    for (; next < held.length && held[next]!.settled; next++) {
      tickets.push(held[next]!.ticket);
      bytes += held[next]!.sizeBytes;
    }
    if (tickets.length === 0) return;
    this.#head = next;
    if (next === held.length) {
      this.#held = [];
      this.#head = 0;
    } else if (next > held.length / 2) {
      this.#held = held.slice(next);
      this.#head = 0;
    }
    this.#acknowledge(tickets);
    this.#window.give(tickets.length, bytes);
  }

  /**
   * The connection is gone: nothing of it is ever acknowledged. Its packet ids mean other messages on the next
   * connection, and the broker sends again what it got no answer for. Unsettled messages keep their place in the window,
   * because they are still in memory.
   */
  abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    let messages = 0;
    let bytes = 0;
    for (const message of this.#held.slice(this.#head)) {
      if (!message.settled) continue;
      messages++;
      bytes += message.sizeBytes;
    }
    this.#held = [];
    this.#head = 0;
    if (messages > 0) this.#window.give(messages, bytes);
  }

  /** @internal A message of this queue was settled. */
  settled(message: HeldMessage<Ticket>): void {
    if (this.#abandoned) {
      this.#window.give(1, message.sizeBytes);
      return;
    }
    if (this.#flushDue) return;
    this.#flushDue = true;
    queueMicrotask(() => this.flush());
  }
}

/** One message in an {@link AckQueue}. A class, not a closure: one object a message on the hottest path. */
export class HeldMessage<Ticket> implements InboundMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retained: boolean;
  readonly receivedMs: number;
  /** What the acknowledgement needs. */
  readonly ticket: Ticket;
  settled = false;
  readonly #queue: AckQueue<Ticket>;

  constructor(
    packet: { topic: string; payload: string | Uint8Array; qos: 0 | 1 | 2; retain: boolean },
    receivedMs: number,
    ticket: Ticket,
    queue: AckQueue<Ticket>,
  ) {
    this.topic = packet.topic;
    this.payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    this.qos = packet.qos;
    this.retained = packet.retain;
    this.receivedMs = receivedMs;
    this.ticket = ticket;
    this.#queue = queue;
  }

  get sizeBytes(): number {
    return this.topic.length + this.payload.length;
  }

  settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.#queue.settled(this);
  }
}
