import type { GridModel } from '../core/grid.ts';
import type { IngestBatch, Reading } from '../core/reading.ts';
import type { DecodeLimits } from './options.ts';
import { judgeReading } from './plausibility.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';

/** A message that a decoder sends back, through whoever called it. */
export interface OutboundCommand {
  topic: string;
  payload: Uint8Array;
}

/** Nominal phase voltage where the registry leaves it open (GB/T 156). */
const NOMINAL_V_DEFAULT = 220;
const EMPTY_BATCH: IngestBatch = { readings: [], deadLetters: [], weather: [], forecasts: [], reports: [] };
/** Shared by the messages that send nothing back, which are nearly all. */
const NO_COMMANDS: OutboundCommand[] = Object.freeze([] as OutboundCommand[]) as OutboundCommand[];
const NO_PAYLOAD = new Uint8Array(0);

/** What a reading needs of its transformer: few and side by side, as every reading looks one up in memory. */
interface Known {
  id: string;
  nominalV: number;
}

/**
 * The message in hand, and the only way from a decoder into the batch: every input unit goes through {@link accept} or
 * {@link refuse} exactly once. One object serves all messages, for decoding is synchronous.
 */
export class Intake {
  readonly limits: DecodeLimits;
  topic = '';
  payload: Uint8Array = NO_PAYLOAD;
  receivedMs = 0;
  out: IngestBatch = EMPTY_BATCH;
  /** Refused units of this message. */
  refusals = 0;
  readonly #newId: () => string;
  readonly #aliases: Readonly<Record<string, string>>;
  #commands: OutboundCommand[] = NO_COMMANDS;
  #known = new Map<string, Known>();

  constructor(limits: DecodeLimits, newId: () => string, aliases: Readonly<Record<string, string>>) {
    this.limits = limits;
    this.#newId = newId;
    this.#aliases = aliases;
  }

  /** Transformers that readings may speak of, by id and by the names that their devices use. */
  setGrid(model: GridModel): void {
    const known = new Map<string, Known>();
    const own = model.transformers.map(({ id, nominalV, attributes }): [Known, string] => [
      { id, nominalV: nominalV > 0 ? nominalV : NOMINAL_V_DEFAULT },
      attributes['external_id'] ?? '',
    ]);
    for (const [transformer, names] of own) {
      for (const name of names.split(';')) if (name.trim() !== '') known.set(name.trim(), transformer);
    }
    // After the external names: an id of ours always means itself.
    for (const [transformer] of own) known.set(transformer.id, transformer);
    for (const [name, id] of Object.entries(this.#aliases)) {
      const transformer = known.get(id);
      if (transformer !== undefined && !known.has(name)) known.set(name, transformer);
    }
    this.#known = known;
  }

  begin(topic: string, payload: Uint8Array, receivedMs: number, out: IngestBatch): void {
    this.topic = topic;
    this.payload = payload;
    this.receivedMs = receivedMs;
    this.out = out;
    this.#commands = NO_COMMANDS;
    this.refusals = 0;
  }

  /** Lets go of the message: nothing of it may be kept alive by the decoder. */
  end(): OutboundCommand[] {
    this.payload = NO_PAYLOAD;
    this.out = EMPTY_BATCH;
    return this.#commands;
  }

  send(command: OutboundCommand): void {
    if (this.#commands === NO_COMMANDS) this.#commands = [];
    this.#commands.push(command);
  }

  /** Whether a device's name means a transformer of the registry. */
  knows(name: string): boolean {
    return this.#known.has(name);
  }

  /** The id to use for a device's name, whether registered or not. */
  idOf(name: string): string {
    return this.#known.get(name)?.id ?? name;
  }

  /** Judges a reading and takes it, or says why not. */
  accept(reading: Reading): Refusal | null {
    const transformer = this.#known.get(reading.transformerId);
    if (transformer === undefined) {
      const name = reading.transformerId;
      return refusal('unknown-transformer', `${quoted(name)} is not registered`, name);
    }
    // The registry's string, not a slice that would keep the whole topic or payload alive.
    reading.transformerId = transformer.id;
    const refused = judgeReading(reading, transformer.nominalV, this.receivedMs, this.limits);
    if (refused === null) this.out.readings.push(reading);
    return refused;
  }

  /** Keeps one refused unit; `element` is its own text where it is a part of the payload. */
  refuse(why: Refusal, element?: string | Uint8Array): void {
    this.refusals++;
    const kept = this.payload.subarray(0, this.limits.arrayBytesMax);
    this.out.deadLetters.push({
      id: this.#newId(),
      receivedMs: this.receivedMs,
      topic: this.topic,
      // Copied: brokers hand out views of a shared receive buffer.
      payload:
        element === undefined
          ? Uint8Array.from(kept)
          : typeof element === 'string'
            ? Buffer.from(element)
            : element,
      reason: why.reason,
      detail: why.detail,
      transformerId: why.transformerId,
    });
  }
}
