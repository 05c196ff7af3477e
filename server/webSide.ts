import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createMetrics } from './adapters/metrics.ts';
import { newUuid7 } from './adapters/uuid7.ts';
import { isLoopbackHost, redacted, type Config } from './config.ts';
import type { Component } from './components.ts';
import type { Engine } from './core/engine.ts';
import { OUTLET_POINT } from './core/reading.ts';
import { createHttpApp } from './http/app.ts';
import type { HttpAccess, HttpDeps } from './http/deps.ts';
import { LiveHub } from './http/live.ts';
import { liveBackup } from './liveBackup.ts';
import { WEB_ROOT } from './paths.ts';
import { isImportKind, runImport } from './pipeline/imports/runImport.ts';
import type { Pipeline } from './pipeline/readings.ts';
import type { AlertDesk, Clock, Database, Logger, MessageSource, PlanDesk, ReadingStore } from './ports.ts';
import { ruleDesk } from './replayRule.ts';
import { limitsFor } from './storage.ts';
import { VERSION } from './version.ts';

/** Names of this machine for itself. */
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
/** Connections that linger after a stop (live streams) are cut after this. */
const CLOSE_GRACE_MS = 1_000;

export interface WebSideParts {
  config: Config;
  clock: Clock;
  log: Logger;
  database: Database;
  store: ReadingStore;
  source: MessageSource;
  engine: Engine;
  pipeline: Pipeline;
  alerts: AlertDesk;
  plan: PlanDesk;
  components: () => Promise<Component[]>;
  simulated: boolean;
  access: HttpAccess;
}

/** Pages, API and live stream over the running parts; resolves when it listens. */
export async function startWebSide(parts: WebSideParts): Promise<{ url: string; stop(): Promise<void> }> {
  const { config, clock, pipeline, alerts } = parts;
  const hub = new LiveHub(pipeline.live, clock, randomUUID(), alerts);
  const server = createAdaptorServer({
    fetch: createHttpApp(httpDeps(parts, hub), hub).fetch,
  }) as Server;
  // The whole of a request counts, and a long import streams its file for longer than Node's five minutes.
  server.requestTimeout = 0;
  const url = await listen(server, config.http);
  hub.start();
  return {
    url,
    async stop() {
      hub.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cancel = clock.after(CLOSE_GRACE_MS, () => server.closeAllConnections());
      await closed;
      cancel();
    },
  };
}

function httpDeps(parts: WebSideParts, hub: LiveHub): HttpDeps {
  const { config, clock, log, database, store, source, engine, pipeline, components } = parts;
  const { live } = pipeline;
  return {
    clock,
    log,
    database,
    store,
    source,
    live: {
      snapshot: () => live.snapshot(),
      onDelta: (listener) => live.onDelta(listener),
      transformer: (id) => engine.transformerLive(id),
      replayDay: () => engine.replayDay(),
    },
    pipeline,
    alerts: parts.alerts,
    plan: parts.plan,
    newId: newUuid7,
    grid: () => pipeline.grid(),
    replayDeadLetter: (letter) => pipeline.replay(letter),
    async register(grid, validFromMs) {
      await database.registry.upsert(grid, { validFromMs });
      await pipeline.reloadGrid();
    },
    async runImport(kind, body, options) {
      if (!isImportKind(kind)) throw new Error(`there is no import of ${kind}`);
      const report = await runImport(kind, body, options, { ...database, clock, store });
      if (kind === 'registry' && !report.dryRun) await pipeline.reloadGrid();
      if (!report.dryRun) parts.plan.dataArrived();
      return report;
    },
    backup: liveBackup({ ...parts, spooled: () => pipeline.status().conservation.spooled }),
    rules: ruleDesk(config, store, () => pipeline.grid()),
    limitsOf: (transformer) => limitsFor(config, transformer, OUTLET_POINT),
    info: {
      version: VERSION,
      startedMs: clock.nowMs(),
      simulated: parts.simulated,
      timeZone: config.timeZone,
      seasons: config.seasons,
      config: redacted(config),
    },
    access: parts.access,
    allowedHosts: allowedHosts(config),
    metrics: createMetrics({
      status: () => pipeline.status(),
      components,
      source: () => source.health(),
      liveClients: () => hub.clients,
      customersLow: () => live.snapshot().totals.customersLow,
    }),
    components,
    webRoot: WEB_ROOT,
  };
}

/**
 * Beyond loopback any name will do unless some are listed: a page that bound a name of its own to our address comes
 * without our cookie.
 */
function allowedHosts({ http }: Config): ReadonlySet<string> | null {
  if (!isLoopbackHost(http.host) && http.allowedHosts.length === 0) return null;
  const own = http.publicUrl === undefined ? [] : [new URL(http.publicUrl).hostname];
  return new Set([...LOOPBACK_NAMES, ...own, ...http.allowedHosts.map((name) => name.toLowerCase())]);
}

function listen(server: Server, { host, port }: Config['http']): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} on ${host} is taken. Set another one with PORT, or stop what listens there.`,
            )
          : error,
      );
    });
    server.listen(port, host, () => {
      const { address, family, port: bound } = server.address() as AddressInfo;
      const name =
        address === '0.0.0.0' || address === '::'
          ? '127.0.0.1'
          : family === 'IPv6'
            ? `[${address}]`
            : address;
      resolve(`http://${name}:${bound}`);
    });
  });
}
