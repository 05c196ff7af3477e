import type { DecodeLimits, PayloadFamily, RouteRule, UnitScale } from './options.ts';
import { refusal, type Refusal } from './refusal.ts';

/** What a topic says of its payload. */
export interface Route {
  family: PayloadFamily;
  /** Supply organisation; empty where the topic does not name it. */
  org: string;
  /** Device, transformer or station as the topic names it; null when only the payload does. */
  id: string | null;
  /** Last level of a native topic. */
  kind: 'data' | 'event' | 'status' | 'meta' | 'forecast';
  scale: UnitScale;
  zoneOffsetMin: number;
  intervalS: number;
  timeFromArrival: boolean;
}

/** Longest id of a transformer, station or measuring point. */
const ID_LENGTH_MAX = 128;
const NO_SCALE: UnitScale = Object.freeze({});
/** Longer topics are routed each time: a cache of hostile topics must stay small. */
const CACHED_TOPIC_LENGTH_MAX = 256;
const NATIVE_PREFIX = 'pq/v1/';
const KINDS = new Map(
  (['data', 'event', 'status', 'meta'] as const).map((kind): [string, Route['kind']] => [kind, kind]),
);

/** An id that can be shown, stored and put back into a topic: no control or space characters, no MQTT wildcard. */
export function isId(text: unknown): text is string {
  if (typeof text !== 'string' || text.length === 0 || text.length > ID_LENGTH_MAX) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Digits, letters and what else stands above the slash: nearly every id is made of these alone.
    if (code > 0x2f && code < 0x7f) continue;
    // Up to the space; delete and C1 controls; + # /; the replacement character of broken UTF-8.
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0x2b || code === 0x23 || code === 0x2f) {
      return false;
    }
    if (code === 0xfffd) return false;
  }
  return true;
}

/** Whether a topic filter (MQTT 3.1.1 §4.7) matches a topic, both split into levels. */
export function filterMatches(filter: readonly string[], levels: readonly string[]): boolean {
  for (let i = 0; i < filter.length; i++) {
    const part = filter[i]!;
    if (part === '#') return true;
    if (i >= levels.length || (part !== '+' && part !== levels[i])) return false;
  }
  return filter.length === levels.length;
}

/** Finds the route of a topic: configured rules first, then the built-in topics. */
export class Router {
  readonly #rules: readonly { rule: RouteRule; filter: readonly string[] }[];
  readonly #limits: DecodeLimits;
  readonly #nativeIsRuled: boolean;
  /** First in, first out; native topics are read without it, their number is that of the transformers. */
  readonly #cache = new Map<string, Route | Refusal>();
  /** How the last native topic began, up to its id, and its organisation: there are few of them. At first, as none begins. */
  #orgPrefix = '/';
  #org = '';

  constructor(rules: readonly RouteRule[], limits: DecodeLimits) {
    this.#rules = rules.map((rule) => ({ rule, filter: rule.filter.split('/') }));
    this.#limits = limits;
    this.#nativeIsRuled = this.#rules.some(({ filter }) => ['pq', '+', '#'].includes(filter[0]!));
  }

