import type { GridModel } from './grid.ts';

/** English names of a grid, beside those of the registry; null where the registry has none. */
export interface EnglishNames {
  /** By row of the model; null when no transformer has one, so that most grids carry no column. */
  transformers: (string | null)[] | null;
  areas: (string | null)[];
  feeders: (string | null)[];
  /** By id. */
  substations: ReadonlyMap<string, string>;
}

/**
 * Registry columns that we do not need but understand: `name_en`, `area_name_en`, `feeder_name_en`,
 * `substation_name_en`. A group takes its
 * name from the first of its transformers that has one.
 */
export function englishNames(model: Pick<GridModel, 'areas' | 'feeders' | 'transformers'>): EnglishNames {
  const areas = new Map<string, string>();
  const feeders = new Map<string, string>();
  const substations = new Map<string, string>();
  const substationOf = new Map(model.feeders.map(({ id, substationId }) => [id, substationId]));
  let isNamed = false;
  const transformers = model.transformers.map(({ attributes, areaId, feederId }) => {
    learn(areas, areaId, attributes['area_name_en']);
    learn(feeders, feederId, attributes['feeder_name_en']);
    learn(substations, substationOf.get(feederId) ?? '', attributes['substation_name_en']);
    const name = attributes['name_en']?.trim() ?? '';
    if (name === '') return null;
    isNamed = true;
    return name;
  });
  return {
    transformers: isNamed ? transformers : null,
    areas: model.areas.map(({ id }) => areas.get(id) ?? null),
    feeders: model.feeders.map(({ id }) => feeders.get(id) ?? null),
    substations,
  };
}

function learn(names: Map<string, string>, id: string, name: string | undefined): void {
  const trimmed = name?.trim() ?? '';
  if (trimmed !== '' && !names.has(id)) names.set(id, trimmed);
}
