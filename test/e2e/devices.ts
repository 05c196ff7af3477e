import { connectAsync } from 'mqtt';

const STEP_MS = 60_000;

/** Publishes as a device of the native topic does, QoS 1; resolves when the broker has acknowledged all of it. */
export async function publish(brokerUrl: string, messages: readonly { topic: string; payload: string }[]) {
  const client = await connectAsync(brokerUrl, { protocolVersion: 4 });
  for (const { topic, payload } of messages) await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
}

/** One-minute readings of three equal phases, the last one of the minute that has just ended. */
export function minutes(transformerId: string, volts: readonly number[], point = 'outlet') {
  const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  return volts.map((u, i) => ({
    topic: `pq/v1/village/${transformerId}/data`,
    payload: JSON.stringify({
      v: 1,
      id: transformerId,
      ts: endMs - (volts.length - i) * STEP_MS,
      int: 60,
      u: { a: u, b: u, c: u },
      ...(point === 'outlet' ? { i: { a: 40, b: 40, c: 40 } } : { pt: point }),
    }),
  }));
}
