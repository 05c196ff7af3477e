import type { NativeReading } from '../server/ingest/payload.ts';
import type { DeviceMessage } from './live.ts';
import { hashUnit } from './random.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** What went wrong between meters and broker, counted; `sent` is what leaves, duplicates included. */
export interface DeliveryCounts {
  made: number;
  sent: number;
  gaps: number;
  duplicates: number;
  reordered: number;
  drifted: number;
  stuck: number;
}

function noDeliveries(): DeliveryCounts {
  return { made: 0, sent: 0, gaps: 0, duplicates: 0, reordered: 0, drifted: 0, stuck: 0 };
}

const DAY_MS = 86_400_000;
const DRAW = { gap: 1, duplicate: 2, reorder: 3, drift: 4, driftBy: 5, stuck: 6 } as const;

/**
 * The devices' end of the line: what one interval's readings become on their way out. Which message suffers what is a
 * function of (seed, point, time). A reordered message is held back and goes out after the next interval's.
 */
export class Devices {
  readonly counts = noDeliveries();
  readonly #scenario: Scenario;
  #held: DeviceMessage[] = [];
  readonly #stuckAt = new Map<string, { day: number; u: NativeReading['u']; i: NativeReading['i'] }>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Messages to publish now, in this order. */
  deliver(messages: readonly DeviceMessage[]): DeviceMessage[] {
    const { comms } = this.#scenario;
    const out: DeviceMessage[] = [];
    const late = this.#held;
    this.#held = [];
    for (const message of messages) {
      this.counts.made++;
      const { channel } = message.transformer;
      const point = pointSalt(message.reading.pt);
      const second = Math.floor(message.reading.ts / 1000);
      const draw = (what: number): number => hashUnit(channel ^ point, second, what);
      if (draw(DRAW.gap) < comms.gap) {
        this.counts.gaps++;
        continue;
      }
      const sent = this.#drift(this.#stick(message));
      if (draw(DRAW.reorder) < comms.reorder) {
        this.counts.reordered++;
        this.#held.push(sent);
        continue;
      }
      out.push(sent);
      if (draw(DRAW.duplicate) < comms.duplicate) {
        this.counts.duplicates++;
        out.push(sent);
      }
    }
    out.push(...late);
    this.counts.sent += out.length;
    return out;
  }

  /** What is still held back, for the last act. */
  flush(): DeviceMessage[] {
    const rest = this.#held;
    this.#held = [];
    this.counts.sent += rest.length;
    return rest;
  }

  /** A device whose clock is wrong says a wrong time, always wrong by the same. */
  #drift(message: DeviceMessage): DeviceMessage {
    const { comms } = this.#scenario;
    const { channel } = message.transformer;
    if (hashUnit(channel, 0, DRAW.drift) >= comms.drift) return message;
    this.counts.drifted++;
    const byMs = Math.round((hashUnit(channel, 0, DRAW.driftBy) * 2 - 1) * comms.driftMsMax);
    return { ...message, reading: { ...message.reading, ts: message.reading.ts + byMs } };
  }

  /** A stuck device repeats the first values of its day to the last digit. */
  #stick(message: DeviceMessage): DeviceMessage {
    const { transformer, reading } = message;
    const day = Math.floor(reading.ts / DAY_MS);
    if (hashUnit(transformer.channel, day, DRAW.stuck) >= this.#scenario.comms.stuck) return message;
    this.counts.stuck++;
    const key = `${transformer.id}/${reading.pt ?? ''}`;
    const first = this.#stuckAt.get(key);
    if (first?.day !== day) {
      this.#stuckAt.set(key, { day, u: reading.u, i: reading.i });
      return message;
    }
    return { ...message, reading: { ...reading, u: first.u, ...(first.i ? { i: first.i } : {}) } };
  }
}

function pointSalt(point: string | undefined): number {
  return point === undefined ? 0 : point.length * 2654435 + point.charCodeAt(point.length - 1) * 97;
}
