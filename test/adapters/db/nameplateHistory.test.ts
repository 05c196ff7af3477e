import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differingFields, nameplatesAfter } from '../../../server/adapters/db/nameplateHistory.ts';
import type { NameplateVersion } from '../../../server/core/grid.ts';
import { transformerOf } from '../../fixtures/transformers.ts';

const edits = fc.array(
  fc.record({ tapPosition: fc.integer({ min: 1, max: 3 }), atMs: fc.integer({ min: 0, max: 6 }) }),
  { maxLength: 12 },
);

/** What holds at each time, kept the plain way: an entry counts where it says something new. */
function heldByTime(entered: { tapPosition: number; atMs: number }[]): (atMs: number) => number | null {
  const byTime = new Map<number, number>();
  const heldAt = (atMs: number): number | null => {
    const times = [...byTime.keys()].filter((from) => from <= atMs);
    return times.length === 0 ? null : byTime.get(Math.max(...times))!;
  };
  for (const { tapPosition, atMs } of entered) {
    if (heldAt(atMs) !== tapPosition) byTime.set(byTime.size === 0 ? 0 : atMs, tapPosition);
  }
  return heldAt;
}

function versionsAfter(entered: { tapPosition: number; atMs: number }[]): NameplateVersion[] {
  let versions: NameplateVersion[] = [];
  for (const { tapPosition, atMs } of entered) {
    const { written, current } = nameplatesAfter(versions, transformerOf('T', { tapPosition }), atMs);
    const kept = versions.filter((v) => written.every((w) => w.validFromMs !== v.validFromMs));
    versions = [...kept, ...written].sort((a, b) => a.validFromMs - b.validFromMs);
    expect(versions.at(-1)?.transformer).toEqual(current);
  }
  return versions;
}

describe('nameplate versions', () => {
  test('whatever the order of the reports, each time holds what was last said of it', () => {
    fc.assert(
      fc.property(edits, (entered) => {
        const versions = versionsAfter(entered);
        const heldAt = heldByTime(entered);
        for (let atMs = 0; atMs <= 6; atMs++) {
          const held = versions.findLast((version) => version.validFromMs <= atMs);
          expect(held?.transformer.tapPosition ?? null).toBe(heldAt(atMs));
        }
      }),
    );
  });

  test('each version says in what it differs from the one before', () => {
    fc.assert(
      fc.property(edits, (entered) => {
        const versions = versionsAfter(entered);
        for (const [i, version] of versions.entries()) {
          const before = versions[i - 1];
          const differing =
            before === undefined ? [] : differingFields(before.transformer, version.transformer);
          expect(version.changed).toEqual(differing);
        }
      }),
    );
  });

  test('attributes count one by one', () => {
    const a = transformerOf('T', { attributes: { same: '1', gone: '2', other: '3' } });
    const b = transformerOf('T', { attributes: { same: '1', other: '4', fresh: '5' }, customers: 7 });
    expect(differingFields(a, b)).toEqual([
      'customers',
      'attributes.gone',
      'attributes.other',
      'attributes.fresh',
    ]);
  });
});
