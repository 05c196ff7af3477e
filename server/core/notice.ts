/**
 * What the parts can say of themselves, and what each sentence holds: the one list for the server, which says it in
 * English, and for the pages, which say it in the language of their reader. `answer` and `error` are quoted from
 * another program and stay as they are.
 */
export interface NoticeValues {
  'mqtt-connected': { address: string };
  /** Connected; reading waits until messages are stored. */
  'mqtt-paused': { address: string };
  'mqtt-connecting': { address: string };
  'mqtt-stopped': { address: string };
  'mqtt-credentials': { address: string };
  'mqtt-client-id': { address: string };
  'mqtt-version': { address: string };
  'mqtt-busy': { address: string };
  'mqtt-not-allowed': { address: string };
  'mqtt-certificate-unknown': { address: string };
  'mqtt-certificate-expired': { address: string };
  'mqtt-certificate-name': { address: string };
  'mqtt-certificate-wanted': { address: string };
  'mqtt-nothing-listens': { address: string };
  'mqtt-host-unknown': { address: string };
  'mqtt-no-name-service': { address: string };
  'mqtt-silent': { address: string };
  'mqtt-no-route': { address: string };
  'mqtt-tls': { address: string; error: string };
  'mqtt-failed': { address: string; error: string };
  'mqtt-subscription-refused': { address: string; filters: string; answer: string };
  'mqtt-cut-short': { address: string; clientId: string };
  'embedded-broker': { address: string; clients: number };
  /** Publishes wait until messages are stored. */
  'embedded-broker-paused': { address: string; clients: number };
  'embedded-broker-stopped': Record<never, never>;
  'duckdb-well': { points: number; megabytes: number };
  'duckdb-stopped': Record<never, never>;
  'duckdb-write-failed': { error: string; folder: string };
  'influx-well': { host: string };
  'influx-login': { answer: string };
  'influx-right': { answer: string };
  'influx-missing': { answer: string };
  'influx-not-influx': { answer: string };
  /** It answers, but that it cannot. */
  'influx-trouble': { answer: string };
  'influx-unreachable': { error: string };
  'influx-silent': Record<never, never>;
  'database-well': { schema: string };
  'database-schema': { schema: string; needed: string };
  'sqlite-stopped': { place: string };
  'sqlite-failed': { place: string; error: string };
  'postgresql-stopped': { place: string };
  'postgresql-failed': { place: string; error: string };
  'flow-well': { batches: number };
  'flow-conservation': { readings: number };
  'flow-spool-refuses': { error: string };
  /** Readings wait in the spool; the cause is the store's. */
  'flow-store-away': Record<never, never>;
  'alerting-starting': Record<never, never>;
  'alerting-proven': { minutes: number };
  'alerting-overdue': Record<never, never>;
  'planning-done': { hours: number };
  'planning-no-weather': Record<never, never>;
  /** The cause is the run's. */
  'planning-failed': Record<never, never>;
  'run-no-transformer': Record<never, never>;
  'run-no-history': Record<never, never>;
  'run-season-not-over': Record<never, never>;
  'run-baseline-no-weather': Record<never, never>;
  'run-no-weather-forecast': Record<never, never>;
  /** Stations that a forecast is stored of; none has measured. */
  'run-no-weather-measured': { forecasts: string };
  'run-weather-unmatched': { forecasts: string; stations: string };
  'run-store-failed': { error: string };
  /** Nobody foresaw it. */
  'run-unexpected': { error: string };
  'store-silent': { seconds: number };
  'store-failed': { error: string };
  'dead-letters-failed': { error: string };
  'part-silent': { seconds: number };
  'part-failed': { error: string };
}

export type NoticeCode = keyof NoticeValues;

/** A sentence as its code and values, beside the English one. */
export type Notice = { [C in NoticeCode]: { code: C; values: NoticeValues[C] } }[NoticeCode];

/** What a part says of itself, and of the other part that is to blame. */
export type HealthNotice = Notice & { cause?: Notice | undefined };
