import type { Intake } from './intake.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';
import type { Route } from './route.ts';

/**
 * Decodes one element (a JSON value) and puts what it says into the intake. A decoder of an envelope with several
 * readings refuses its parts itself and returns null.
 */
type ElementDecoder = (element: unknown, route: Route, intake: Intake) => Refusal | null;

/** Deepest nesting of any payload that we know is 7. A megabyte of brackets costs the parser 30 ms, and whoever walks it a stack. */
const NESTING_MAX = 32;

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The payload as text: one conversion a message. */
export function payloadText(payload: Uint8Array): string {
  const bytes =
    payload instanceof Buffer ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  // Without an argument: the one form that does not look its encoding up.
  return bytes.toString();
}

/**
 * Parses a payload that is one JSON value or an array of them and decodes each; every element that is refused leaves its
 * own text as a dead letter.
 *
 * @param singleBytesMax limit of a payload that is not an array
 */
export function decodeJson(
  intake: Intake,
  route: Route,
  decodeElement: ElementDecoder,
  singleBytesMax: number,
): void {
  const { payload, limits } = intake;
  if (payload.length > limits.arrayBytesMax) {
    intake.refuse(refusal('too-large', `${payload.length} bytes; at most ${limits.arrayBytesMax}`, route.id));
    return;
  }
  const text = payloadText(payload);
  const mayNest = payload.length > limits.readingBytesMax || route.kind !== 'data';
  if (mayNest && nestsDeeper(text, NESTING_MAX)) {
    intake.refuse(refusal('unparsable', `nests deeper than ${NESTING_MAX}`, route.id));
    return;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    intake.refuse(refusal('unparsable', quoted(error instanceof Error ? error.message : error), route.id));
    return;
  }
  // Readings may come as a list; what a device says of itself is one object.
  if (Array.isArray(value) && (route.kind === 'data' || route.kind === 'forecast')) {
    decodeArray(value, text, intake, route, decodeElement);
    return;
  }
  if (payload.length > singleBytesMax) {
    intake.refuse(
      refusal('too-large', `${payload.length} bytes; a reading has at most ${singleBytesMax}`, route.id),
    );
    return;
  }
  const refused = decodeElement(value, route, intake);
  if (refused !== null) intake.refuse(refused);
}

function decodeArray(
  elements: readonly unknown[],
  text: string,
  intake: Intake,
  route: Route,
  decodeElement: ElementDecoder,
): void {
  const { limits } = intake;
  if (elements.length === 0) {
    intake.refuse(refusal('unparsable', 'an empty array', route.id));
    return;
  }
  const mayHoldLarge = text.length > limits.readingBytesMax;
  const spans = new ElementSpans(text);
  for (let i = 0; i < elements.length; i++) {
    if (intake.refusals >= limits.elementRefusalsMax) {
      const detail = `${intake.refusals} elements refused; the other ${elements.length - i} are kept together, unread`;
      intake.refuse(refusal('too-large', detail, route.id), `[${text.slice(spans.start(i))}`);
      return;
    }
    const refused =
      mayHoldLarge && spans.bytes(i) > limits.readingBytesMax
        ? refusal('too-large', `element ${i} has more than ${limits.readingBytesMax} bytes`, route.id)
        : decodeElement(elements[i], route, intake);
    if (refused !== null) intake.refuse(refused, spans.text(i));
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Where the elements of a valid JSON array stand in its text, so that a refused one is kept as it came: numbers beyond
 * double precision, repeated keys and all. Reads forward only, once over the text.
 */
class ElementSpans {
  readonly #text: string;
  #index = -1;
  #start = 0;
  #end: number;

  constructor(text: string) {
    this.#text = text;
    this.#end = text.indexOf('[');
  }

  /** Index of the first character of element `index`; call with rising indexes. */
  start(index: number): number {
    while (this.#index < index) {
      this.#start = this.#end + 1;
      this.#end = this.#elementEnd(this.#start);
      this.#index++;
    }
    return this.#start;
  }

  text(index: number): string {
    const start = this.start(index);
    return this.#text.slice(start, this.#end).trim();
  }

  bytes(index: number): number {
    const start = this.start(index);
    return Buffer.byteLength(this.#text.slice(start, this.#end));
  }

  /** Index of the comma or bracket that ends the element at `at`. */
  #elementEnd(at: number): number {
    const text = this.#text;
    let depth = 0;
    for (let i = at; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === QUOTE) i = stringEnd(text, i);
      else if (code === COMMA && depth === 0) return i;
      else if (code === 0x5b || code === 0x7b) depth++;
      else if ((code === 0x5d || code === 0x7d) && --depth < 0) return i;
    }
    return text.length;
  }
}

/** Whether brackets outside strings nest deeper than `depthMax`; the text need not be JSON. */
function nestsDeeper(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = stringEnd(text, i);
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > depthMax) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** Index of the quote that closes the string opened at `at`. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return text.length;
}
