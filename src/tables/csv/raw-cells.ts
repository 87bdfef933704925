/** The cells of a record as they stand in its file, quotes and blanks included; the record without its line end, its quotes known to be closed. */
export function rawCells(record: string, delimiter: string): string[] {
  const cells: string[] = [];
  let from = 0;
  for (;;) {
    const end = cellEnd(record, from, delimiter);
    cells.push(record.slice(from, end));
    if (end === record.length) return cells;
    from = end + delimiter.length;
  }
}

function cellEnd(record: string, from: number, delimiter: string): number {
  const end = record.indexOf(delimiter, record[from] === '"' ? closingQuote(record, from) : from);
  return end < 0 ? record.length : end;
}

/** The quote that ends the cell which one at `from` begins; two in a row are one of its characters. */
function closingQuote(record: string, from: number): number {
  let at = record.indexOf('"', from + 1);
  while (record[at + 1] === '"') at = record.indexOf('"', at + 2);
  return at;
}
