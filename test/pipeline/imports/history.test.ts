import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyReading, READING_FLAG, type Reading } from '../../../server/core/reading.ts';
import { runImport } from '../../../server/pipeline/imports/runImport.ts';
import { importText, importWorld, NOW_MS, T1, T2, type ImportWorld } from './world.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const HEADER = 'transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point';
const JULY_MS = Date.UTC(2025, 6, 1);
const rowAt = (minute: number, id = 'T1', ua = 221): string =>
  `${id},${JULY_MS + minute * 60_000},${ua},220,219,1,2,3,4,5,outlet`;
const fileOf = (...rows: string[]): string => [HEADER, ...rows].join('\n');

describe('a row of history', () => {
  const stored = async (text: string): Promise<Reading[]> => {
    const world = importWorld(T1, T2);
    const { errors } = await importText('history', text, world);
    expect(errors).toEqual([]);
    return [...world.stored.values()];
  };
  const base = emptyReading('T1', 'outlet', Date.UTC(2025, 6, 1, 0, 15));

  test.each([
    ['ISO time with offset', `transformer_id,ts,ua_v\nT1,2025-07-01T08:15:00+08:00,221.5`, { uaV: 221.5 }],
    ['a space and Z', `ts,ua_v,transformer_id\n2025-07-01 00:15:00Z,221.5,T1`, { uaV: 221.5 }],
    ['epoch milliseconds', `transformer_id,ts,ub_v\nT1,1751328900000,0.5e2`, { ubV: 50 }],
    ['neutral current', `transformer_id,ts,uc_v,in_a\nT1,1751328900000,230,12.5`, { ucV: 230, inA: 12.5 }],
    ['nothing measured', `transformer_id,ts,ua_v,ub_v,p_kw\nT1,1751328900000,230,NaN,`, { uaV: 230 }],
    ['columns that are not ours', `id,transformer_id,ts,ua_v\n9,T1,1751328900000,230`, { uaV: 230 }],
    [
      'BOM, CR LF, quotes, outer blanks',
      `\uFEFF"transformer_id", TS ,ua_v\r\n"T1", 1751328900000 ,"230"\r\n`,
      { uaV: 230 },
    ],
    ['surplus empty cells', `transformer_id,ts,ua_v\nT1,1751328900000,230,,`, { uaV: 230 }],
    [
      'own export',
      `transformer_id,ts,ua_v,ua_min_v,interval_s,flags\nT1,1751328900000,230,200,900,4`,
      { uaV: 230, uaMinV: 200, intervalS: 900, flags: READING_FLAG.history | READING_FLAG.gap },
    ],
    [
      'an outage, not a low voltage',
      `transformer_id,ts,ua_v,ub_v,uc_v\nT1,1751328900000,0,0,0`,
      { uaV: 0, ubV: 0, ucV: 0, flags: READING_FLAG.history | READING_FLAG.outage },
    ],
  ])('%s', async (_, text, fields) => {
    expect(await stored(text)).toEqual([{ ...base, flags: READING_FLAG.history, ...fields }]);
  });

  test('its point', async () => {
    const rows = await stored(`transformer_id,ts,ua_v,point\nT1,1751328900000,230,tail-7`);
    expect(rows.map((row) => row.point)).toEqual(['tail-7']);
  });

  test.each([
    ['unknown transformer', 'X9,1751328900000,230,1', ['transformer_id: not registered']],
    ['no offset', 'T1,2025-07-01T08:15:00,230,1', ['ts: "2025-07-01T08:15:00" has no offset from UTC']],
    ['30 February', 'T1,2025-02-30T08:15:00Z,230,1', ['ts: "2025-02-30T08:15:00Z" is not a time']],
    ['no time', 'T1,,230,1', ['ts: empty']],
    ['every fault at once', ',yesterday,2x0,0x10', ['transformer_id: empty', 'ts:', 'ua_v: "2x0"', 'ia_a:']],
    ['no voltage', 'T1,1751328900000,,1', ['null: no-voltage']],
    ['line voltage', 'T1,1751328900000,381,1', ['null: wrong-unit']],
    ['above 1.5 pu', 'T1,1751328900000,900,1', ['null: voltage-range']],
    ['in the future', `T1,${NOW_MS + 90_000_000},230,1`, ['null: future']],
    ['too few cells', 'T1,1751328900000', ['null: the row has 2 cells, the header 4']],
    ['too many cells', 'T1,1751328900000,230,1,7', ['null: the row has 5 cells, the header 4']],
  ])('is refused: %s', async (_, row, faults) => {
    const world = importWorld(T1);
    const good = 'T1,1751328000000,230,1';
    const { report, errors } = await importText(
      'history',
      `transformer_id,ts,ua_v,ia_a\n${row}\n${good}`,
      world,
    );
    expect(errors.map(({ line, cells }) => [line, cells])).toEqual([[2, row.split(',')]]);
    const said = errors[0]!.faults.map(({ column, message }) => `${column}: ${message}`);
    expect(said).toHaveLength(faults.length);
    for (const [i, fault] of faults.entries()) expect(said[i]).toContain(fault);
    expect(report).toMatchObject({ rows: 2, stored: 1, refused: 1, failure: null });
    expect(world.stored.size).toBe(1);
  });
});

