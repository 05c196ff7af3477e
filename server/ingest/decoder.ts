import type { GridModel } from '../core/grid.ts';
import type { IngestBatch } from '../core/reading.ts';
import { decodeFlat } from './flatJson.ts';
import { Intake, type OutboundCommand } from './intake.ts';
import { decodeJson } from './json.ts';
import { decodeLines } from './lineProtocol.ts';
import { decodeNative, decodeReport } from './native.ts';
import { DECODE_LIMITS, type DecoderOptions } from './options.ts';
import { Router, type Route } from './route.ts';
import { SparkplugHost } from './sparkplug.ts';
import { decodeTerminal } from './terminal.ts';
import { decodeWeather, decodeWeatherForecast } from './weather.ts';

/**
 * Turns MQTT messages into readings, weather, device reports and dead letters. It never throws on any input, and does no
 * I/O; Sparkplug needs memory between messages, so one decoder serves one stream of messages, in their order.
 */
export interface Decoder {
  /**
   * Appends what the message says to `out`: each input unit (a reading, a sample, an array element, a line) as exactly one
   * entry. A dead letter can be decoded again with its own topic and payload.
   *
   * @returns messages to publish, mostly none: requests for a Sparkplug rebirth
   */
  decode(topic: string, payload: Uint8Array, receivedMs: number, out: IngestBatch): OutboundCommand[];
  /** Readings of transformers outside the model are refused as unknown; before the first call all are. */
  setGrid(model: GridModel): void;
}

export function createDecoder(options: DecoderOptions): Decoder {
  const limits = { ...DECODE_LIMITS, ...options.limits };
  const intake = new Intake(limits, options.newId, options.aliases ?? {});
  const router = new Router(options.routes ?? [], limits);
  const sparkplug = new SparkplugHost(limits);
  return {
    decode(topic, payload, receivedMs, out) {
      intake.begin(topic, payload, receivedMs, out);
      const route = router.route(topic);
      if ('reason' in route) intake.refuse(route);
      else decodeBy(route, intake, sparkplug);
      return intake.end();
    },
    setGrid(model) {
      intake.setGrid(model);
    },
  };
}

function decodeBy(route: Route, intake: Intake, sparkplug: SparkplugHost): void {
  const { readingBytesMax, arrayBytesMax } = intake.limits;
  switch (route.family) {
    case 'native':
      if (route.kind === 'data') decodeJson(intake, route, decodeNative, readingBytesMax);
      // An empty retained message is how MQTT forgets one: it says nothing.
      else if (intake.payload.length > 0) decodeJson(intake, route, decodeReport, readingBytesMax);
      return;
    case 'weather':
      return route.kind === 'forecast'
        ? decodeJson(intake, route, decodeWeatherForecast, arrayBytesMax)
        : decodeJson(intake, route, decodeWeather, readingBytesMax);
    case 'terminal':
      return decodeJson(intake, route, decodeTerminal, arrayBytesMax);
    case 'flat':
      return decodeJson(intake, route, decodeFlat, readingBytesMax);
    case 'line':
      return decodeLines(intake, route);
    case 'sparkplug':
      return sparkplug.decode(intake, route);
  }
}
