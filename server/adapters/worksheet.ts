import writeXlsxFile from 'write-excel-file/node';

/** A table as a worksheet (Office Open XML), its first line bold and fixed. Text stays text: nothing becomes a formula. */
export async function worksheetOf(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): Promise<Uint8Array<ArrayBuffer>> {
  const header = columns.map((value) => ({ value, fontWeight: 'bold' as const }));
  const data = rows.map((cells) =>
    cells.map((value) =>
      value === null ? null : typeof value === 'number' ? { value, type: Number } : { value, type: String },
    ),
  );
  const widths = columns.map((column) => ({ width: Math.max(12, column.length + 2) }));
  const book = writeXlsxFile([header, ...data], { sheet: name, columns: widths, stickyRowsCount: 1 });
  return Uint8Array.from(await book.toBuffer());
}
