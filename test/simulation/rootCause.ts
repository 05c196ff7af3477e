import { Engine } from '../../server/core/engine.ts';
import { IncidentBook } from '../../server/core/incident/book.ts';
import type { BookChange } from '../../server/core/incident/bookChange.ts';
import type { CauseKind, Incident, IncidentMember } from '../../server/core/incident/incident.ts';
import type { VoltageMean } from '../../server/core/summary.ts';
import { Devices } from '../../simulator/device.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { readInterval, type DeviceMessage } from '../../simulator/live.ts';
import { chanceTroubles, type Troubles } from '../../simulator/scenarios/chanceTroubles.ts';
import {
  MINUTE_MS,
  openScenario,
  type Scenario,
  type ScenarioName,
} from '../../simulator/scenarios/scenario.ts';
import type { SimGrid } from '../../simulator/simGrid.ts';
import { openSimulation } from '../../simulator/solver.ts';
import { modelOf, readingOf } from './simulatedGrid.ts';

/** How well causes are told apart: simulated grids whose troubles are known, through detection and grouping. */

/** Noon of a day in China; the day before it is what evidence knows of yesterday. */
export const START_MS = Date.UTC(2026, 6, 20, 4);
const WINTER_START_MS = Date.UTC(2027, 0, 20, 4);
const DAY_MIN = 24 * 60;

export interface Run {
  incidents: Incident[];
  grid: SimGrid;
  troubles: Troubles | null;
  startMs: number;
}

export interface RunOptions {
  grid: SimGrid;
  scenario: Scenario;
  troubles?: Troubles;
  startMs?: number;
  intervalMin: number;
  warmMin?: number;
  hours: number;
  /** Takes the 10-minute means as they end. */
  onMeans?(rows: readonly VoltageMean[]): void;
}

/** Runs a day of warming up and then the hours of the trouble; the last version of every incident. */
export function runGrid(options: RunOptions): Run {
  const { grid, scenario, troubles, startMs = START_MS, intervalMin, warmMin = DAY_MIN, hours } = options;
  const sim = openSimulation(grid, scenario);
  const devices = new Devices(scenario);
  const engine = new Engine();
  const model = modelOf(grid);
  engine.setGrid(model, startMs - warmMin * MINUTE_MS);
  const book = new IncidentBook();
  book.setGrid(model);
  const evidence = engine.evidence();
  const incidents = new Map<string, Incident>();
  let ids = 0;
  const newId = (): string => `i${++ids}`;
  const apply = (change: BookChange): void => {
    book.apply(change);
    for (const incident of change.incidents) incidents.set(incident.id, incident);
  };
  for (let minute = -warmMin; minute < hours * 60; minute += intervalMin) {
    const tsMs = startMs + minute * MINUTE_MS;
    const nowMs = tsMs + intervalMin * MINUTE_MS;
    const messages = troubled(readInterval(sim, tsMs, intervalMin * MINUTE_MS), grid, troubles, tsMs);
    for (const { reading } of devices.deliver(messages)) engine.step(readingOf(reading), nowMs);
    engine.tick(nowMs);
    apply(book.step(engine.takeEvents(), evidence, nowMs, newId));
    apply(book.tick(nowMs, evidence, newId));
    const { means } = engine.takeClosed();
    options.onMeans?.(means);
  }
  return { incidents: [...incidents.values()], grid, troubles: troubles ?? null, startMs };
}

/** Incidents of a scenario of the simulator, a reading a minute; without those that began before it. */
export function incidentsOf(grid: SimGrid, name: ScenarioName, hours: number): Incident[] {
  const scenario = openScenario(name, grid, START_MS);
  const run = runGrid({ grid, scenario, intervalMin: 1, warmMin: 120, hours });
  return run.incidents.filter((i) => i.mergedInto === null && i.startedMs >= START_MS);
}

export function transformersOf(incident: Incident): Set<string> {
  return new Set(incident.members.map((m) => m.transformerId));
}

/** Silent devices say nothing, stuck ones always the same. */
function troubled(
  messages: DeviceMessage[],
  grid: SimGrid,
  troubles: Troubles | undefined,
  tsMs: number,
): DeviceMessage[] {
  if (troubles === undefined) return messages;
  const quiet = new Set(
    troubles.silences
      .filter((s) => tsMs >= s.fromMs && tsMs < s.toMs)
      .flatMap((s) => s.transformers.map((i) => grid.transformers[i]!.id)),
  );
  const stuck = new Set(
    troubles.stuck.filter((s) => tsMs >= s.fromMs).map((s) => grid.transformers[s.transformer]!.id),
  );
  return messages
    .filter((m) => !quiet.has(m.transformer.id))
    .map((m) => (stuck.has(m.transformer.id) ? { ...m, reading: { ...m.reading, ...STUCK } } : m));
}

const STUCK = { u: { a: 226.1, b: 226.4, c: 225.8 }, i: { a: 41, b: 40, c: 42 }, p: 26, q: 7 };

/** What an incident should have been called, and the trouble that it is of. */
interface Label {
  kind: CauseKind;
  unit: string;
}

