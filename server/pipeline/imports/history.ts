import type { Reading } from '../../core/reading.ts';
import { batchWriter } from './batchWriter.ts';
import { RowCells } from './cells.ts';
import { checkpointOf, type Checkpoint } from './checkpoint.ts';
import { nextRow, type CsvRow } from './csv.ts';
import { readHeader, type Header } from './header.ts';
import { HistoryPoints } from './historyPoints.ts';
import { HISTORY_COLUMNS, historyRow, VOLTAGE_COLUMNS } from './historyRow.ts';
import {
  ImportFailure,
  refuse,
  warn,
  type ImportDeps,
  type ImportOptions,
  type ImportReport,
} from './report.ts';
import { widen } from './span.ts';
import { summarise } from './summarise.ts';

/** Rows of one write; the port allows 20,000. */
const BATCH_ROWS = 20_000;

interface Batch {
  readings: Reading[];
  /** The row of each reading, should the store refuse it. */
  rows: CsvRow[];
  /** Rows of the input that were read when the batch was complete. */
  rowsRead: number;
}

/**
 * Reads a history CSV of any length in flat memory: one batch is written while the next is read. Given again after it was
 * broken off (same `resumeKey`), it reads everything and writes only what is missing, so the report is that of the whole.
 */
export async function importHistory(
  rows: AsyncIterator<CsvRow>,
  report: ImportReport,
  options: ImportOptions,
  deps: ImportDeps,
  progress: (rows: number) => void,
): Promise<void> {
  const header = historyHeader(await nextRow(rows), report);
  const nominals = await nominalVs(deps);
  const points = new HistoryPoints();
  const checkpoint = await checkpointOf(deps.settings, options);
  report.resumedRows = checkpoint.rowsDone;
  const send = sender(report, options, deps, checkpoint);
  let batch: Batch = { readings: [], rows: [], rowsRead: 0 };
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    await writing;
    progress(report.rows);
    const full = { ...batch, rowsRead: report.rows };
    batch = { readings: [], rows: [], rowsRead: 0 };
    writing = send(full);
    // A failure is awaited with the next batch; until then it must not count as unhandled.
    writing.catch(() => undefined);
  };
  let next = await nextRow(rows);
  for (; next !== null && !(next instanceof ImportFailure); next = await nextRow(rows)) {
    report.rows++;
    const cells = new RowCells(header, next.cells);
    const reading = historyRow(cells, (id) => nominals.get(id), deps.clock.nowMs());
    if (cells.faults.length > 0) {
      await refuse(report, options, { ...next, faults: cells.faults });
    } else {
      take(reading, points, report);
      if (report.rows > checkpoint.rowsDone) {
        batch.readings.push(reading);
        batch.rows.push(next);
      }
    }
    if (batch.readings.length >= BATCH_ROWS) await flush();
    else if (report.rows % BATCH_ROWS === 0) progress(report.rows);
  }
  await flush();
  await writing;
  report.duplicatesExact = points.exact;
  report.resumedRows = Math.min(report.resumedRows, report.rows);
  if (options.dryRun !== true) await summarise(points.all(), report, options, deps);
  if (next !== null) throw next;
  await checkpoint.clear();
}

function historyHeader(first: CsvRow | ImportFailure | null, report: ImportReport): Header {
  const header = readHeader(first, HISTORY_COLUMNS, ['transformer_id', 'ts']);
  if (VOLTAGE_COLUMNS.every((column) => header.indexOf(column) < 0)) {
    throw new ImportFailure(
      'the header has no voltage: one of ua_v, ub_v, uc_v is needed',
      'The first line names the columns, separated by commas; see docs/import.md.',
    );
  }
  for (const { name } of header.unknown) warn(report, `column "${name}" is not used`);
  return header;
}

async function nominalVs({ registry }: ImportDeps): Promise<Map<string, number>> {
  const { transformers } = await registry.load();
  return new Map(transformers.map(({ id, nominalV }) => [id, nominalV]));
}

function take({ transformerId, point, tsMs }: Reading, points: HistoryPoints, report: ImportReport): void {
  if (points.add(transformerId, point, tsMs)) report.stored++;
  else report.duplicate++;
  report.span = widen(report.span, tsMs);
}

/** Writes a batch; a row that the store refuses is taken back from the count of the stored and reported. */
function sender(
  report: ImportReport,
  options: ImportOptions,
  { store, clock }: ImportDeps,
  checkpoint: Checkpoint,
): (batch: Batch) => Promise<void> {
  const write = batchWriter(store, clock);
  return async ({ readings, rows, rowsRead }) => {
    if (options.dryRun === true) return;
    const refused = await write(readings);
    for (const { index, reason } of refused) {
      report.stored--;
      const faults = [{ column: null, message: `store-refused: ${reason}` }];
      await refuse(report, options, { ...rows[index]!, faults });
    }
    await checkpoint.advance(rowsRead, refused.length > 0);
  };
}
