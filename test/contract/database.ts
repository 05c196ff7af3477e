import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../server/ports.ts';
import { alertsContract } from './databaseAlerts.ts';
import { accessContract } from './databaseAccess.ts';
import { planningContract } from './databasePlanning.ts';
import { observationsContract } from './databaseObservations.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';

export interface DatabaseUnderTest {
  database: Database;
  /** Stops and removes what was made. */
  dispose(): Promise<void>;
}

const MARCH_MS = Date.UTC(2026, 2, 1);
const JUNE_MS = Date.UTC(2026, 5, 1);

/** What every Database must do: run on each product. Each noun uses ids of its own, so that one database serves all. */
export function databaseContract(product: string, make: () => Promise<DatabaseUnderTest>): void {
  describe(`Database on ${product}`, () => {
    let made: DatabaseUnderTest;
    beforeAll(async () => {
      made = await make();
      await made.database.start();
    });
    afterAll(() => made.dispose());
    const database = (): Database => made.database;

    describe('registry', () => {
      registryContract(database);
    });
    observationsContract(database);
    alertsContract(database);
    accessContract(database);
    planningContract(database);

    test('tells its product and schema', async () => {
      const health = await database().health();
      expect(health).toMatchObject({ ok: true, detail: expect.stringMatching(/^schema \d{4}-/) });
      expect(health.product).toMatch(new RegExp(`^${product} \\d+`));
    });

    test('starts again on what it stored', async () => {
      await database().settings.set('kept', 'yes');
      await database().stop();
      expect(await database().health()).toMatchObject({ ok: false, detail: 'not started' });
      await database().start();
      expect(await database().settings.get('kept')).toBe('yes');
    });
  });
}

