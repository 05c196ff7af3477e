import { Engine } from '../../server/core/engine.ts';
import type { ConditionEvent } from '../../server/core/event.ts';
import type { GridModel, Transformer } from '../../server/core/grid.ts';
import { emptyReading, OUTLET_POINT, type Reading } from '../../server/core/reading.ts';
import type { EngineOptions } from '../../server/core/settings.ts';

/** Midnight UTC, on a 10-minute tick; minutes of a timeline count from here. */
export const START_MS = Date.UTC(2026, 6, 1);
export const MINUTE_MS = 60_000;

export function transformer(id: string, over: Partial<Transformer> = {}): Transformer {
  return {
    id,
    name: id,
    org: 'org',
    areaId: 'A1',
    feederId: 'F1',
    lon: null,
    lat: null,
    capacityKva: 100,
    nominalV: 220,
    ukPct: null,
    tapPosition: null,
    tapStepPct: null,
    tapCount: null,
    customers: 10,
    importantCustomers: 0,
    lvRadiusM: null,
    kind: 'mixed',
    weatherStationId: null,
    attributes: {},
    ...over,
  };
}

export function gridOf(...transformers: Transformer[]): GridModel {
  const areas = [...new Set(transformers.map((t) => t.areaId))];
  const feeders = [...new Set(transformers.map((t) => t.feederId))];
  return {
    version: 1,
    areas: areas.map((id) => ({ id, name: id, org: 'org' })),
    feeders: feeders.map((id) => ({ id, name: id, substationId: 'S1', substationName: 'S1' })),
    transformers,
  };
}

export function readingAt(minute: number, over: Partial<Reading> = {}): Reading {
  return { ...emptyReading('T1', OUTLET_POINT, START_MS + minute * MINUTE_MS), ...over };
}

/** One transformer whose days are told in minutes; events come out as short lines. */
export class Timeline {
  engine: Engine;
  intervalMin: number;
  #options: EngineOptions;
  lines: string[] = [];

  constructor(intervalMin = 15, options: EngineOptions = {}) {
    this.intervalMin = intervalMin;
    this.#options = options;
    this.engine = new Engine(options);
    this.engine.setGrid(gridOf(transformer('T1')), START_MS);
  }

  /** A reading that begins at `minute` and arrives at its end; one voltage stands for three equal phases. */
  at(minute: number, uaV: number, ubV = uaV, ucV = uaV, over: Partial<Reading> = {}): this {
    const reading = readingAt(minute, { uaV, ubV, ucV, intervalS: this.intervalMin * 60, ...over });
    this.engine.step(reading, START_MS + (minute + this.intervalMin) * MINUTE_MS);
    this.#collect();
    return this;
  }

  /** The same voltage from one minute to another (exclusive), each interval. */
  hold(fromMinute: number, toMinute: number, uaV: number, ubV = uaV, ucV = uaV): this {
    for (let minute = fromMinute; minute < toMinute; minute += this.intervalMin) {
      this.at(minute, uaV, ubV, ucV);
    }
    return this;
  }

  tick(minute: number): this {
    this.engine.tick(START_MS + minute * MINUTE_MS);
    this.#collect();
    return this;
  }

  /** Stops, starts again from the saved state. */
  restart(): this {
    const bytes = this.engine.snapshot();
    this.engine = new Engine(this.#options);
    this.engine.setGrid(gridOf(transformer('T1')), START_MS);
    this.engine.restore(bytes);
    return this;
  }

  /** Another process listens from the next tick on. */
  restartGrace(): this {
    this.engine.restartGrace();
    return this;
  }

  /** Lines of one condition: others may see something in the same values. */
  linesOf(condition: string): string[] {
    return this.lines.filter((line) => line.split(/[ /]/)[1] === condition);
  }

  /** What the map shows. */
  get shows(): string {
    return this.engine.transformerLive('T1')!.condition;
  }

  #collect(): void {
    for (const event of this.engine.takeEvents()) this.lines.push(line(event));
  }
}

/** `@60 under-voltage/a raised mild from 0` : noticed at minute 60, began at minute 0. */
export function line(event: ConditionEvent): string {
  const minute = (ms: number): number => (ms - START_MS) / MINUTE_MS;
  const words = [
    `@${minute(event.detectedMs)}`,
    event.condition + (event.phase === null ? '' : `/${event.phase}`),
    event.kind,
    event.severity ?? event.endedBy,
    'from',
    minute(event.tsMs),
  ];
  return words.filter((word) => word !== undefined && word !== null).join(' ');
}