export function labelOf(member: IncidentMember, { grid, troubles }: Run): Label | null {
  const index = grid.transformers.findIndex((t) => t.id === member.transformerId);
  const t = grid.transformers[index]!;
  if (member.condition === 'no-data') {
    const s = troubles!.silences.findIndex((x) => x.transformers.includes(index));
    if (s < 0) return null;
    return { kind: s === 2 ? 'upstream' : 'communication', unit: `silence ${s}` };
  }
  if (member.condition === 'frozen') return { kind: 'sensor', unit: `stuck ${t.id}` };
  const event = troubles?.events.findIndex((e) => {
    const here = e.transformer === index || e.feeder === t.feeder;
    // What is low or heavily loaded when supply comes back was not made so by its absence.
    if (e.kind === 'outage' && member.condition !== 'outage') return false;
    if (member.condition === 'overload') return false;
    return here && member.sinceMs >= e.fromMs - 15 * MINUTE_MS && member.sinceMs < e.toMs;
  });
  if (event !== undefined && event >= 0) {
    const { kind, feeder } = troubles!.events[event]!;
    const unit = `event ${event}`;
    if (feeder !== null) return { kind: 'upstream', unit };
    if (kind === 'outage') return { kind: 'unknown', unit };
    return { kind: kind === 'lost-phase' ? 'phase-fault' : 'neutral', unit };
  }
  if (member.condition === 'overload') return { kind: 'overload', unit: `overload ${t.id}` };
  if (member.condition !== 'under-voltage' && member.condition !== 'tail-low') return null;
  switch (t.designCause) {
    case 'none':
    case 'feeder':
      if (member.point !== 'outlet') return { kind: 'line', unit: `line ${t.id}` };
      return { kind: 'upstream', unit: `feeder ${t.feeder}` };
    case 'lv-line':
      return { kind: 'line', unit: `line ${t.id}` };
    default:
      return { kind: t.designCause, unit: `${t.designCause} ${t.id}` };
  }
}

/** One incident with what it was called and what it was. */
export interface Verdict {
  incident: Incident;
  said: CauseKind;
  truth: Label;
}

/** The label that most of an incident's transformers carry; incidents of nothing that is in the exam are left out. */
export function verdicts(run: Run): Verdict[] {
  const out: Verdict[] = [];
  for (const incident of run.incidents) {
    if (incident.mergedInto !== null || incident.startedMs < run.startMs) continue;
    const counts = new Map<string, { label: Label; ids: Set<string> }>();
    for (const member of incident.members) {
      const label = labelOf(member, run);
      if (label === null) continue;
      const key = `${label.kind} ${label.unit}`;
      const entry = counts.get(key) ?? { label, ids: new Set() };
      counts.set(key, entry);
      entry.ids.add(member.transformerId);
    }
    const most = [...counts.values()].sort(
      (a, b) => b.ids.size - a.ids.size || weight(b.label) - weight(a.label),
    )[0];
    if (most !== undefined) out.push({ incident, said: incident.cause.kind, truth: most.label });
  }
  return out;
}

/** Of a transformer that is low and heavily loaded, what made it low counts. */
function weight({ unit }: Label): number {
  return unit.startsWith('overload') ? 0 : 1;
}

export interface Score {
  /** Incidents called so, and how many of them were. */
  said: number;
  right: number;
  /** Troubles of the kind that were noticed, and how many had an incident that was called so. */
  troubles: number;
  found: number;
}

/** Adds the verdicts of one run to the score of each cause. */
export function addScores(scores: Map<CauseKind, Score>, list: readonly Verdict[]): void {
  const of = (kind: CauseKind): Score => {
    const score = scores.get(kind) ?? { said: 0, right: 0, troubles: 0, found: 0 };
    scores.set(kind, score);
    return score;
  };
  for (const { said, truth } of list) {
    of(said).said++;
    if (said === truth.kind) of(said).right++;
  }
  for (const unit of new Set(list.map((v) => v.truth.unit))) {
    const own = list.filter((v) => v.truth.unit === unit);
    const { kind } = own[0]!.truth;
    of(kind).troubles++;
    if (own.some((v) => v.said === kind)) of(kind).found++;
  }
}

const WEATHER = ['calm', 'heatwave', 'cold-snap'] as const;

/** The county of a seed on a mild, a hot or a frosty day, with a trouble of each kind besides those that are built in. */
export function runSeed(
  seed: number,
  onMeans: (rows: readonly VoltageMean[]) => void = () => undefined,
): Run {
  const grid = buildGrid({ seed, transformers: 400 });
  const hours = 16;
  const weather = WEATHER[seed % WEATHER.length]!;
  const startMs = weather === 'cold-snap' ? WINTER_START_MS : START_MS;
  const troubles = chanceTroubles(grid, seed, startMs, hours);
  const scenario = { ...openScenario(weather, grid, startMs), events: troubles.events };
  return runGrid({ grid, scenario, troubles, startMs, intervalMin: 15, hours, onMeans });
}
