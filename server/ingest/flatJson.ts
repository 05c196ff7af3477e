import { READING_FLAG } from '../core/reading.ts';
import { Draft } from './draft.ts';
import type { Intake } from './intake.ts';
import { isObject, type JsonObject } from './json.ts';
import { decimal, type Quantity } from './quantity.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';
import { isId, type Route } from './route.ts';
import { timeMs } from './timestamp.ts';

/** Keys as {@link plainKey} leaves them, the most telling first. */
const ID_KEYS = [
  'transformerid',
  'tqid',
  'tq',
  'transformer',
  'locationcode',
  'deviceid',
  'devid',
  'devicecode',
  'device',
  '台区编号',
  '设备编号',
  'id',
] as const;
const TIME_KEYS = [
  'ts',
  'timestamp',
  'time',
  't',
  'uts',
  'eventtime',
  'datatime',
  '采集时间',
  '数据时间',
  '时间',
];
const POINT_KEYS = ['pt', 'point', 'measuringpoint', '测点'] as const;
const INTERVAL_KEYS = ['int', 'interval', 'intervals'] as const;
const HISTORY_KEYS = ['hist', 'history', 'ishistorical'] as const;
/** Objects inside a reading whose keys are read as if they stood beside it: Telegraf, ThingsBoard and the like. */
const NESTED_KEYS: ReadonlySet<string> = new Set([
  'fields',
  'tags',
  'values',
  'data',
  'params',
  'properties',
  'measurements',
]);

/** Values of three phases under one key, as an array or as `{a,b,c}`. DL/T 698.45 OI 2000 counts steps of 0.1 V. */
const PHASE_SETS: ReadonlyMap<string, { kind: Quantity['kind']; factor: number }> = new Map([
  ['u', { kind: 'voltage', factor: 1 }],
  ['v', { kind: 'voltage', factor: 1 }],
  ['voltage', { kind: 'voltage', factor: 1 }],
  ['电压', { kind: 'voltage', factor: 1 }],
  ['2000', { kind: 'voltage', factor: 0.1 }],
  ['i', { kind: 'current', factor: 1 }],
  ['current', { kind: 'current', factor: 1 }],
  ['电流', { kind: 'current', factor: 1 }],
]);
const PHASE_KEYS: ReadonlyMap<string, number> = new Map([
  ['a', 0],
  ['b', 1],
  ['c', 2],
  ['n', 3],
  ['l1', 0],
  ['l2', 1],
  ['l3', 2],
]);
const VOLTAGE_COLUMNS = ['uaV', 'ubV', 'ucV'] as const;
const CURRENT_COLUMNS = ['iaA', 'ibA', 'icA', 'inA'] as const;

/**
 * A JSON object whose keys name what they hold: `{"id":"T1","ts":…,"Ua":"221.3","A相电流":310}`, Telegraf JSON, three phases
 * under one key, or a list of `properties` with key, value and unit.
 */
export function decodeFlat(element: unknown, route: Route, intake: Intake): Refusal | null {
  if (!isObject(element)) return refusal('unparsable', 'a reading is an object', route.id);
  const fields = gather(element);
  const own = firstOf(fields, ID_KEYS);
  const ownId = typeof own === 'number' ? String(own) : own;
  const name = route.id ?? ownId;
  if (!isId(name)) return refusal('unparsable', 'nothing names the transformer');
  const transformerId = intake.idOf(name);
  if (isId(ownId) && intake.knows(ownId) && intake.idOf(ownId) !== transformerId) {
    return refusal('id-mismatch', `the body says ${quoted(ownId)}`, transformerId);
  }
  const time = firstOf(fields, TIME_KEYS) ?? listTime(element);
  if (time === undefined && !route.timeFromArrival) return refusal('unparsable', 'no time', transformerId);
  const tsMs = time === undefined ? intake.receivedMs : timeMs(time, route.zoneOffsetMin);
  if (tsMs === null) return refusal('unparsable', `${quoted(time)} is not a time`, transformerId);

  const draft = new Draft(transformerId, tsMs);
  const refused = describe(draft, fields, route) ?? measure(draft, fields, element, route);
  return refused ?? intake.accept(draft.finish());
}

