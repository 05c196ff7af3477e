import { READING_FLAG } from '../core/reading.ts';
import { Draft } from './draft.ts';
import type { Intake } from './intake.ts';
import { payloadText } from './json.ts';
import { decimal } from './quantity.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';
import { isId, type Route } from './route.ts';
import { epochMs } from './timestamp.ts';

/** Tags that name the transformer, the most telling first; `host` is Telegraf's own and last. */
const ID_TAGS = [
  'transformer_id',
  'transformer',
  'tq',
  'tq_id',
  'device_id',
  'device',
  'id',
  'host',
] as const;
const POINT_TAGS = ['point', 'pt', 'measuring_point'] as const;
/** Fields and tags that one line may hold. */
const PAIRS_MAX = 256;

/** The parts of one line, unescaped. */
interface Line {
  tags: ReadonlyMap<string, string>;
  /** Numbers as text; quoted strings and booleans as they stand. */
  fields: ReadonlyMap<string, string>;
  time: string | undefined;
}

/**
 * Influx line protocol: `pq,tq=T1,point=outlet ua=221.3,ub=219.8,uc=223.1 1753000800000000000`. Each line is a reading; tags and
 * fields are named as in flat JSON; the precision of the time is told by its magnitude. Blank lines and comments are passed over.
 */
export function decodeLines(intake: Intake, route: Route): void {
  const { payload, limits } = intake;
  if (payload.length > limits.arrayBytesMax) {
    intake.refuse(refusal('too-large', `${payload.length} bytes; at most ${limits.arrayBytesMax}`, route.id));
    return;
  }
  const text = payloadText(payload);
  let lines = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).trim();
    const from = start;
    start = end + 1;
    if (line === '' || line.startsWith('#')) continue;
    lines++;
    if (intake.refusals >= limits.elementRefusalsMax) {
      const detail = `${intake.refusals} lines refused; the rest is kept together, unread`;
      intake.refuse(refusal('too-large', detail, route.id), text.slice(from));
      return;
    }
    const refused = decodeLine(line, route, intake);
    if (refused !== null) intake.refuse(refused, line);
  }
  if (lines === 0) intake.refuse(refusal('unparsable', 'no line', route.id));
}

function decodeLine(text: string, route: Route, intake: Intake): Refusal | null {
  if (Buffer.byteLength(text) > intake.limits.readingBytesMax) {
    return refusal('too-large', `a line has at most ${intake.limits.readingBytesMax} bytes`, route.id);
  }
  const line = parseLine(text);
  if (line === null) return refusal('unparsable', 'not a line of line protocol', route.id);
  const name = route.id ?? firstOf(line.tags, ID_TAGS);
  if (!isId(name)) return refusal('unparsable', 'no tag names the transformer');
  const transformerId = intake.idOf(name);
  const tsMs =
    line.time === undefined ? (route.timeFromArrival ? intake.receivedMs : NaN) : lineMs(line.time);
  if (Number.isNaN(tsMs))
    return refusal('unparsable', `time ${quoted(line.time ?? 'missing')}`, transformerId);

  const draft = new Draft(transformerId, tsMs);
  const { reading } = draft;
  const point = firstOf(line.tags, POINT_TAGS);
  if (point !== undefined) {
    if (!isId(point)) return refusal('unparsable', 'the measuring point is not an id', transformerId);
    reading.point = point;
  }
  const intervalS = decimal(number(line.fields.get('int') ?? line.fields.get('interval')));
  reading.intervalS = intervalS === null || Number.isNaN(intervalS) ? route.intervalS : intervalS;
  if (/^t(?:rue)?$/i.test(line.fields.get('hist') ?? '')) reading.flags |= READING_FLAG.history;
  for (const [key, value] of line.fields) {
    const refused = draft.put(key, number(value), undefined, route.scale);
    if (refused !== null) return refused;
  }
  return intake.accept(draft.finish());
}

/** A field without its type mark: `42i` and `42u` are integers. */
function number(field: string | undefined): string | undefined {
  return field !== undefined && /\d[iu]$/.test(field) ? field.slice(0, -1) : field;
}

function lineMs(time: string): number {
  return /^-?\d{1,19}$/.test(time) ? epochMs(Number(time)) : NaN;
}

function firstOf(tags: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = tags.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `measurement[,tag=value…] field=value[,field=value…] [time]`; null when it is not. */
function parseLine(text: string): Line | null {
  const head = scan(text, 0, ', ');
  if (head.text === '') return null;
  const tags = new Map<string, string>();
  const fields = new Map<string, string>();
  let at = head.end;
  while (text[at] === ',') {
    const next = pair(text, at + 1, tags);
    if (next < 0) return null;
    at = next;
  }
  at = skipSpaces(text, at);
  if (at >= text.length) return null;
  at--;
  do {
    const next = pair(text, at + 1, fields);
    if (next < 0) return null;
    at = next;
  } while (text[at] === ',');
  const time = text.slice(at).trim();
  return { tags, fields, time: time === '' ? undefined : time };
}

/** Reads `key=value` into the map. Returns the index behind it, or −1 when there is none. */
function pair(text: string, at: number, into: Map<string, string>): number {
  const key = scan(text, at, '=, ');
  if (key.text === '' || text[key.end] !== '=' || into.size >= PAIRS_MAX) return -1;
  const value = text[key.end + 1] === '"' ? scanQuoted(text, key.end + 1) : scan(text, key.end + 1, ', ');
  if (value === null || value.text === '') return -1;
  into.set(key.text, value.text);
  return value.end;
}

/** Text up to one of `stops`, backslash escapes undone. */
function scan(text: string, from: number, stops: string): { text: string; end: number } {
  let out = '';
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\\' && at + 1 < text.length && '\\,= '.includes(text[at + 1]!)) out += text[++at]!;
    else if (stops.includes(char)) break;
    else out += char;
  }
  return { text: out, end: at };
}

/** A quoted field, kept with its quotes (so that it is no number); null when it is not closed. */
function scanQuoted(text: string, from: number): { text: string; end: number } | null {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return { text: text.slice(from, at + 1), end: at + 1 };
  }
  return null;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at;
}
