import type { NameplateVersion, Transformer } from '../../core/grid.ts';

/** What a nameplate given for a date does to the versions that are known. */
export interface NameplateEdit {
  kind: 'added' | 'changed' | 'unchanged';
  /** Fields in which the given nameplate differs from the one that held at its date. */
  changed: string[];
  /** What holds after the last version: the transformer as it is today. */
  current: Transformer;
  /** Versions to insert or replace. */
  written: NameplateVersion[];
}

/**
 * Puts `next`, valid from `validFromMs`, among the versions (ascending). The first version holds from 0, whenever it
 * was entered. A date before the latest version is allowed, as a tap change is often reported weeks late. A version
 * that differs from its neighbour no more is kept with nothing in `changed`: were the entry before it corrected, it
 * would count again.
 */
export function nameplatesAfter(
  versions: readonly NameplateVersion[],
  next: Transformer,
  validFromMs: number,
): NameplateEdit {
  const transformerId = next.id;
  const last = versions.at(-1);
  const held = versions.findLast((version) => version.validFromMs <= validFromMs) ?? versions[0];
  if (last === undefined || held === undefined) {
    const first = { transformerId, validFromMs: 0, transformer: next, changed: [] };
    return { kind: 'added', changed: [], current: next, written: [first] };
  }
  const changed = differingFields(held.transformer, next);
  if (changed.length === 0) return { kind: 'unchanged', changed, current: last.transformer, written: [] };
  const before = versions.findLast((version) => version.validFromMs < validFromMs);
  const after = versions.find((version) => version.validFromMs > validFromMs);
  const differing = before === undefined ? [] : differingFields(before.transformer, next);
  const written = [{ transformerId, validFromMs, transformer: next, changed: differing }];
  if (after !== undefined) {
    written.push({ ...after, changed: differingFields(next, after.transformer) });
  }
  return { kind: 'changed', changed, current: after === undefined ? next : last.transformer, written };
}

/** Names of the fields of `b` that differ from `a`; an attribute counts as `attributes.<name>`. */
export function differingFields(a: Transformer, b: Transformer): string[] {
  const fields = Object.keys(b) as (keyof Transformer)[];
  const plain = fields.filter((field) => field !== 'attributes' && a[field] !== b[field]);
  const names = new Set([...Object.keys(a.attributes), ...Object.keys(b.attributes)]);
  const attributes = [...names].filter((name) => a.attributes[name] !== b.attributes[name]);
  return [...plain, ...attributes.map((name) => `attributes.${name}`)];
}
