import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPartsFiles } from '../../server/adapters/partsFile.ts';
import type { FeederForecast } from '../../server/core/forecast/parts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const part = (feederId: string): FeederForecast => ({
  feederId,
  forecasts: [{ transformerId: `${feederId}-1`, minimaV: Float32Array.of(190, NaN) } as never],
  pairs: [],
});

describe('parts of a run', () => {
  it('come back after a stop, numbers and all', async () => {
    const before = createPartsFiles(folder).of('run', 'input-1');
    expect(await before.load()).toEqual([]);
    await Promise.all([before.add(part('F1')), before.add(part('F2'))]);
    const after = await createPartsFiles(folder).of('run', 'input-1').load();
    expect(after).toEqual([part('F1'), part('F2')]);
  });

  it('of another input are not used', async () => {
    const parts = createPartsFiles(folder);
    const old = parts.of('run', 'input-1');
    await old.load();
    await old.add(part('F1'));
    const other = parts.of('run', 'input-2');
    expect(await other.load()).toEqual([]);
    await other.add(part('F9'));
    expect(await other.load()).toEqual([part('F9')]);
  });

  it('a part that was being written when all stopped is left out, and the rest goes on', async () => {
    const parts = createPartsFiles(folder).of('run', 'k');
    await parts.load();
    await parts.add(part('F1'));
    await parts.add(part('F2'));
    const file = join(folder, 'run.parts');
    truncateSync(file, readFileSync(file).length - 3);
    expect(await parts.load()).toEqual([part('F1')]);
    await parts.add(part('F3'));
    expect(await parts.load()).toEqual([part('F1'), part('F3')]);
  });

  it('are gone when the run is whole', async () => {
    const store = createPartsFiles(folder);
    const parts = store.of('run', 'k');
    await parts.load();
    await parts.add(part('F1'));
    await store.clear('run');
    expect(await parts.load()).toEqual([]);
  });
});
