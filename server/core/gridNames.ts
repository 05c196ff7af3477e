import { englishNames, type EnglishNames } from './englishNames.ts';
import type { GridModel, Transformer } from './grid.ts';
import type { Incident } from './incident/incident.ts';

/** A name in both languages of the pages; English as the registry has it, else the other one. */
export interface BothNames {
  zh: string;
  en: string;
}

interface Names {
  rows: Map<string, number>;
  feederRows: Map<string, number>;
  /** Areas that a feeder goes through. */
  feederAreas: Map<string, Set<string>>;
  english: EnglishNames;
}

const known = new WeakMap<GridModel, Names>();
/** Built once for each grid model, which is immutable. */
function namesOf(model: GridModel): Names {
  let names = known.get(model);
  if (names === undefined) {
    names = {
      rows: new Map(model.transformers.map((t, row) => [t.id, row])),
      feederRows: new Map(model.feeders.map((f, row) => [f.id, row])),
      feederAreas: areasByFeeder(model),
      english: englishNames(model),
    };
    known.set(model, names);
  }
  return names;
}

function areasByFeeder({ transformers }: GridModel): Map<string, Set<string>> {
  const areas = new Map<string, Set<string>>();
  for (const { feederId, areaId } of transformers) {
    const found = areas.get(feederId);
    if (found === undefined) areas.set(feederId, new Set([areaId]));
    else found.add(areaId);
  }
  return areas;
}

/** Areas of the transformers behind a feeder. */
export function feederAreas(model: GridModel, feederId: string): ReadonlySet<string> {
  return namesOf(model).feederAreas.get(feederId) ?? new Set();
}

export function registered(model: GridModel, transformerId: string): Transformer | null {
  return model.transformers[namesOf(model).rows.get(transformerId) ?? -1] ?? null;
}

/** The id where the registry has no name. */
export function transformerNames(model: GridModel, id: string): BothNames {
  const { rows, english } = namesOf(model);
  const row = rows.get(id) ?? -1;
  const zh = model.transformers[row]?.name || id;
  return { zh, en: english.transformers?.[row] ?? zh };
}

/** The id where the registry has no name. */
export function areaNames(model: GridModel, id: string): BothNames {
  const row = model.areas.findIndex((area) => area.id === id);
  const zh = model.areas[row]?.name || id;
  return { zh, en: namesOf(model).english.areas[row] ?? zh };
}

function feederNames(model: GridModel, id: string): BothNames {
  const { feederRows, english } = namesOf(model);
  const row = feederRows.get(id) ?? -1;
  const zh = model.feeders[row]?.name ?? id;
  return { zh, en: english.feeders[row] ?? zh };
}

function stationNames(model: GridModel, id: string): BothNames | null {
  const row = model.feeders.findIndex(({ substationId }) => substationId === id);
  if (row < 0) return null;
  const zh = model.feeders[row]!.substationName || id;
  return { zh, en: namesOf(model).english.substations.get(id) ?? zh };
}

/** Of several feeders and transformers: the first, and how many more. */
export function placesNames(
  model: GridModel,
  { feederIds, transformerIds }: { feederIds: readonly string[]; transformerIds: readonly string[] },
): BothNames {
  const count = feederIds.length + transformerIds.length;
  const first =
    feederIds[0] === undefined
      ? transformerNames(model, transformerIds[0] ?? '')
      : feederNames(model, feederIds[0]);
  if (count <= 1) return first;
  return { zh: `${first.zh} 等 ${count} 处`, en: `${first.en} and ${count - 1} more` };
}

/**
 * The transformer when there is one, else the feeder that they share or the substation that is dead, else the first of
 * them and how many more.
 */
export function placeNames(
  model: GridModel,
  incident: Pick<Incident, 'members' | 'feederId' | 'station'>,
): BothNames {
  const ids = [...new Set(incident.members.map((member) => member.transformerId))];
  const first = transformerNames(model, ids[0] ?? '');
  if (ids.length <= 1) return first;
  const { feederId } = incident;
  if (feederId !== null && namesOf(model).feederRows.has(feederId)) return feederNames(model, feederId);
  const station = incident.station === undefined ? null : stationNames(model, incident.station.id);
  if (station !== null) return station;
  return { zh: `${first.zh} 等 ${ids.length} 个台区`, en: `${first.en} and ${ids.length - 1} more` };
}
