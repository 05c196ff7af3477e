import writeXlsxFile from 'write-excel-file/node';

interface Sheet {
  name: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

/** Tables as a workbook (Office Open XML), a sheet each, its first line bold and fixed. Text stays text: nothing becomes a formula. */
export async function workbookOf(sheets: readonly Sheet[]): Promise<Uint8Array<ArrayBuffer>> {
  const book = writeXlsxFile(
    sheets.map(({ name, columns, rows }) => ({
      sheet: name,
      columns: columns.map((column) => ({ width: Math.max(12, column.length + 2) })),
      stickyRowsCount: 1,
      data: [columns.map((value) => ({ value, fontWeight: 'bold' as const })), ...rows.map(cellsOf)],
    })),
  );
  return Uint8Array.from(await book.toBuffer());
}

function cellsOf(cells: Sheet['rows'][number]) {
  return cells.map((value) =>
    value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String },
  );
}