  route(topic: string): Route | Refusal {
    if (!this.#nativeIsRuled && topic.startsWith(NATIVE_PREFIX)) return this.#native(topic);
    const known = this.#cache.get(topic);
    if (known !== undefined) return known;
    const found = this.#find(topic);
    if (topic.length > CACHED_TOPIC_LENGTH_MAX) return found;
    if (this.#cache.size >= this.#limits.routesCachedMax)
      this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(topic, found);
    return found;
  }

  #find(topic: string): Route | Refusal {
    // The limit is part of the split: a topic of 65,535 slashes must not become an array of that length.
    const levels = topic.split('/', this.#limits.topicLevelsMax + 1);
    if (levels.length > this.#limits.topicLevelsMax) {
      return refusal('topic-invalid', `more than ${this.#limits.topicLevelsMax} topic levels`);
    }
    for (const { rule, filter } of this.#rules) {
      if (filterMatches(filter, levels)) return this.#configured(rule, levels, topic);
    }
    if (topic.startsWith(NATIVE_PREFIX)) return this.#native(topic);
    if (topic.startsWith('weather/v1/')) return this.#weather(levels);
    if (levels[0] === 'spBv1.0') return this.#made('sparkplug', '', null);
    return (
      this.#terminal(levels) ?? refusal('unknown-format', 'no rule names the payload format of this topic')
    );
  }

  #native(topic: string): Route | Refusal {
    const isLikeLast = topic.startsWith(this.#orgPrefix);
    const orgEnd = isLikeLast ? this.#orgPrefix.length - 1 : topic.indexOf('/', NATIVE_PREFIX.length);
    const idEnd = orgEnd < 0 ? -1 : topic.indexOf('/', orgEnd + 1);
    if (idEnd < 0) return refusal('topic-invalid', 'expected pq/v1/{org}/{transformerId}/{kind}');
    // Without a slice for the one that nearly all are.
    const kind =
      topic.endsWith('/data') && topic.length === idEnd + 5 ? 'data' : KINDS.get(topic.slice(idEnd + 1));
    const org = isLikeLast ? this.#org : topic.slice(NATIVE_PREFIX.length, orgEnd);
    const id = topic.slice(orgEnd + 1, idEnd);
    if (kind === undefined)
      return refusal('topic-invalid', 'the last level is not data, event, status or meta');
    if (!(isLikeLast || isId(org)) || !isId(id))
      return refusal('topic-invalid', 'organisation or transformer id is not an id');
    if (!isLikeLast) {
      this.#orgPrefix = `${NATIVE_PREFIX}${org}/`;
      this.#org = org;
    }
    return this.#made('native', org, id, kind);
  }

  #weather(levels: readonly string[]): Route | Refusal {
    const [, , org, station] = levels;
    const isForecast = levels.length === 5 && levels[4] === 'forecast';
    if (!(levels.length === 4 || isForecast) || !isId(org) || !isId(station)) {
      return refusal('topic-invalid', 'expected weather/v1/{org}/{stationId}, or /forecast after it');
    }
    return this.#made('weather', org, station, isForecast ? 'forecast' : 'data');
  }

  /** `[bridge/…]{app}/notify/event/database/{model}/{model}_{guid}` and `[bridge/…]database/get/response/{app}/realtime`. */
  #terminal(levels: readonly string[]): Route | null {
    const at = levels.indexOf('database');
    if (at >= 3 && levels[at - 1] === 'event' && levels[at - 2] === 'notify' && levels.length === at + 3) {
      const model = levels[at + 1]!;
      const device = levels[at + 2]!;
      const guid = device.startsWith(`${model}_`) ? device.slice(model.length + 1) : device;
      return isId(guid) ? this.#made('terminal', '', guid) : null;
    }
    const response =
      at >= 0 && levels[at + 1] === 'get' && levels[at + 2] === 'response' && levels[at + 4] === 'realtime';
    return response && levels.length === at + 5 ? this.#made('terminal', '', null) : null;
  }

  #configured(rule: RouteRule, levels: readonly string[], topic: string): Route | Refusal {
    let base: Route | Refusal;
    // A bridge may have put levels before the native topic.
    if (rule.family === 'native') base = this.#native(topic.slice(Math.max(0, topic.indexOf(NATIVE_PREFIX))));
    else if (rule.family === 'weather' && rule.idLevel === undefined) base = this.#weather(levels);
    else if (rule.family === 'terminal' && rule.idLevel === undefined) {
      base = this.#terminal(levels) ?? this.#made('terminal', '', null);
    } else {
      const id = rule.idLevel === undefined ? null : levels[rule.idLevel];
      if (id !== null && !isId(id))
        return refusal('topic-invalid', `topic level ${rule.idLevel} is not an id`);
      base = this.#made(rule.family, '', id);
    }
    if ('reason' in base) return base;
    base.scale = rule.scale ?? base.scale;
    base.zoneOffsetMin = rule.zoneOffsetMin ?? base.zoneOffsetMin;
    base.intervalS = rule.intervalS ?? base.intervalS;
    base.timeFromArrival = rule.timeFromArrival ?? base.timeFromArrival;
    return base;
  }

  #made(family: PayloadFamily, org: string, id: string | null, kind: Route['kind'] = 'data'): Route {
    const { zoneOffsetMin } = this.#limits;
    return { family, org, id, kind, scale: NO_SCALE, zoneOffsetMin, intervalS: NaN, timeFromArrival: false };
  }
}
