import { quantityOf, type Quantity } from './quantity.ts';
import { historicalPayload, signed, type SparkplugMetric, type SparkplugPayload } from './sparkplugProto.ts';

/** Live values that lie closer together than this are one reading. */
const GROUP_MS = 500;

/** What a birth told of one metric. */
export interface Known {
  name: string;
  quantity: Quantity | undefined;
  datatype: number;
}

export interface Value {
  name: string;
  quantity: Quantity;
  value: SparkplugMetric['value'];
}

/** The values of one moment. */
export interface Moment {
  tsMs: number;
  isHistorical: boolean;
  values: Map<string, Value>;
}

/** The values of a payload by moment, oldest first; null when an alias is not known. */
export function momentsOf(
  aliases: ReadonlyMap<number, Known>,
  payload: SparkplugPayload,
  receivedMs: number,
): Moment[] | null {
  const found: { tsMs: number; isHistorical: boolean; value: Value }[] = [];
  for (const metric of payload.metrics) {
    const known = metric.alias === null ? undefined : aliases.get(metric.alias);
    if (known === undefined && metric.name === null) return null;
    const name = metric.name ?? known!.name;
    const quantity = known?.quantity ?? quantityOf(name);
    if (quantity === undefined) continue;
    const value = valueOf(metric, name, quantity, metric.datatype || (known?.datatype ?? 0));
    const tsMs = metric.tsMs ?? payload.tsMs ?? receivedMs;
    found.push({ tsMs, isHistorical: metric.isHistorical, value });
  }
  found.sort((left, right) => left.tsMs - right.tsMs);
  const moments: Moment[] = [];
  for (const { tsMs, isHistorical, value } of found) {
    const last = moments.at(-1);
    const key = keyOf(value.quantity);
    const joins =
      last !== undefined &&
      last.isHistorical === isHistorical &&
      tsMs - last.tsMs < GROUP_MS &&
      !last.values.has(key);
    if (joins) last.values.set(key, value);
    else moments.push({ tsMs, isHistorical, values: new Map([[key, value]]) });
  }
  return moments;
}

export function keyOf(quantity: Quantity): string {
  return quantity.lineToLine ? `${quantity.column}~` : quantity.column;
}

export function valueOf(metric: SparkplugMetric, name: string, quantity: Quantity, datatype: number): Value {
  const { value } = metric;
  return { name, quantity, value: typeof value === 'number' ? signed(value, datatype) : value };
}

/** A refused reading in a form that decodes without its birth; the payload as it came where a value is no number. */
export function replayable(tsMs: number, values: ReadonlyMap<string, Value>): Uint8Array | undefined {
  const numbers: { name: string; value: number }[] = [];
  for (const { name, value } of values.values()) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (number === null) continue;
    if (typeof number !== 'number' || !Number.isSafeInteger(tsMs)) return undefined;
    numbers.push({ name, value: number });
  }
  return historicalPayload(tsMs, numbers);
}