function registryContract(database: () => Database): void {
  test('tells the versions of all that changed, and only of them', async () => {
    const { registry } = database();
    const before = [transformerOf('CN1', { tapPosition: 3 }), transformerOf('CN2')];
    await registry.upsert(gridOf(...before), { validFromMs: MARCH_MS });
    await registry.upsert(gridOf(transformerOf('CN1', { tapPosition: 4 })), { validFromMs: JUNE_MS });
    const found = (await registry.changedNameplates()).filter(({ transformerId }) =>
      transformerId.startsWith('CN'),
    );
    expect(found.map((v) => [v.transformerId, v.validFromMs, v.changed])).toEqual([
      ['CN1', 0, []],
      ['CN1', JUNE_MS, ['tapPosition']],
    ]);
  });

  test('gives back what it was given, with places and attributes', async () => {
    const { registry } = database();
    const given = transformerOf('R1', {
      name: '东街"1"号,\n公变',
      lon: null,
      lat: null,
      weatherStationId: null,
      tapPosition: null,
      capacityKva: 315.5,
      attributes: { 厂家: '特变', remark: '' },
    });
    expect(await registry.upsert(gridOf(given), { validFromMs: MARCH_MS })).toEqual([
      { transformerId: 'R1', kind: 'added', changed: [] },
    ]);
    expect(await registry.transformer('R1')).toEqual(given);
    const grid = await registry.load();
    expect(grid.transformers).toContainEqual(given);
    expect(grid.areas).toContainEqual({ id: 'A1', name: 'A1 供电所', org: 'demo' });
    expect(grid.feeders).toContainEqual({
      id: 'F1',
      name: 'F1 线',
      substationId: 'S1',
      substationName: '城东变',
    });
    expect(await registry.transformer('nobody')).toBeNull();
  });

  test('a tap change is a dated version; the first version holds from 0', async () => {
    const { registry } = database();
    const before = transformerOf('R2', { tapPosition: 3 });
    const after = { ...before, tapPosition: 4 };
    await registry.upsert(gridOf(before), { validFromMs: MARCH_MS });
    expect(await registry.upsert(gridOf(after), { validFromMs: JUNE_MS })).toEqual([
      { transformerId: 'R2', kind: 'changed', changed: ['tapPosition'] },
    ]);
    expect(await registry.versions('R2')).toEqual([
      { transformerId: 'R2', validFromMs: 0, transformer: before, changed: [] },
      { transformerId: 'R2', validFromMs: JUNE_MS, transformer: after, changed: ['tapPosition'] },
    ]);
    expect(await registry.transformer('R2')).toEqual(after);
  });

  test('a change reported late goes before the one already known', async () => {
    const { registry } = database();
    const first = transformerOf('R3', { tapPosition: 3, customers: 100 });
    const june = { ...first, tapPosition: 5 };
    const march = { ...first, tapPosition: 4 };
    await registry.upsert(gridOf(first), { validFromMs: 0 });
    await registry.upsert(gridOf(june), { validFromMs: JUNE_MS });
    await registry.upsert(gridOf(march), { validFromMs: MARCH_MS });
    const versions = await registry.versions('R3');
    expect(versions.map((v) => [v.validFromMs, v.transformer.tapPosition, v.changed])).toEqual([
      [0, 3, []],
      [MARCH_MS, 4, ['tapPosition']],
      [JUNE_MS, 5, ['tapPosition']],
    ]);
    expect(await registry.transformer('R3')).toEqual(june);
  });

  test('the version rises with a change, and the same again changes nothing', async () => {
    const { registry } = database();
    const grid = gridOf(transformerOf('R4'));
    const v0 = await registry.version();
    await registry.upsert(grid, { validFromMs: MARCH_MS });
    const v1 = await registry.version();
    expect(v1).toBeGreaterThan(v0);
    expect((await registry.load()).version).toBe(v1);
    expect(await registry.upsert(grid, { validFromMs: JUNE_MS })).toEqual([
      { transformerId: 'R4', kind: 'unchanged', changed: [] },
    ]);
    expect(await registry.versions('R4')).toHaveLength(1);
  });

  test('a dry run writes nothing and tells the difference', async () => {
    const { registry } = database();
    await registry.upsert(gridOf(transformerOf('R5')), { validFromMs: 0 });
    const before = await registry.load();
    const changes = await registry.upsert(
      gridOf(transformerOf('R5', { customers: 121, attributes: { x: '1' } }), transformerOf('R6')),
      { validFromMs: JUNE_MS, dryRun: true },
    );
    expect(changes).toEqual([
      { transformerId: 'R5', kind: 'changed', changed: ['customers', 'attributes.x'] },
      { transformerId: 'R6', kind: 'added', changed: [] },
    ]);
    expect(await registry.load()).toEqual(before);
  });

  test('one transaction: a transformer without its area leaves no trace of the others', async () => {
    const { registry } = database();
    const grid = gridOf(transformerOf('R7'));
    const orphan = transformerOf('R8', { areaId: 'nowhere' });
    const broken = { ...grid, transformers: [...grid.transformers, orphan] };
    await expect(registry.upsert(broken, { validFromMs: 0 })).rejects.toThrow(/foreign key/i);
    expect(await registry.transformer('R7')).toBeNull();
    expect(await registry.versions('R7')).toEqual([]);
  });

  test('renames an area and a substation', async () => {
    const { registry } = database();
    const grid = gridOf(transformerOf('R9', { areaId: 'A9', feederId: 'F9' }));
    await registry.upsert(grid, { validFromMs: 0 });
    const renamed = { ...grid, areas: [{ id: 'A9', name: '城北', org: 'demo' }] };
    await registry.upsert(renamed, { validFromMs: 0 });
    expect((await registry.load()).areas).toContainEqual({ id: 'A9', name: '城北', org: 'demo' });
  });

  test('takes more rows than one statement has parameters', async () => {
    const { registry } = database();
    const many = Array.from({ length: 2_500 }, (_, i) => transformerOf(`M${i}`));
    const changes = await registry.upsert(gridOf(...many), { validFromMs: 0 });
    expect(changes.filter((change) => change.kind === 'added')).toHaveLength(2_500);
    expect(await registry.transformer('M2499')).toEqual(many[2_499]);
  });

  test('two writers at once take turns', async () => {
    const { registry } = database();
    const from = await registry.version();
    await Promise.all(
      [1, 2, 3].map((customers) =>
        registry.upsert(gridOf(transformerOf('R10', { customers })), { validFromMs: customers }),
      ),
    );
    expect(await registry.version()).toBe(from + 3);
    const stored = await registry.transformer('R10');
    const newest = (await registry.versions('R10')).at(-1);
    expect(newest?.transformer).toEqual(stored);
  });
}
