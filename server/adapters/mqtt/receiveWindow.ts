/**
 * How much was received and is not yet acknowledged. Full at either limit; has room again only at three quarters of
 * both, so that a source does not stop and start with every message.
 */

/** Unacknowledged messages that one source may hold. */
export const WINDOW_MESSAGES_MAX = 20_000;
/** Bytes of topic and payload that one source may hold. */
const WINDOW_BYTES_MAX = 64 * 2 ** 20;

const ROOM_SHARE = 0.75;

export class ReceiveWindow {
  messages = 0;
  bytes = 0;
  full = false;
  readonly #messagesMax: number;
  readonly #bytesMax: number;
  readonly #onRoom: () => void;

  constructor(
    options: { messagesMax?: number | undefined; bytesMax?: number | undefined },
    onRoom: () => void,
  ) {
    this.#messagesMax = options.messagesMax ?? WINDOW_MESSAGES_MAX;
    this.#bytesMax = options.bytesMax ?? WINDOW_BYTES_MAX;
    this.#onRoom = onRoom;
  }

  take(bytes: number): void {
    this.messages++;
    this.bytes += bytes;
    this.full ||= this.messages >= this.#messagesMax || this.bytes >= this.#bytesMax;
  }

  /** Calls `onRoom` once when a full window has room again. */
  give(messages: number, bytes: number): void {
    this.messages -= messages;
    this.bytes -= bytes;
    if (this.messages < 0) throw new Error('receive window: more given back than taken');
    if (!this.full) return;
    if (this.messages > this.#messagesMax * ROOM_SHARE || this.bytes > this.#bytesMax * ROOM_SHARE) return;
    this.full = false;
    this.#onRoom();
  }
}
