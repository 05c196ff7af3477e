import { seesArea, type Principal } from '../core/access.ts';
import type { GridModel } from '../core/grid.ts';
import type { Matcher } from '../core/incident/settings.ts';
import { feederAreas, registered } from '../core/gridNames.ts';

/** Which part of a silence or a planned outage somebody of a few areas may see, and whether they may write it. */

type Scope = Pick<Principal, 'areaIds'>;
/** Places, by their ids; each list may be absent. */
type Places = Pick<Matcher, 'areaIds' | 'feederIds' | 'transformerIds'>;

function areasOf({ areaIds = [], feederIds = [], transformerIds = [] }: Places, model: GridModel): string[] {
  return [
    ...areaIds,
    ...feederIds.flatMap((id) => [...feederAreas(model, id)]),
    ...transformerIds.map((id) => registered(model, id)?.areaId ?? ''),
  ];
}

/** What concerns everything concerns everyone. */
export function touchesScope(scope: Scope, places: Places, model: GridModel): boolean {
  if (scope.areaIds === null) return true;
  const areas = areasOf(places, model);
  return areas.length === 0 || areas.some((areaId) => seesArea(scope, areaId));
}

/** All that a matcher names must match, so one list that lies inside bounds it. */
export function isMatchWithin(scope: Scope, match: Matcher, model: GridModel): boolean {
  const { areaIds, feederIds, transformerIds } = match;
  return [{ areaIds }, { feederIds }, { transformerIds }].some((places) =>
    isWithin(scope, withoutAbsent(places), model),
  );
}

/** Whether it lies in the scope as a whole. */
export function isWithin(scope: Scope, places: Places, model: GridModel): boolean {
  if (scope.areaIds === null) return true;
  const areas = areasOf(places, model);
  return areas.length > 0 && areas.every((areaId) => seesArea(scope, areaId));
}

/** Without the ids of what is out of sight. */
export function inSight<P extends Places>(scope: Scope, places: P, model: GridModel): P {
  if (scope.areaIds === null) return places;
  const seen = (ids: readonly string[], key: keyof Places): string[] =>
    ids.filter((id) => touchesScope(scope, { [key]: [id] }, model));
  const { areaIds, feederIds, transformerIds } = places;
  return {
    ...places,
    ...(areaIds === undefined ? {} : { areaIds: seen(areaIds, 'areaIds') }),
    ...(feederIds === undefined ? {} : { feederIds: seen(feederIds, 'feederIds') }),
    ...(transformerIds === undefined ? {} : { transformerIds: seen(transformerIds, 'transformerIds') }),
  };
}

function withoutAbsent(places: { [K in keyof Places]: Places[K] | undefined }): Places {
  return Object.fromEntries(Object.entries(places).filter(([, list]) => list !== undefined));
}
