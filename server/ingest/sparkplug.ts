import { READING_FLAG } from '../core/reading.ts';
import { Draft } from './draft.ts';
import type { Intake } from './intake.ts';
import type { DecodeLimits } from './options.ts';
import { quantityOf } from './quantity.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';
import { isId, type Route } from './route.ts';
import { parseSparkplug, rebirthPayload, type SparkplugPayload } from './sparkplugProto.ts';
import {
  keyOf,
  momentsOf,
  replayable,
  valueOf,
  type Known,
  type Moment,
  type Value,
} from './sparkplugValues.ts';

/** Sequence numbers wrap after 255 (Sparkplug B 3.0 §6.4.5). */
const SEQ_COUNT = 256;
/** Report by exception: values hold until they change, so the latest of each makes the next reading whole. */
interface Device {
  held: Map<string, Value>;
  lastTsMs: number;
}

interface Node {
  bdSeq: number | null;
  /** Sequence number that the next message must carry; null before the first birth. */
  nextSeq: number | null;
  lastTsMs: number;
  aliases: Map<number, Known>;
  devices: Map<string, Device>;
  rebirthAskedMs: number;
}

/** Where a message stands, from its topic `spBv1.0/{group}/{type}/{node}[/{device}]`. */
interface Address {
  type: string;
  group: string;
  node: string;
  /** Empty for the node's own metrics. */
  device: string;
}

/**
 * A Sparkplug B host application: remembers births (names, aliases, data types), follows sequence numbers, and asks for a
 * rebirth when it has missed something. The device is the transformer; a node's own metrics speak of the node's id.
 */
export class SparkplugHost {
  readonly #limits: DecodeLimits;
  readonly #nodes = new Map<string, Node>();

  constructor(limits: DecodeLimits) {
    this.#limits = limits;
  }

  decode(intake: Intake, route: Route): void {
    const [, group, type, nodeId, deviceId = ''] = intake.topic.split('/');
    // Host states and commands, ours among them, say nothing of the grid.
    if (group === 'STATE' || type === 'NCMD' || type === 'DCMD') return;
    const isDevice = type?.startsWith('D') === true;
    const levels = isDevice ? isId(deviceId) : deviceId === '';
    if (!isId(group) || !isId(nodeId) || !levels || !/^[ND](?:BIRTH|DEATH|DATA)$/.test(type ?? '')) {
      return intake.refuse(refusal('topic-invalid', 'expected spBv1.0/{group}/{type}/{node}[/{device}]'));
    }
    if (intake.payload.length > this.#limits.arrayBytesMax) {
      return intake.refuse(refusal('too-large', `${intake.payload.length} bytes`));
    }
    const address: Address = { type: type!, group, node: nodeId, device: deviceId };
    const transformerId = intake.idOf(deviceId || nodeId);
    let payload: SparkplugPayload;
    try {
      payload = parseSparkplug(intake.payload);
    } catch (error) {
      const text = error instanceof Error ? error.message : error;
      return intake.refuse(refusal('unparsable', quoted(text), transformerId));
    }
    if (payload.metrics.length > this.#limits.sparkplugMetricsMax) {
      return intake.refuse(refusal('too-large', `${payload.metrics.length} metrics`, transformerId));
    }
    this.#take(address, payload, transformerId, intake, route);
  }

  #take(address: Address, payload: SparkplugPayload, id: string, intake: Intake, route: Route): void {
    const node = this.#node(`${address.group}/${address.node}`);
    switch (address.type) {
      case 'NDEATH':
        return this.#nodeDeath(node, address, payload, intake);
      case 'DDEATH':
        this.#follow(node, address, payload, intake);
        node.devices.delete(address.device);
        return report(intake, address, id, false);
      case 'NBIRTH':
        node.bdSeq = bdSeqOf(payload);
        node.nextSeq = ((payload.seq ?? 0) + 1) % SEQ_COUNT;
        node.lastTsMs = Math.min(payload.tsMs ?? intake.receivedMs, intake.receivedMs + this.#limits.skewMs);
        node.aliases.clear();
        node.devices.clear();
        node.rebirthAskedMs = -Infinity;
        return this.#birth(node, address, payload, id, intake, route);
      case 'DBIRTH':
        this.#follow(node, address, payload, intake);
        report(intake, address, id, true);
        return this.#birth(node, address, payload, id, intake, route);
      default:
        return this.#data(node, address, payload, id, intake, route);
    }
  }

