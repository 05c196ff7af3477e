import { localPrincipal, type Principal } from '../../server/core/access.ts';
import { parseSeason, seasonOf } from '../../server/core/forecast/season.ts';
import type { GridModel, Transformer } from '../../server/core/grid.ts';
import type { MapDelta, MapSnapshot, RollUp } from '../../server/core/liveView.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import type { Clock, Logger } from '../../server/ports.ts';
import { runOf } from '../fixtures/readiness.ts';
import { fakeDesk } from './fakeDesk.ts';

/** A composed HTTP side over hand-made parts, for `app.request()` tests: no sockets. */

export const quietLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};

export function transformer(id: string, over: Partial<Transformer> = {}): Transformer {
  return {
    id,
    name: `${id} 公变`,
    org: 'county',
    areaId: 'A1',
    feederId: 'F1',
    lon: 119.4,
    lat: 30.2,
    capacityKva: 315,
    nominalV: 220,
    ukPct: 4,
    tapPosition: 3,
    tapStepPct: 2.5,
    tapCount: 5,
    customers: 80,
    importantCustomers: 0,
    lvRadiusM: 300,
    kind: 'rural',
    weatherStationId: null,
    attributes: {},
    ...over,
  };
}

export function gridModel(transformers: Transformer[]): GridModel {
  return {
    version: 7,
    areas: [{ id: 'A1', name: '河湾 Hewan', org: 'county' }],
    feeders: [{ id: 'F1', name: '10kV 合溪线', substationId: 'S1', substationName: '合溪变' }],
    transformers,
  };
}

const rollUp: RollUp = {
  transformers: 3,
  customers: 240,
  byCondition: [2, 0, 0, 0, 0, 1, 0, 0],
  customersLow: 80,
  customersOut: 0,
  worst: 'serious-low',
  worstV: 184.2,
};

export function mapSnapshot(model: GridModel, conditions: number[]): MapSnapshot {
  const t = model.transformers;
  return {
    gridVersion: model.version,
    generatedMs: 1000,
    simulated: false,
    areas: model.areas.map((a) => ({ id: a.id, name: a.name, nameEn: null, rollUp })),
    feeders: model.feeders.map((f) => ({
      id: f.id,
      name: f.name,
      nameEn: null,
      substationName: f.substationName,
      rollUp,
    })),
    transformers: {
      id: t.map((x) => x.id),
      name: t.map((x) => x.name),
      nameEn: t.map((x) => x.attributes['name_en'] ?? null),
      lon: t.map((x) => x.lon),
      lat: t.map((x) => x.lat),
      area: t.map(() => 0),
      feeder: t.map(() => 0),
      customers: t.map((x) => x.customers),
      important: t.map((x) => x.importantCustomers),
      capacityKva: t.map((x) => x.capacityKva),
      kind: t.map((x) => x.kind),
      nominalV: 220,
      condition: conditions,
      worstV: t.map(() => 230),
      loadPct: t.map(() => 40),
      tsMs: t.map(() => 900),
    },
    totals: { ...rollUp, completenessPct: 99.2 },
  };
}

export function mapDelta(tsMs: number): MapDelta {
  return {
    gridVersion: 7,
    tsMs,
    row: [0],
    condition: [4],
    worstV: [197],
    loadPct: [50],
    readingMs: [tsMs],
    areas: [],
    feeders: [],
    totals: { ...rollUp, completenessPct: 99.2 },
  };
}

/** A clock that stands still until told; timers run in `advance`. */
export function handClock(startMs = 1_000_000) {
  let nowMs = startMs;
  const timers: { atMs: number; run: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    after: (delayMs, run) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        const i = timers.indexOf(timer);
        if (i >= 0) timers.splice(i, 1);
      };
    },
  };
  const advance = (byMs: number): void => {
    nowMs += byMs;
    for (const timer of timers.filter((t) => t.atMs <= nowMs)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.run();
    }
  };
  return { clock, advance };
}

/** Everyone who asks is this one. */
export function signedInAs(principal: Principal | null): HttpDeps['access'] {
  const access: Partial<HttpDeps['access']> = {
    unnamed: async () => principal,
    ownerTokenHash: null,
    publicOrigin: null,
    sso: null,
    metrics: 'nobody',
  };
  return access as HttpDeps['access'];
}

/** Ids in order: n1, n2 … */
function numbered(): () => string {
  let last = 0;
  return () => `n${++last}`;
}

/** Plans nothing; the season is that of 1970. */
const fakePlan: HttpDeps['plan'] = {
  season: (id) => (id === undefined ? seasonOf('summer', 1970) : parseSeason(id)),
  request: async ({ kind, season, originDay, addedK }) =>
    runOf('asked', {
      kind,
      seasonId: season.id,
      state: 'running',
      ...(originDay === undefined ? {} : { originDay }),
      ...(addedK === undefined ? {} : { addedK }),
    }),
  dataArrived: () => undefined,
  progress: () => null,
  currency: 'CNY',
  judged: async (measure) => measure,
  worksheet: async (rows, sums) => new TextEncoder().encode(JSON.stringify([rows, sums])),
};

/** Parts that a test does not name throw when they are used. */
export function httpDeps(parts: Partial<HttpDeps>): HttpDeps {
  const base: Partial<HttpDeps> = {
    clock: handClock().clock,
    log: quietLog,
    allowedHosts: null,
    webRoot: 'web',
    components: async () => [{ name: 'store', ok: true, product: 'duckdb', detail: 'fine' }],
    metrics: async () => ({ contentType: 'text/plain', body: 'peakvolt_up 1\n' }),
    access: signedInAs(localPrincipal('local')),
    alerts: fakeDesk(),
    plan: fakePlan,
    newId: numbered(),
    backup: async () => ({ kind: 'busy' }),
    limitsOf: () => ({ nominalV: 220, lowV: 198, highV: 235.4 }),
    info: {
      version: '0.1.0',
      startedMs: 0,
      simulated: false,
      timeZone: 'Asia/Shanghai',
      seasons: { summer: { from: '06-15', to: '09-15' }, winter: { from: '12-01', to: '02-28' } },
      config: {},
    },
    ...parts,
  };
  return new Proxy(base, {
    get: (target, name: keyof HttpDeps) => {
      if (name in target) return target[name];
      return new Proxy({}, { get: (_, inner) => failing(`${String(name)}.${String(inner)}`) });
    },
  }) as HttpDeps;
}

function failing(name: string) {
  return () => {
    throw new Error(`the test did not provide ${name}`);
  };
}
