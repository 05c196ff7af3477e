import { Draft } from './draft.ts';
import type { Intake } from './intake.ts';
import { isObject, type JsonObject } from './json.ts';
import { quantityOf } from './quantity.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';
import { isId, type Route } from './route.ts';
import { timeMs } from './timestamp.ts';

/** Entries that lie closer than this belong to one reading: each point carries the millisecond at which it was written. */
const GROUP_MS = 500;

/** One value as a terminal names it. */
interface Entry {
  name: string;
  value: unknown;
  unit: unknown;
  time: unknown;
  /** As it came, for the dead letter. */
  raw: unknown;
}

/** The entries of one moment: one reading. */
interface Group {
  tsMs: number | null;
  entries: Entry[];
}

/** Makes a payload out of some entries again, such that it decodes by itself. */
type Wrap = (entries: readonly Entry[]) => unknown;

/**
 * 融合终端 (domain.md §2): `{"token","timestamp","body":[{"name","val","timestamp"}]}` of one device, named by the topic;
 * a realtime response, whose body lists devices (`{"dev","body":[…]}`); and the northbound form of an IoT platform,
 * `{"devices":[{"deviceId","services":[{"serviceId","eventTime","properties":{…}}]}]}`.
 */
export function decodeTerminal(element: unknown, route: Route, intake: Intake): Refusal | null {
  if (!isObject(element)) return refusal('unparsable', 'expected an object with body or devices', route.id);
  if (Array.isArray(element['devices'])) {
    eachUnit(
      element['devices'],
      intake,
      (device) => `{"devices":[${device}]}`,
      (device) => decodeDevice(device, route, intake),
    );
    return null;
  }
  const { body, ...head } = element;
  if (!Array.isArray(body)) return refusal('unparsable', 'no body list', route.id);
  const nested = body.filter((item) => isObject(item) && Array.isArray(item['body']));
  if (nested.length === 0) {
    if (route.id === null) return refusal('unparsable', 'neither topic nor body names the device', null);
    const wrap: Wrap = (entries) => ({ ...head, body: entries.map(({ raw }) => raw) });
    return decodeEntries(route.id, entriesOf(body, head['timestamp']), wrap, route, intake);
  }
  const open = (jsonOf(head) ?? '{}').slice(0, -1);
  const envelope = (device: string): string => `${open}${open === '{' ? '' : ','}"body":[${device}]}`;
  eachUnit(nested, intake, envelope, (device) => {
    const name = deviceName(isObject(device) ? (device['dev'] ?? device['guid']) : undefined, intake);
    if (name === null || !isObject(device))
      return refusal('unparsable', 'dev does not name the device', route.id);
    const { body: list, ...rest } = device;
    const wrap: Wrap = (entries) => ({ ...head, body: [{ ...rest, body: entries.map(({ raw }) => raw) }] });
    return decodeEntries(name, entriesOf(list as unknown[], head['timestamp']), wrap, route, intake);
  });
  return null;
}

/** One device of the northbound form; its services of one moment make one reading. */
function decodeDevice(device: unknown, route: Route, intake: Intake): Refusal | null {
  if (!isObject(device)) return refusal('unparsable', 'a device is an object', null);
  const name = deviceName(device['deviceId'] ?? device['nodeId'] ?? device['device_id'], intake);
  if (name === null) return refusal('unparsable', 'deviceId does not name the device', null);
  const services = device['services'];
  if (!Array.isArray(services)) return refusal('unparsable', 'no services', name);
  const entries: Entry[] = [];
  for (const service of services) {
    if (!isObject(service)) continue;
    const values = service['properties'] ?? service['data'];
    if (!isObject(values)) continue;
    const time = service['eventTime'] ?? service['event_time'];
    for (const [key, value] of Object.entries(values)) {
      if (quantityOf(key) === undefined) continue;
      entries.push({
        name: key,
        value,
        unit: undefined,
        time,
        raw: [service['serviceId'], time, key, value],
      });
    }
  }
  const wrap: Wrap = (kept) => ({
    devices: [
      {
        deviceId: device['deviceId'] ?? device['nodeId'] ?? device['device_id'],
        services: kept.map(({ raw }) => serviceOf(raw as [unknown, unknown, string, unknown])),
      },
    ],
  });
  return decodeEntries(name, entries, wrap, route, intake);
}

function serviceOf([serviceId, eventTime, key, value]: [unknown, unknown, string, unknown]): JsonObject {
  return { serviceId, eventTime, properties: { [key]: value } };
}

