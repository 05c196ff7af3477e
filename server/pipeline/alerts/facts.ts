import type { GridModel } from '../../core/grid.ts';
import { placeNames, placesNames, transformerNames } from '../../core/gridNames.ts';
import type { AlertFacts, MessageKind } from '../../core/incident/delivery.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { OutageNotice } from '../../core/incident/outageNotice.ts';

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
    place: placeNames(model, incident),
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
    // By number, so that a text message has room for it; the page and the API find it by either.
    url: `${options.publicUrl}/#/incidents/${number}`,
    timeZone: options.timeZone,
  };
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

/** Transformers that a message names; of the others it says how many. */
const LEFT_NAMES_MAX = 8;

/** What a message says of a planned outage. */
export function outageFactsOf(notice: OutageNotice, model: GridModel, options: FactsOptions): AlertFacts {
  const { outage, kind, severity, inside } = notice;
  const left = outage.endCheck?.transformerIds ?? [];
  return {
    kind,
    incidentId: null,
    number: null,
    severity,
    condition: 'outage',
    place: placesNames(model, outage),
    worstV: null,
    limitV: null,
    startedMs: outage.fromMs,
    resolvedMs: kind === 'outage-begins' ? null : outage.toMs,
    transformers: inside.length,
    customers: inside.reduce((sum, t) => sum + t.customers, 0),
    importantCustomers: inside.reduce((sum, t) => sum + t.importantCustomers, 0),
    cause: null,
    outage: {
      id: outage.id,
      title: outage.title,
      fromMs: outage.fromMs,
      toMs: outage.toMs,
      left: left.slice(0, LEFT_NAMES_MAX).map((id) => transformerNames(model, id)),
      leftCount: left.length,
    },
    simulated: options.simulated,
    isTest: false,
    url: `${options.publicUrl}/#/outages`,
    timeZone: options.timeZone,
  };
}
