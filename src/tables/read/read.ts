import { filledSettings, type Given } from "../../family.js";
import { choice, optional, text } from "../../fields.js";
import { openTable } from "../csv/open.js";
import type { TableSchema } from "../schema/field.js";
import { parseTableSchema } from "../schema/parse.js";
import { type ReadTable, TableReader } from "./table-reader.js";

/** Settings of reading a file. */
export const readFields = {
  delimiter: text(
    /^[^"\r\n]$/,
    "must be one character other than a quote or a line end",
    optional,
    "Character between two cells. Default: the one that cuts most rows into as many cells as the header has.",
  ),
  onInvalid: choice(
    ["error", "missing"],
    "error",
    "What a cell that its column cannot hold is: an error, or a gap that is counted.",
  ),
};

/** Settings of `readTable`. */
export type ReadTableOptions = Given<typeof readFields>;

/**
 * Reads a CSV file by its schema. Rows end with LF, CRLF or CR and may be parted by anything; the text is UTF-8, UTF-16 or Windows-1252. The
 * columns of the table are the schema's fields, in their order; columns of the file that the schema does not have are left out.
 * @param source names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA with file, line, column, the cell and what was expected, or with the field that the file lacks.
 */
export function readTable(
  bytes: Uint8Array,
  source: string,
  schema: TableSchema,
  options: ReadTableOptions = {},
): ReadTable {
  const checked = parseTableSchema(schema);
  const { delimiter, onInvalid } = filledSettings(readFields, "csv", options);
  const file = openTable(bytes, source, delimiter);
  const reader = new TableReader(file, source, checked, onInvalid);
  file.forEachRow((cells, line) => {
    reader.add(cells, line);
    return true;
  });
  return reader.end(file.dialect);
}
