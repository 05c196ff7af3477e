import { Type, type TProperties } from 'typebox';
import { Compile } from 'typebox/compile';
import { OUTLET_POINT, READING_FLAG, emptyReading } from '../core/reading.ts';
import type { Intake } from './intake.ts';
import { isObject } from './json.ts';
import type { NativeReading } from './payload.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';
import { isId, type Route } from './route.ts';

/** Numbers are finite (1e999 is not), and `null` says "not measured", as an absent key does. */
const Measured = Type.Optional(Type.Union([Type.Number(), Type.Null()]));
const orNull = <T extends TProperties>(keys: T) =>
  Type.Optional(Type.Union([Type.Object(keys), Type.Null()]));
const Phases = orNull({ a: Measured, b: Measured, c: Measured });
const shape = Compile(
  Type.Object({
    v: Type.Optional(Type.Number()),
    id: Type.Optional(Type.String()),
    ts: Type.Number(),
    int: Measured,
    agg: Type.Optional(Type.String()),
    u: Phases,
    umin: Phases,
    i: orNull({ a: Measured, b: Measured, c: Measured, n: Measured }),
    p: Measured,
    q: Measured,
    hist: Type.Optional(Type.Boolean()),
    pt: Type.Optional(Type.String()),
  }),
);
/** Aggregates that may stand for the mean of the interval; a minimum or maximum sent alone may not. */
const MEAN_LIKE: ReadonlySet<string> = new Set(['mean', 'rms', 'inst']);

/** The native body as it arrives: numbers may be null. */
type Arrived<T> = T extends object ? { [K in keyof T]: Arrived<T[K]> | null } : T;

/** Body of `pq/v1/{org}/{transformerId}/data` (contracts.md). */
export function decodeNative(element: unknown, route: Route, intake: Intake): Refusal | null {
  if (!shape.Check(element)) return misshapen(element, route.id);
  const body = element as unknown as Arrived<NativeReading> & { agg?: string };
  const topicId = route.id!;
  if (body.id !== undefined && body.id !== topicId) {
    return refusal('id-mismatch', `the body says ${quoted(body.id)}`, topicId);
  }
  if (body.v !== undefined && body.v !== 1) {
    return refusal('unknown-format', `version ${body.v} of the native body`, topicId);
  }
  if (body.agg !== undefined && !MEAN_LIKE.has(body.agg)) {
    return refusal('unknown-format', `aggregate ${quoted(body.agg)}; mean is expected`, topicId);
  }
  const point = body.pt ?? OUTLET_POINT;
  if (point !== OUTLET_POINT && !isId(point)) return refusal('unparsable', 'pt is not an id', topicId);

  const reading = emptyReading(topicId, point, body.ts!);
  reading.intervalS = body.int ?? route.intervalS;
  const { u, umin, i } = body;
  if (u) {
    reading.uaV = u.a ?? NaN;
    reading.ubV = u.b ?? NaN;
    reading.ucV = u.c ?? NaN;
  }
  if (umin) {
    reading.uaMinV = umin.a ?? NaN;
    reading.ubMinV = umin.b ?? NaN;
    reading.ucMinV = umin.c ?? NaN;
  }
  if (i) {
    reading.iaA = i.a ?? NaN;
    reading.ibA = i.b ?? NaN;
    reading.icA = i.c ?? NaN;
    reading.inA = i.n ?? NaN;
  }
  reading.pKw = body.p ?? NaN;
  reading.qKvar = body.q ?? NaN;
  if (body.hist === true) reading.flags |= READING_FLAG.history;
  return intake.accept(reading);
}

/** Bodies of `…/status`, `…/meta` and `…/event`: what a device says of itself, kept as it came. */
export function decodeReport(element: unknown, route: Route, intake: Intake): Refusal | null {
  const kind = route.kind;
  if (kind === 'data' || kind === 'forecast') throw new Error('a data topic carries readings');
  if (!isObject(element)) return refusal('unparsable', `${kind} is not an object`, route.id);
  if (kind === 'status' && typeof element['online'] !== 'boolean') {
    return refusal('unparsable', 'status without online: true or false', route.id);
  }
  const { receivedMs } = intake;
  intake.out.reports.push({
    kind,
    transformerId: intake.idOf(route.id!),
    org: route.org,
    receivedMs,
    body: element,
  });
  return null;
}

function misshapen(element: unknown, id: string | null): Refusal {
  if (!isObject(element)) return refusal('unparsable', 'a reading is an object', id);
  // Own cheap words before the validator's: it lists every fault, and a hostile element may have many.
  if (element['ts'] === undefined) return refusal('unparsable', 'ts is missing', id);
  const [first] = shape.Errors(element);
  const where = first === undefined ? 'body' : first.instancePath.slice(1).replaceAll('/', '.');
  return refusal('unparsable', `${quoted(where)} ${first?.message ?? 'is not understood'}`, id);
}
