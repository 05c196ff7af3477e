import type { Area, Feeder, GridModel, Transformer } from '../../core/grid.ts';
import { RowCells } from './cells.ts';
import { nextRow, type CsvRow } from './csv.ts';
import { readHeader, type Header } from './header.ts';
import { REGISTRY_COLUMNS, registryRow, type KnownBefore, type RegistryRow } from './registryRow.ts';
import {
  CHANGES_KEPT_MAX,
  ImportFailure,
  refuse,
  warn,
  type ImportDeps,
  type ImportOptions,
  type ImportReport,
} from './report.ts';

/** A registry is read whole before it is written, in one transaction; a province has some 500,000 transformers. */
const TRANSFORMERS_MAX = 1_000_000;
const ROWS_PER_PROGRESS = 1_000;

interface Gathered {
  rows: Map<string, { row: RegistryRow; line: number; cells: string }>;
  areas: Map<string, { value: Area; line: number }>;
  feeders: Map<string, { value: Feeder; line: number }>;
}

/** Reads a registry CSV and writes it in one transaction; refused rows are left out, the others are taken. */
export async function importRegistry(
  rows: AsyncIterator<CsvRow>,
  report: ImportReport,
  options: ImportOptions,
  deps: ImportDeps,
  progress: (rows: number) => void,
): Promise<void> {
  const header = readHeader(await nextRow(rows), REGISTRY_COLUMNS, ['transformer_id']);
  const known = knownGrid(await deps.registry.load());
  const gathered: Gathered = { rows: new Map(), areas: new Map(), feeders: new Map() };
  for (let next = await nextRow(rows); next !== null; next = await nextRow(rows)) {
    // Half a registry is not written: its other half may be why the file was sent.
    if (next instanceof ImportFailure) throw next;
    report.rows++;
    if (report.rows % ROWS_PER_PROGRESS === 0) progress(report.rows);
    await gather(next, header, gathered, known, report, options);
    if (gathered.rows.size > TRANSFORMERS_MAX) {
      throw new ImportFailure(
        `more than ${TRANSFORMERS_MAX} transformers`,
        'Split the file; each part is taken on its own.',
      );
    }
  }
  progress(report.rows);
  await write(gathered, report, options, deps);
}

async function gather(
  { cells, line }: CsvRow,
  header: Header,
  gathered: Gathered,
  known: (id: string) => KnownBefore,
  report: ImportReport,
  options: ImportOptions,
): Promise<void> {
  const reader = new RowCells(header, cells);
  const row = registryRow(reader, known);
  if (row === null) return refuse(report, options, { line, faults: reader.faults, cells });
  const id = row.transformer.id;
  const earlier = gathered.rows.get(id);
  if (earlier !== undefined) {
    if (earlier.cells === cells.join('\0')) {
      report.duplicate++;
      return;
    }
    const message = `line ${earlier.line} says something else of the same transformer`;
    return refuse(report, options, { line, faults: [{ column: 'transformer_id', message }], cells });
  }
  gathered.rows.set(id, { row, line, cells: cells.join('\0') });
  settle(gathered.areas, row.area, line, 'area', report);
  settle(gathered.feeders, row.feeder, line, 'feeder', report);
}

/** The first row that speaks of an area or feeder names it; a later one that disagrees is warned about. */
function settle<T extends Area | Feeder>(
  values: Map<string, { value: T; line: number }>,
  value: T,
  line: number,
  what: string,
  report: ImportReport,
): void {
  const earlier = values.get(value.id);
  if (earlier === undefined) values.set(value.id, { value, line });
  else if (JSON.stringify(earlier.value) !== JSON.stringify(value)) {
    warn(
      report,
      `line ${line} describes ${what} ${value.id} otherwise than line ${earlier.line}, which holds`,
    );
  }
}

async function write(
  { rows, areas, feeders }: Gathered,
  report: ImportReport,
  { dryRun = false, validFromMs }: ImportOptions,
  { registry, clock }: ImportDeps,
): Promise<void> {
  const transformers = [...rows.values()].map(({ row }) => row.transformer);
  const grid = {
    transformers,
    areas: [...areas.values()].map(({ value }) => value),
    feeders: [...feeders.values()].map(({ value }) => value),
  };
  const changes = await registry.upsert(grid, { validFromMs: validFromMs ?? clock.nowMs(), dryRun });
  const count = (kind: string): number => changes.filter((change) => change.kind === kind).length;
  report.stored = transformers.length;
  report.registry = {
    added: count('added'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    changes: changes.filter((change) => change.kind !== 'unchanged').slice(0, CHANGES_KEPT_MAX),
  };
}

function knownGrid(grid: GridModel): (id: string) => KnownBefore {
  const transformers = new Map<string, Transformer>(grid.transformers.map((t) => [t.id, t]));
  const areas = new Map(grid.areas.map((area) => [area.id, area]));
  const feeders = new Map(grid.feeders.map((feeder) => [feeder.id, feeder]));
  return (id) => ({
    transformer: transformers.get(id),
    area: (areaId) => areas.get(areaId),
    feeder: (feederId) => feeders.get(feederId),
  });
}
