import type { Column, Table } from "./column.js";
import { columnsOf } from "./columns-of.js";
import { inert } from "./csv/formula.js";
import { lineOf } from "./csv/quote.js";
import { defaultDialect, type TableDialect } from "./csv/table-dialect.js";
import { encodeText } from "./csv/text.js";
import { codecOf } from "./schema/codec-of.js";
import type { TableField, TableSchema } from "./schema/field.js";
import { parseTableSchema } from "./schema/parse.js";

/** Rows that are made into text at a time. */
const slice = 4096;

/**
 * Writes a table as the file that its schema was made from: the same header, delimiter, line ends, encoding, and cells in their columns' formats. A text that a
 * spreadsheet would take for a formula has an apostrophe before it, which `readTable` takes away. Without a dialect: comma, LF, UTF-8.
 * @throws ArgumentError for columns that the schema does not have, and characters that the encoding does not have.
 */
export function writeTable(
  table: Table,
  schema: TableSchema,
  dialect: Partial<TableDialect> = {},
): Uint8Array<ArrayBuffer> {
  const written = { ...defaultDialect, ...dialect };
  const checked = parseTableSchema(schema);
  const columns = columnsOf(table, checked);
  const cellsOf = columns.map(({ field, column }) => cellWriter(field, column, checked.missingValues));
  const line = (cells: readonly string[]) => lineOf(cells, written) + written.lineEnd;
  const parts = [written.separatorLine ? `sep=${written.delimiter}${written.lineEnd}` : ""];
  parts.push(line(columns.map(({ field }) => inert(field.title ?? field.name))));
  for (let row = 0; row < table.rows; row += slice) {
    const rows = Array.from({ length: Math.min(slice, table.rows - row) }, (_, at) => row + at);
    parts.push(rows.map((each) => line(cellsOf.map((cell) => cell(each)))).join(""));
  }
  const text = parts.join("");
  return encodeText(written.endsLastLine ? text : text.slice(0, -written.lineEnd.length), written);
}

/** The cells of each row as `writeTable` writes them, without delimiters. */
export function writtenCells(table: Table, schema: TableSchema): string[][] {
  const { missingValues } = schema;
  const cellsOf = columnsOf(table, schema).map(({ field, column }) => cellWriter(field, column, missingValues));
  return Array.from({ length: table.rows }, (_, row) => cellsOf.map((cell) => cell(row)));
}

/** What stands in the cells of a column, by row, before they are quoted. */
export function cellWriter(
  field: TableField,
  column: Column,
  missingValues: readonly string[] = [""],
): (row: number) => string {
  const codec = codecOf(field);
  const [gap = ""] = field.missingValues ?? missingValues;
  const written = column.kind === "category" ? column.categories.map((each) => textOf(each)) : [];
  function textOf(category: string): string {
    return codec.kind === "category" ? inert(codec.write(category)) : category;
  }
  return (row) => {
    if (column.missing[row]) return gap;
    if (column.kind === "category") return written[column.codes[row] ?? 0] ?? "";
    return codec.kind === "number" ? codec.write(column.values[row] ?? 0) : "";
  };
}
