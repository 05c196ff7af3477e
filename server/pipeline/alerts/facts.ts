import { englishNames, type EnglishNames } from '../../core/englishNames.ts';
import type { GridModel } from '../../core/grid.ts';
import type { AlertFacts, MessageKind } from '../../core/incident/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';

export interface FactsOptions {
  /** Where people reach the pages, without a slash at the end. */
  publicUrl: string;
  timeZone: string;
  simulated: boolean;
}

/** What a message says of an incident: frozen when it is queued, so that a late delivery still tells the truth of its time. */
export function factsOf(
  kind: MessageKind,
  incident: Incident,
  model: GridModel,
  options: FactsOptions,
): AlertFacts {
  const { number, severity, condition, worstV, limitV, startedMs, resolvedMs, customers } = incident;
  return {
    kind,
    incidentId: incident.id,
    number,
    severity: kind === 'resolved' ? incident.peakSeverity : severity,
    condition,
    place: placeOf(incident, model),
    worstV,
    limitV,
    startedMs,
    resolvedMs,
    transformers: new Set(incident.members.map((member) => member.transformerId)).size,
    customers,
    importantCustomers: incident.importantCustomers,
    cause: incident.cause,
    simulated: options.simulated,
    isTest: incident.isTest,
    url: `${options.publicUrl}/#/incidents/${encodeURIComponent(incident.id)}`,
    timeZone: options.timeZone,
  };
}

interface Names {
  rows: Map<string, number>;
  english: EnglishNames;
}

const names = new WeakMap<GridModel, Names>();
function namesOf(model: GridModel): Names {
  let known = names.get(model);
  if (known === undefined) {
    known = {
      rows: new Map(model.transformers.map((t, row) => [t.id, row])),
      english: englishNames(model),
    };
    names.set(model, known);
  }
  return known;
}

/** The transformer when there is one, else the feeder that they share, else the first of them and how many more. */
export function placeOf(incident: Incident, model: GridModel): { zh: string; en: string } {
  const { rows, english } = namesOf(model);
  const ids = [...new Set(incident.members.map((member) => member.transformerId))];
  const first = transformerName(ids[0] ?? '', model, rows, english);
  if (ids.length <= 1) return first;
  const feeder = model.feeders.findIndex((f) => f.id === incident.feederId);
  if (feeder >= 0) {
    const { name } = model.feeders[feeder]!;
    return { zh: name, en: english.feeders[feeder] ?? name };
  }
  return { zh: `${first.zh} 等 ${ids.length} 个台区`, en: `${first.en} and ${ids.length - 1} more` };
}

function transformerName(
  id: string,
  model: GridModel,
  rows: Map<string, number>,
  english: EnglishNames,
): { zh: string; en: string } {
  const row = rows.get(id);
  const transformer = row === undefined ? undefined : model.transformers[row];
  if (row === undefined || transformer === undefined) return { zh: id, en: id };
  const zh = transformer.name === '' ? id : transformer.name;
  return { zh, en: english.transformers?.[row] ?? zh };
}

/** A message that only tries a contact point. */
export function testFacts(nowMs: number, options: FactsOptions): AlertFacts {
  return {
    kind: 'test',
    incidentId: null,
    number: null,
    severity: 'mild',
    condition: 'under-voltage',
    place: { zh: '测试消息', en: 'Test message' },
    worstV: null,
    limitV: null,
    startedMs: nowMs,
    resolvedMs: null,
    transformers: 0,
    customers: 0,
    importantCustomers: 0,
    cause: null,
    simulated: options.simulated,
    isTest: true,
    url: `${options.publicUrl}/#/on-call`,
    timeZone: options.timeZone,
  };
}
