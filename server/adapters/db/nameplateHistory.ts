import type { NameplateVersion, Transformer } from '../../core/grid.ts';

/** What a nameplate given for a date does to the versions that are known. */
export interface NameplateEdit {
  kind: 'added' | 'changed' | 'unchanged';
  /** Fields in which the given nameplate differs from the one that held at its date. */
  changed: string[];
  /** What holds after the last version: the transformer as it is today. */
  current: Transformer;
  written: NameplateVersion[];
  removed: NameplateVersion[];
}

/**
 * Puts `next`, valid from `validFromMs`, among the versions (ascending). The first version holds from 0, whenever it
 * was entered. A date before the latest version is allowed, as a tap change is often reported weeks late: the version
 * after it keeps its content and loses its place only when nothing distinguishes it any more.
 */
export function nameplatesAfter(
  versions: readonly NameplateVersion[],
  next: Transformer,
  validFromMs: number,
): NameplateEdit {
  const transformerId = next.id;
  const first = { transformerId, validFromMs: 0, transformer: next, changed: [] };
  if (versions.length === 0) {
    return { kind: 'added', changed: [], current: next, written: [first], removed: [] };
  }
  const held = versions.findLast((version) => version.validFromMs <= validFromMs) ?? versions[0]!;
  const changed = differingFields(held.transformer, next);
  if (changed.length === 0) {
    return {
      kind: 'unchanged',
      changed,
      current: versions.at(-1)!.transformer,
      written: [],
      removed: [],
    };
  }
  const before = versions.findLast((version) => version.validFromMs < validFromMs);
  const after = versions.find((version) => version.validFromMs > validFromMs);
  const own: NameplateVersion = {
    transformerId,
    validFromMs,
    transformer: next,
    changed: before === undefined ? [] : differingFields(before.transformer, next),
  };
  const edit: NameplateEdit = {
    kind: 'changed',
    changed,
    current: after === undefined ? next : versions.at(-1)!.transformer,
    written: [],
    removed: [],
  };
  // Corrected back to what held before it: then there was no change at that date.
  if (before !== undefined && own.changed.length === 0) edit.removed.push(own);
  else edit.written.push(own);
  if (after !== undefined) {
    const rest = differingFields(next, after.transformer);
    if (rest.length === 0) edit.removed.push(after);
    else edit.written.push({ ...after, changed: rest });
  }
  if (edit.removed.includes(own) && after === undefined) edit.current = before!.transformer;
  return edit;
}

/** Names of the fields of `b` that differ from `a`; an attribute counts as `attributes.<name>`. */
export function differingFields(a: Transformer, b: Transformer): string[] {
  const fields = Object.keys(b) as (keyof Transformer)[];
  const plain = fields.filter((field) => field !== 'attributes' && a[field] !== b[field]);
  const names = new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)]);
  const attributes = [...names].filter((name) => a.attributes[name] !== b.attributes[name]);
  return [...plain, ...attributes.map((name) => `attributes.${name}`)];
}
