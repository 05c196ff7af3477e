import { englishNames, type EnglishNames } from '../core/englishNames.ts';
import type { GridModel, Transformer } from '../core/grid.ts';
import type { Incident } from '../core/incident/incident.ts';

/** A name in both languages of the pages; English as the registry has it, else the other one. */
export interface BothNames {
  zh: string;
  en: string;
}

interface Names {
  rows: Map<string, number>;
  feederRows: Map<string, number>;
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
      english: englishNames(model),
    };
    known.set(model, names);
  }
  return names;
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

/** The transformer when there is one, else the feeder that they share, else the first of them and how many more. */
export function placeNames(model: GridModel, incident: Pick<Incident, 'members' | 'feederId'>): BothNames {
  const ids = [...new Set(incident.members.map((member) => member.transformerId))];
  const first = transformerNames(model, ids[0] ?? '');
  if (ids.length <= 1) return first;
  const { feederRows, english } = namesOf(model);
  const row = feederRows.get(incident.feederId ?? '');
  if (row !== undefined) {
    const zh = model.feeders[row]!.name;
    return { zh, en: english.feeders[row] ?? zh };
  }
  return { zh: `${first.zh} 等 ${ids.length} 个台区`, en: `${first.en} and ${ids.length - 1} more` };
}