describe('a history file', () => {
  test('counts rows, duplicates and refusals to the last row', async () => {
    const world = importWorld(T1, T2);
    const text = fileOf(rowAt(0), rowAt(15), rowAt(0), 'bad', rowAt(0, 'T2'), '', rowAt(15));
    const { report } = await importText('history', text, world);
    expect(report).toMatchObject({ rows: 6, stored: 3, duplicate: 2, refused: 1, duplicatesExact: true });
    expect(report.span).toEqual({ fromMs: JULY_MS, toMs: JULY_MS + 900_000 });
    expect(world.stored.size).toBe(3);
    expect(world.points.map((p) => [p.transformerId, p.point, p.firstMs])).toEqual([
      ['T1', 'outlet', JULY_MS],
      ['T2', 'outlet', JULY_MS],
    ]);
    expect(world.windows).toEqual([
      { transformerId: 'T1', point: 'outlet', fromMs: JULY_MS, toMs: JULY_MS + 900_001 },
      { transformerId: 'T2', point: 'outlet', fromMs: JULY_MS, toMs: JULY_MS + 1 },
    ]);
  });

  test.each([
    ['empty', '', 'the file is empty'],
    ['no voltage column', 'transformer_id,ts,ia_a\n', 'the header has no voltage'],
    ['missing and repeated columns', 'ts,TS,ua_v\n', 'it has no column transformer_id; it repeats "TS"'],
    ['semicolons', 'transformer_id;ts;ua_v\n', 'it has no column transformer_id, ts'],
    ['an endless row', `${HEADER}\n"${'x'.repeat(70_000)}`, 'is longer than 65536 bytes'],
    ['not UTF-8', new Uint8Array([0x74, 0xb5, 0xe7, 0x0a]), 'the file is not UTF-8'],
  ])('that is %s fails as a whole', async (_, text, reason) => {
    const { report } = await importText('history', text, importWorld(T1));
    expect(report.failure?.reason).toContain(reason);
  });

  test('what came before the break is kept and summarised', async () => {
    const world = importWorld(T1);
    const { report } = await importText('history', fileOf(rowAt(0), rowAt(15), '"T1,1'), world);
    expect(report.failure?.reason).toContain('never closed');
    expect(report).toMatchObject({ rows: 2, stored: 2 });
    expect(world.stored.size).toBe(2);
    expect(world.windows).toHaveLength(1);
  });

  test('in GB 18030 is read when that is said', async () => {
    const header = new TextEncoder().encode('transformer_id,ts,ua_v,point\nT1,1751328900000,230,');
    const tail = [0xc4, 0xa9, 0xb6, 0xcb];
    const world = importWorld(T1);
    const { report } = await importText('history', new Uint8Array([...header, ...tail]), world, {
      encoding: 'gb18030',
    });
    expect(report.failure).toBeNull();
    expect([...world.stored.values()].map((row) => row.point)).toEqual(['末端']);
  });

  test('a dry run writes nothing', async () => {
    const world = importWorld(T1);
    const { report } = await importText('history', fileOf(rowAt(0), rowAt(0), 'x'), world, {
      dryRun: true,
      resumeKey: 'k',
    });
    expect(report).toMatchObject({ dryRun: true, rows: 3, stored: 1, duplicate: 1, refused: 1 });
    expect(world).toMatchObject({ writes: [], windows: [], points: [] });
    expect(world.settings.size).toBe(0);
  });
});

describe('whatever the bytes', () => {
  const cell = fc.oneof(
    fc.constantFrom('T1', 'T2', 'X', String(JULY_MS), '230', '0', '', '"', '"a\nb"', '\0', '变压器', '-1e99'),
    fc.string(),
  );
  const table = fc
    .array(fc.array(cell, { maxLength: 6 }), { maxLength: 30 })
    .map((rows) => new TextEncoder().encode([HEADERS, ...rows.map((row) => row.join(','))].join('\n')));
  const anyBytes = fc.oneof(table, fc.uint8Array({ maxLength: 500 }));
  // One header that serves every kind, so that rows are reached.
  const HEADERS = 'transformer_id,ts,ua_v,station_id,temp_c';
  const anyWorld = (): ImportWorld => importWorld(T1, T2);

  test.each(['history', 'registry', 'weather'] as const)('%s: every row is counted once', async (kind) => {
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        const world = anyWorld();
        const { report, errors } = await importText(kind, bytes, world);
        expect(errors).toHaveLength(report.refused);
        // A registry is written as a whole or, when the rest of the file cannot be read, not at all.
        fc.pre(report.failure === null || kind !== 'registry');
        expect(report.stored + report.duplicate + report.refused).toBe(report.rows);
        const held = {
          history: world.stored.size,
          weather: world.weather.size,
          registry: world.upserts.length,
        };
        expect(held[kind]).toBe(kind === 'registry' ? 1 : report.stored);
      }),
      { numRuns: 150 },
    );
  });
});

describe('memory', () => {
  test('does not grow with the number of rows', async () => {
    const world = importWorld(T1, T2);
    world.deps.store.writeReadings = () => Promise.resolve({ kind: 'stored' });
    const rowsPerPiece = 1_000;
    const heaps: number[] = [];
    const source = function* (): Generator<Uint8Array> {
      yield new TextEncoder().encode(`${HEADER}\n`);
      for (let piece = 0; piece < 600; piece++) {
        const minute = piece * rowsPerPiece;
        const rows = Array.from({ length: rowsPerPiece }, (_, i) => rowAt(((minute + i) % 500_000) + 1 / 60));
        yield new TextEncoder().encode(`${rows.join('\n')}\n`);
        if (piece % 100 === 99) {
          collectGarbage();
          heaps.push(process.memoryUsage().heapUsed);
        }
      }
    };
    const report = await runImport('history', source(), {}, world.deps);
    expect(report).toMatchObject({ rows: 600_000, stored: 500_000, duplicate: 100_000, refused: 0 });
    // Half a million rows held would be over 100 MB; two batches of 20,000 in flight are up to 15.
    expect(heaps.at(-1)! - heaps[1]!).toBeLessThan(20 * 2 ** 20);
  });
});