  #node(key: string): Node {
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    if (this.#nodes.size >= this.#limits.sparkplugNodesMax) {
      this.#nodes.delete(this.#nodes.keys().next().value!);
    }
    const node: Node = {
      bdSeq: null,
      nextSeq: null,
      lastTsMs: -Infinity,
      aliases: new Map(),
      devices: new Map(),
      rebirthAskedMs: -Infinity,
    };
    this.#nodes.set(key, node);
    return node;
  }

  /** The last will counts only for the session that it was given with: a late one must not end its successor. */
  #nodeDeath(node: Node, address: Address, payload: SparkplugPayload, intake: Intake): void {
    const bdSeq = bdSeqOf(payload);
    if (node.nextSeq === null || (bdSeq !== null && node.bdSeq !== null && bdSeq !== node.bdSeq)) return;
    for (const device of node.devices.keys())
      report(intake, address, intake.idOf(device || address.node), false);
    this.#nodes.delete(`${address.group}/${address.node}`);
  }

  /**
   * Follows the sequence number.
   *
   * @returns `live` when in order, `late` for a message from the past (repeated or replayed), `gap` when some are missing
   */
  #follow(node: Node, address: Address, payload: SparkplugPayload, intake: Intake): 'live' | 'late' | 'gap' {
    const { seq } = payload;
    // A mad clock must not make every later message look old.
    const tsMs = Math.min(payload.tsMs ?? intake.receivedMs, intake.receivedMs + this.#limits.skewMs);
    if (seq === null) return 'late';
    if (seq === node.nextSeq) {
      node.nextSeq = (seq + 1) % SEQ_COUNT;
      node.lastTsMs = Math.max(node.lastTsMs, tsMs);
      return 'live';
    }
    const isRepeated =
      node.nextSeq !== null && (seq + 1) % SEQ_COUNT === node.nextSeq && tsMs === node.lastTsMs;
    if (isRepeated || tsMs < node.lastTsMs) return 'late';
    if (node.nextSeq !== null) {
      node.nextSeq = (seq + 1) % SEQ_COUNT;
      // What was missed may have changed any of them.
      for (const device of node.devices.values()) device.held.clear();
    }
    node.lastTsMs = tsMs;
    this.#askRebirth(node, address, intake);
    return 'gap';
  }

  #askRebirth(node: Node, address: Address, intake: Intake): void {
    const sinceMs = intake.receivedMs - node.rebirthAskedMs;
    if (sinceMs >= 0 && sinceMs < this.#limits.rebirthRetryMs) return;
    node.rebirthAskedMs = intake.receivedMs;
    const topic = `spBv1.0/${address.group}/NCMD/${address.node}`;
    intake.send({ topic, payload: rebirthPayload(intake.receivedMs) });
  }

  /** Learns the metrics, and takes their values as a reading of the time of the birth. */
  #birth(
    node: Node,
    address: Address,
    payload: SparkplugPayload,
    id: string,
    intake: Intake,
    route: Route,
  ): void {
    const values = new Map<string, Value>();
    const tsMs = payload.tsMs ?? intake.receivedMs;
    for (const metric of payload.metrics) {
      const name = metric.name ?? '';
      const quantity = quantityOf(name);
      if (metric.alias !== null && node.aliases.size < this.#limits.sparkplugMetricsMax) {
        // The name of a metric that is none of ours may be of any length, and is not needed.
        const known = { name: quantity ? name : '', quantity, datatype: metric.datatype };
        node.aliases.set(metric.alias, known);
      }
      if (quantity !== undefined)
        values.set(keyOf(quantity), valueOf(metric, name, quantity, metric.datatype));
    }
    if (values.size > 0) {
      const device = this.#device(node, address.device);
      device.held = values;
      device.lastTsMs = Math.min(tsMs, intake.receivedMs);
      return this.#emit({ tsMs, isHistorical: false, values }, values, id, 0, intake, route);
    }
    if (address.device !== '')
      intake.refuse(refusal('no-voltage', 'the birth names no metric that we know', id));
  }

  #device(node: Node, id: string): Device {
    const known = node.devices.get(id);
    if (known !== undefined) return known;
    if (node.devices.size >= this.#limits.sparkplugMetricsMax)
      node.devices.delete(node.devices.keys().next().value!);
    const device = { held: new Map<string, Value>(), lastTsMs: -Infinity };
    node.devices.set(id, device);
    return device;
  }

  #data(
    node: Node,
    address: Address,
    payload: SparkplugPayload,
    id: string,
    intake: Intake,
    route: Route,
  ): void {
    const order = this.#follow(node, address, payload, intake);
    const moments = momentsOf(node.aliases, payload, intake.receivedMs);
    if (moments === null) {
      this.#askRebirth(node, address, intake);
      return intake.refuse(refusal('sequence-gap', 'an alias without a birth; a rebirth was asked for', id));
    }
    const device = this.#device(node, address.device);
    for (const moment of moments) {
      const isCredible = moment.tsMs <= intake.receivedMs + this.#limits.futureMsMax;
      const isLive = order !== 'late' && !moment.isHistorical && moment.tsMs >= device.lastTsMs && isCredible;
      if (isLive) {
        for (const [key, value] of moment.values) device.held.set(key, value);
        device.lastTsMs = moment.tsMs;
      }
      this.#emit(
        moment,
        isLive ? device.held : moment.values,
        id,
        order === 'gap' ? READING_FLAG.gap : 0,
        intake,
        route,
      );
    }
  }

  #emit(
    moment: Moment,
    values: ReadonlyMap<string, Value>,
    id: string,
    flags: number,
    intake: Intake,
    route: Route,
  ): void {
    const draft = new Draft(id, moment.tsMs);
    draft.reading.intervalS = route.intervalS;
    let refused: Refusal | null = null;
    for (const { name, quantity, value } of values.values()) {
      refused ??= draft.putQuantity(quantity, name, value, undefined, route.scale);
    }
    draft.reading.flags |= flags | (moment.isHistorical ? READING_FLAG.history : 0);
    refused ??= intake.accept(draft.finish());
    if (refused === null) return;
    const isWaiting = flags !== 0 && refused.reason === 'no-voltage';
    const why = isWaiting
      ? refusal('sequence-gap', 'no voltage since a gap; a rebirth was asked for', id)
      : refused;
    intake.refuse(why, replayable(moment.tsMs, values));
  }
}

function bdSeqOf(payload: SparkplugPayload): number | null {
  const value = payload.metrics.find(({ name }) => name === 'bdSeq')?.value;
  return typeof value === 'number' ? value : null;
}

function report(intake: Intake, address: Address, transformerId: string, online: boolean): void {
  const { receivedMs } = intake;
  intake.out.reports.push({
    kind: 'status',
    transformerId,
    org: address.group,
    receivedMs,
    body: { online },
  });
}
