import { invalidData } from "../../data/formats/invalid.js";
import { describeValue, FedscoreError } from "../../errors.js";
import type { Table } from "../column.js";
import { columnsOf } from "../columns-of.js";
import type { CsvLayout } from "../csv/layout.js";
import { type OpenTable, openTable } from "../csv/open.js";
import { mustQuote, quoted } from "../csv/quote.js";
import { rawCells } from "../csv/raw-cells.js";
import { decodedText, encodeText } from "../csv/text.js";
import { readTable } from "../read/read.js";
import type { TableSchema } from "../schema/field.js";
import { takeRows } from "../table-rows.js";
import { cellWriter } from "../write.js";

/** Bytes that no engine has a text for. */
const mostBytes = 2 ** 29 - 2 ** 10;

/** A file of which some cells are gaps. */
export interface GapFile {
  /** Rows of the file. */
  readonly rows: number;
  /** The rows that have a gap, with the columns of the schema that the file has. */
  readonly table: Table;
  /** The file with gaps filled from the rows of such a table; every other character of it stays, and so does what is a gap there too. */
  fill(filled: Table): Uint8Array;
}

/**
 * Reads a CSV file, in any dialect that `readTable` reads, of which some cells are gaps. It may lack columns of the schema and have others, which nobody looks at.
 * @throws FedscoreError FEDSCORE_INVALID_DATA with file, line, column, the cell and what was expected, or where the file has no column of the schema; FEDSCORE_UNSUPPORTED from 512 MB.
 */
export function readGaps(bytes: Uint8Array, source: string, schema: TableSchema): GapFile {
  if (bytes.length > mostBytes)
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", `${source}: files of up to 512 MB are filled; split it`, {
      source,
    });
  const file = openTable(bytes, source);
  const fields = schema.fields.filter(({ name }) => file.names.includes(name));
  if (fields.length === 0) {
    const known = schema.fields.map(({ name }) => describeValue(name)).join(", ");
    throw invalidData(source, "header", `one of the columns ${known}`, file.titles.join(file.dialect.delimiter));
  }
  const own = { ...schema, fields };
  const { table } = readTable(bytes, source, own, { delimiter: file.dialect.delimiter });
  const open = Uint32Array.from({ length: table.rows }, (_, row) => row).filter((row) =>
    table.columns.some(({ missing }) => missing[row] === 1),
  );
  const gaps = takeRows(table, open);
  const places = fields.map(({ name }) => file.names.indexOf(name));
  return {
    rows: table.rows,
    table: gaps,
    fill: (filled) => filledFile(bytes, file, cellsToWrite(filled, gaps, own, places), open),
  };
}

/** What is to be written into a column of a file. */
interface FilledColumn {
  /** Of the column in the file. */
  readonly place: number;
  /** Whether the cell of a row with gaps is to be written. */
  isDue(row: number): boolean;
  cell(row: number): string;
}

function cellsToWrite(filled: Table, gaps: Table, schema: TableSchema, places: readonly number[]): FilledColumn[] {
  return columnsOf(filled, schema).map(({ field, column }, index) => ({
    place: places[index],
    isDue: (row) => gaps.columns[index].missing[row] === 1 && column.missing[row] === 0,
    cell: cellWriter(field, column, schema.missingValues),
  }));
}

function filledFile(
  bytes: Uint8Array,
  file: OpenTable & CsvLayout,
  columns: readonly FilledColumn[],
  open: Uint32Array,
): Uint8Array {
  const { before, dialect } = file;
  const { delimiter, lineEnd, quoteAll } = dialect;
  const text = decodedText(bytes, dialect.encoding).slice(before.length);
  const parts = [before];
  let [row, gap, done] = [0, 0, 0];
  file.forEachRow((cells, _, { from, to }) => {
    if (row++ !== open[gap]) return true;
    const at = gap++;
    const record = text.slice(from, to);
    const end = record.endsWith(lineEnd) ? lineEnd : "";
    const raw = rawCells(end === "" ? record : record.slice(0, -end.length), delimiter);
    for (const { place, isDue, cell } of columns) {
      if (!isDue(at)) continue;
      const written = cell(at);
      raw[place] = quoteAll || mustQuote(written, delimiter, cells.length === 1) ? quoted(written) : written;
    }
    parts.push(text.slice(done, from), raw.join(delimiter), end);
    done = to;
    return true;
  });
  return encodeText([...parts, text.slice(done)].join(""), dialect);
}
