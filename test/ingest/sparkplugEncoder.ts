import protobuf from 'protobufjs/light.js';

/** Writes Sparkplug B payloads as an edge node does; independent of the decoder's own copy of the format. */
const payload = new protobuf.Type('Payload');
const metric = new protobuf.Type('Metric');
const other = new protobuf.Type('DataSet').add(new protobuf.Field('columns', 1, 'uint64'));
payload
  .add(new protobuf.Field('timestamp', 1, 'uint64'))
  .add(new protobuf.Field('metrics', 2, 'Metric', 'repeated'))
  .add(new protobuf.Field('seq', 3, 'uint64'))
  .add(new protobuf.Field('uuid', 4, 'string'))
  .add(new protobuf.Field('body', 5, 'bytes'));
const FIELDS: readonly [name: string, id: number, type: string][] = [
  ['name', 1, 'string'],
  ['alias', 2, 'uint64'],
  ['timestamp', 3, 'uint64'],
  ['datatype', 4, 'uint32'],
  ['is_historical', 5, 'bool'],
  ['is_null', 7, 'bool'],
  ['int_value', 10, 'uint32'],
  ['long_value', 11, 'uint64'],
  ['float_value', 12, 'float'],
  ['double_value', 13, 'double'],
  ['boolean_value', 14, 'bool'],
  ['string_value', 15, 'string'],
  ['dataset_value', 17, 'DataSet'],
];
for (const [name, id, type] of FIELDS) metric.add(new protobuf.Field(name, id, type));
new protobuf.Root().define('test').add(payload).add(metric).add(other);

export interface MetricFields {
  name?: string;
  alias?: number;
  timestamp?: number;
  datatype?: number;
  is_historical?: boolean;
  is_null?: boolean;
  int_value?: number;
  long_value?: number;
  float_value?: number;
  double_value?: number;
  boolean_value?: boolean;
  string_value?: string;
  dataset_value?: { columns?: number };
}

export function encode(fields: { timestamp?: number; seq?: number; metrics?: MetricFields[] }): Uint8Array {
  return payload.encode(payload.create(fields)).finish();
}

export function decode(bytes: Uint8Array): Record<string, unknown> {
  return payload.toObject(payload.decode(bytes), { longs: Number, arrays: true });
}