/** Decodes the parts of a list; each refused one is kept in its envelope, and beyond the limit the rest together. */
function eachUnit(
  units: readonly unknown[],
  intake: Intake,
  envelope: (unit: string) => string,
  decode: (unit: unknown) => Refusal | null,
): void {
  if (units.length === 0) intake.refuse(refusal('unparsable', 'an empty list'));
  for (let i = 0; i < units.length; i++) {
    if (intake.refusals >= intake.limits.elementRefusalsMax) {
      const rest = units.slice(i);
      const text = jsonOf(rest)?.slice(1, -1);
      intake.refuse(
        refusal('too-large', tooMany(intake, rest.length)),
        text === undefined ? undefined : envelope(text),
      );
      return;
    }
    const refused = decode(units[i]);
    if (refused === null) continue;
    const text = jsonOf(units[i]);
    intake.refuse(refused, text === undefined ? undefined : envelope(text));
  }
}

function entriesOf(body: readonly unknown[], time: unknown): Entry[] {
  const entries: Entry[] = [];
  for (const raw of body) {
    if (!isObject(raw)) continue;
    const name = raw['name'];
    if (typeof name !== 'string' || quantityOf(name) === undefined) continue;
    entries.push({
      name,
      value: raw['val'] ?? raw['value'],
      unit: raw['unit'],
      time: raw['timestamp'] ?? time,
      raw: raw['timestamp'] === undefined && time !== undefined ? { ...raw, timestamp: time } : raw,
    });
  }
  return entries;
}

/** Groups the entries of one device by moment and takes each as a reading; parts that are refused keep their envelope. */
function decodeEntries(
  name: string,
  entries: readonly Entry[],
  wrap: Wrap,
  route: Route,
  intake: Intake,
): Refusal | null {
  const transformerId = intake.idOf(name);
  if (entries.length === 0) return refusal('no-voltage', 'no point that we know', transformerId);
  const groups = [...grouped(entries, route, intake).values()];
  for (let i = 0; i < groups.length; i++) {
    if (intake.refusals >= intake.limits.elementRefusalsMax) {
      const rest = groups.slice(i);
      const why = refusal('too-large', tooMany(intake, rest.length), transformerId);
      intake.refuse(why, jsonOf(wrap(rest.flatMap((group) => group.entries))));
      return null;
    }
    const refused = decodeGroup(transformerId, groups[i]!, route, intake);
    // The only group is the whole: the caller keeps it as it came.
    if (refused !== null && groups.length === 1) return refused;
    if (refused !== null) intake.refuse(refused, jsonOf(wrap(groups[i]!.entries)));
  }
  return null;
}

function decodeGroup(transformerId: string, group: Group, route: Route, intake: Intake): Refusal | null {
  const { tsMs, entries } = group;
  if (tsMs === null) {
    return refusal('unparsable', `${quoted(entries[0]!.time)} is not a time`, transformerId);
  }
  const draft = new Draft(transformerId, tsMs);
  draft.reading.intervalS = route.intervalS;
  for (const { name, value, unit } of entries) {
    const refused = draft.put(name, value, unit, route.scale);
    if (refused !== null) return refused;
  }
  return intake.accept(draft.finish());
}

/** Entries by moment. A key is a slot of {@link GROUP_MS}; an entry joins the slot beside its own when that began close by. */
function grouped(entries: readonly Entry[], route: Route, intake: Intake): Map<number, Group> {
  const groups = new Map<number, Group>();
  for (const entry of entries) {
    const arrival = entry.time === undefined && route.timeFromArrival ? intake.receivedMs : null;
    const tsMs = arrival ?? timeMs(entry.time, route.zoneOffsetMin);
    const slot = tsMs === null ? NaN : Math.floor(tsMs / GROUP_MS);
    const group = near(groups, slot, tsMs) ?? near(groups, slot - 1, tsMs) ?? near(groups, slot + 1, tsMs);
    if (group === undefined) groups.set(slot, { tsMs, entries: [entry] });
    else group.entries.push(entry);
  }
  return groups;
}

function near(groups: ReadonlyMap<number, Group>, slot: number, tsMs: number | null): Group | undefined {
  const group = groups.get(slot);
  if (group === undefined || group.tsMs === null || tsMs === null) return group;
  return Math.abs(group.tsMs - tsMs) < GROUP_MS ? group : undefined;
}

/** A device's name as the registry may know it: whole, or without the model before the first `_`. */
function deviceName(text: unknown, intake: Intake): string | null {
  if (!isId(text)) return null;
  if (intake.knows(text)) return text;
  const guid = text.slice(text.indexOf('_') + 1);
  return intake.knows(guid) ? guid : text;
}

function tooMany(intake: Intake, rest: number): string {
  return `${intake.refusals} parts refused; the other ${rest} are kept together, unread`;
}

/** JSON of a part; undefined when it nests deeper than the stack, and the whole payload is kept instead. */
function jsonOf(part: unknown): string | undefined {
  try {
    return JSON.stringify(part);
  } catch {
    return undefined;
  }
}
