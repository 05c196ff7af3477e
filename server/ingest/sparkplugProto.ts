import protobuf from 'protobufjs/light.js';

/**
 * The part of Eclipse Sparkplug B 3.0 (§6.4.1, `sparkplug_b.proto`) that carries numbers: data sets, templates, meta data and
 * properties are skipped as unknown fields. Field numbers are those of the specification.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    // proto2 tells a zero that was sent from a value that was not: 0 V is an outage.
    Payload: {
      edition: 'proto2',
      fields: {
        timestamp: { type: 'uint64', id: 1 },
        metrics: { rule: 'repeated', type: 'Metric', id: 2 },
        seq: { type: 'uint64', id: 3 },
      },
    },
    Metric: {
      edition: 'proto2',
      fields: {
        name: { type: 'string', id: 1 },
        alias: { type: 'uint64', id: 2 },
        timestamp: { type: 'uint64', id: 3 },
        datatype: { type: 'uint32', id: 4 },
        isHistorical: { type: 'bool', id: 5 },
        isNull: { type: 'bool', id: 7 },
        intValue: { type: 'uint32', id: 10 },
        longValue: { type: 'uint64', id: 11 },
        floatValue: { type: 'float', id: 12 },
        doubleValue: { type: 'double', id: 13 },
        booleanValue: { type: 'bool', id: 14 },
        stringValue: { type: 'string', id: 15 },
      },
    },
  },
});
const payloadType = root.lookupType('Payload');

/** Data types of Sparkplug B 3.0 §6.4.16 that need care. */
const INT8 = 1;
const INT16 = 2;
const INT32 = 3;
const DOUBLE = 10;
const BOOLEAN = 11;
/** Decimal places that a float of 32 bits may keep: 221.3 arrives as 221.3000030517578. */
const FLOAT_DIGITS = 7;

export interface SparkplugMetric {
  name: string | null;
  alias: number | null;
  tsMs: number | null;
  datatype: number;
  isHistorical: boolean;
  /** Null where the metric is null or holds what we do not read (data set, template, bytes). */
  value: number | string | boolean | null;
}

export interface SparkplugPayload {
  tsMs: number | null;
  seq: number | null;
  metrics: SparkplugMetric[];
}

type Raw = Record<string, unknown>;
interface Long {
  toNumber(): number;
  toSigned(): Long;
}

/** Parses a payload; throws on anything that is not one. */
export function parseSparkplug(bytes: Uint8Array): SparkplugPayload {
  const payload = payloadType.decode(bytes) as unknown as Raw & { metrics: Raw[] };
  return {
    tsMs: unsigned(payload, 'timestamp'),
    seq: unsigned(payload, 'seq'),
    metrics: payload.metrics.map(parseMetric),
  };
}

/** Value of an integer metric whose data type a birth has told: small negative numbers travel as two's complement. */
export function signed(value: number, datatype: number): number {
  if (datatype === INT8) return (value << 24) >> 24;
  if (datatype === INT16) return (value << 16) >> 16;
  return datatype === INT32 ? value | 0 : value;
}

/** Some values of one moment as a payload that needs no birth: what is kept of a refused reading. */
export function historicalPayload(
  tsMs: number,
  values: readonly { name: string; value: number }[],
): Uint8Array {
  const metrics = values.map(({ name, value }) => ({
    name,
    timestamp: tsMs,
    datatype: DOUBLE,
    isHistorical: true,
    doubleValue: value,
  }));
  return payloadType.encode(payloadType.fromObject({ timestamp: tsMs, metrics })).finish();
}

/** The request for a new birth: `Node Control/Rebirth` = true (Sparkplug B 3.0 §6.4.19). */
export function rebirthPayload(nowMs: number): Uint8Array {
  const metric = {
    name: 'Node Control/Rebirth',
    timestamp: nowMs,
    datatype: BOOLEAN,
    booleanValue: true,
  };
  return payloadType.encode(payloadType.fromObject({ timestamp: nowMs, metrics: [metric] })).finish();
}

function parseMetric(raw: Raw): SparkplugMetric {
  return {
    name: has(raw, 'name') ? (raw['name'] as string) : null,
    alias: unsigned(raw, 'alias'),
    tsMs: unsigned(raw, 'timestamp'),
    datatype: has(raw, 'datatype') ? (raw['datatype'] as number) : 0,
    isHistorical: raw['isHistorical'] === true,
    value: raw['isNull'] === true ? null : valueOf(raw),
  };
}

function valueOf(raw: Raw): SparkplugMetric['value'] {
  if (has(raw, 'floatValue')) return Number((raw['floatValue'] as number).toPrecision(FLOAT_DIGITS));
  if (has(raw, 'doubleValue')) return raw['doubleValue'] as number;
  if (has(raw, 'intValue')) return raw['intValue'] as number;
  if (has(raw, 'longValue')) return long(raw['longValue'], true);
  if (has(raw, 'stringValue')) return raw['stringValue'] as string;
  if (has(raw, 'booleanValue')) return raw['booleanValue'] as boolean;
  return null;
}

function unsigned(raw: Raw, key: string): number | null {
  return has(raw, key) ? long(raw[key], false) : null;
}

/** A 64-bit integer; nothing that we read is beyond 2⁵³, and no measurement is beyond 2⁶³, so values may be read as signed. */
function long(value: unknown, isSigned: boolean): number {
  if (typeof value === 'number') return value;
  const whole = value as Long;
  return (isSigned ? whole.toSigned() : whole).toNumber();
}

/** proto2 presence: the decoder sets only what the message holds. */
function has(raw: Raw, key: string): boolean {
  return Object.hasOwn(raw, key);
}