/** Point, interval and history mark. */
function describe(draft: Draft, fields: ReadonlyMap<string, unknown>, route: Route): Refusal | null {
  const { reading } = draft;
  const point = firstOf(fields, POINT_KEYS);
  if (point !== undefined) {
    if (!isId(point)) return refusal('unparsable', 'the measuring point is not an id', reading.transformerId);
    reading.point = point;
  }
  const intervalS = decimal(firstOf(fields, INTERVAL_KEYS));
  if (intervalS === null) return refusal('unparsable', 'the interval is not a number', reading.transformerId);
  reading.intervalS = Number.isNaN(intervalS) ? route.intervalS : intervalS;
  const history = firstOf(fields, HISTORY_KEYS);
  if (history === true || history === 1 || history === 'true') reading.flags |= READING_FLAG.history;
  return null;
}

function measure(
  draft: Draft,
  fields: ReadonlyMap<string, unknown>,
  element: JsonObject,
  route: Route,
): Refusal | null {
  for (const [key, value] of fields) {
    const set = typeof value === 'object' && value !== null ? PHASE_SETS.get(key) : undefined;
    const refused =
      set === undefined
        ? typeof value === 'object' && value !== null
          ? null
          : draft.put(key, value, undefined, route.scale)
        : putPhases(draft, set, value as object, route);
    if (refused !== null) return refused;
  }
  const list = element['properties'];
  if (!Array.isArray(list)) return null;
  for (const item of list) {
    if (!isObject(item)) continue;
    const name = item['key'] ?? item['name'];
    if (typeof name !== 'string') continue;
    const refused = draft.put(name, item['value'] ?? item['val'], item['unit'], route.scale);
    if (refused !== null) return refused;
  }
  return null;
}

function putPhases(
  draft: Draft,
  set: { kind: Quantity['kind']; factor: number },
  values: object,
  route: Route,
): Refusal | null {
  const columns = set.kind === 'voltage' ? VOLTAGE_COLUMNS : CURRENT_COLUMNS;
  for (const [key, value] of Object.entries(values)) {
    const index = Array.isArray(values) ? Number(key) : PHASE_KEYS.get(key.toLowerCase());
    const column = index === undefined ? undefined : columns[index];
    if (column === undefined) continue;
    const quantity = { column, kind: set.kind, factor: set.factor, lineToLine: false };
    const refused = draft.putQuantity(quantity, `${set.kind} ${key}`, value, undefined, route.scale);
    if (refused !== null) return refused;
  }
  return null;
}

/** Keys and values of the object and of the known objects inside it; what stands outside wins. */
function gather(element: JsonObject): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(element)) {
    if (!(isObject(value) && NESTED_KEYS.has(plainKey(key)))) fields.set(plainKey(key), value);
  }
  for (const [key, value] of Object.entries(element)) {
    if (!isObject(value) || !NESTED_KEYS.has(plainKey(key))) continue;
    for (const [inner, innerValue] of Object.entries(value)) {
      if (!fields.has(plainKey(inner))) fields.set(plainKey(inner), innerValue);
    }
  }
  return fields;
}

function firstOf(fields: ReadonlyMap<string, unknown>, keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = fields.get(key);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** Time of the first property that has one, where the reading itself has none. */
function listTime(element: JsonObject): unknown {
  const list = element['properties'];
  if (!Array.isArray(list)) return undefined;
  for (const item of list) {
    if (isObject(item) && item['timestamp'] !== undefined) return item['timestamp'];
  }
  return undefined;
}

/** A key without case, spaces, `_` and `-`; dots and colons stay, they carry OBIS codes. */
function plainKey(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/[\s_-]/g, (mark, at: number) =>
      mark === '-' && /^\d-\d:/.test(key.slice(at - 1)) ? mark : '',
    );
}
