import { detailed, invalidData } from "../data/formats/invalid.js";
import { describeValue } from "../errors.js";
import { filledSettings, type Given } from "../family.js";
import { choice, optional, text } from "../fields.js";
import type { Column, Table } from "./column.js";
import { original } from "./csv/formula.js";
import { type OpenTable, openTable } from "./csv/open.js";
import type { TableDialect } from "./csv/table-dialect.js";
import type { CategoryCodec, NumberCodec } from "./schema/codec.js";
import { codecOf } from "./schema/codec-of.js";
import type { TableField, TableSchema } from "./schema/field.js";
import { parseTableSchema } from "./schema/parse.js";

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

/** A table as it was read from a file. */
export interface ReadTable {
  readonly table: Table;
  /** How the file is written; `writeTable` writes it alike. */
  readonly dialect: TableDialect;
  /** Cells of each column that became gaps because they did not fit; columns without such cells are left out. */
  readonly invalid: Readonly<Record<string, number>>;
}

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
  const { fields, missingValues } = parseTableSchema(schema);
  const { delimiter, onInvalid } = filledSettings(readFields, "csv", options);
  const file = openTable(bytes, source, delimiter);
  const readers = fields.map((field) => columnReader(field, placeIn(file, field, source), missingValues));
  let rows = 0;
  file.forEachRow((cells, line) => {
    rows++;
    for (const reader of readers) {
      if (reader.take(cells[reader.at] ?? "") || onInvalid === "missing") continue;
      const place = `line ${line}, column ${describeValue(reader.name)}`;
      const error = invalidData(source, place, reader.expected, cells[reader.at]);
      throw detailed(error, { line, column: reader.name });
    }
    return true;
  });
  const invalid = readers
    .filter((reader) => reader.invalid() > 0)
    .map(({ name, invalid }) => [name, invalid()] as const);
  return {
    table: { rows, columns: readers.map((reader) => reader.column()) },
    dialect: file.dialect,
    invalid: Object.fromEntries(invalid),
  };
}

function placeIn({ names }: OpenTable, { name }: TableField, source: string): number {
  const at = names.indexOf(name);
  if (at >= 0) return at;
  const known = names.slice(0, 20).map(describeValue).join(", ");
  throw invalidData(source, "header", `the column ${describeValue(name)}`, `the columns ${known}`);
}

/** Collects the cells of a column. */
interface ColumnReader {
  readonly name: string;
  readonly at: number;
  readonly expected: string;
  /** False for a cell that the column cannot hold, which becomes a gap. */
  take(cell: string): boolean;
  invalid(): number;
  column(): Column;
}

function columnReader(field: TableField, at: number, missingValues: readonly string[] = [""]): ColumnReader {
  const codec = codecOf(field);
  const gaps = new Set(field.missingValues ?? missingValues);
  const missing: number[] = [];
  const cells = codec.kind === "number" ? numberCells(field.name, codec) : categoryCells(field.name, codec);
  let invalid = 0;
  return {
    name: field.name,
    at,
    expected: codec.expected,
    take(cell) {
      const isGap = gaps.has(cell);
      const fits = !isGap && cells.take(cell);
      if (!fits) cells.skip();
      missing.push(fits ? 0 : 1);
      if (fits || isGap) return true;
      invalid++;
      return false;
    },
    invalid: () => invalid,
    column: () => cells.column(Uint8Array.from(missing)),
  };
}

interface Cells {
  take(cell: string): boolean;
  skip(): void;
  column(missing: Uint8Array): Column;
}

function numberCells(name: string, codec: NumberCodec): Cells {
  const values: number[] = [];
  return {
    take(cell) {
      const value = codec.read(cell);
      if (value !== undefined) values.push(value);
      return value !== undefined;
    },
    skip: () => values.push(0),
    column: (missing) => ({ kind: "number", name, values: Float64Array.from(values), missing }),
  };
}

function categoryCells(name: string, codec: CategoryCodec): Cells {
  const codes: number[] = [];
  const codeOf = new Map((codec.categories ?? []).map((category, code) => [category, code]));
  return {
    take(cell) {
      const category = codec.read(original(cell));
      if (category === undefined) return false;
      const code = codeOf.get(category) ?? codeOf.size;
      codeOf.set(category, code);
      codes.push(code);
      return true;
    },
    skip: () => codes.push(0),
    column(missing) {
      const found = [...codeOf.keys()];
      const categories = codec.categories ?? found.toSorted((a, b) => (a < b ? -1 : 1));
      const order = new Map(categories.map((category, code) => [category, code]));
      const codeIn = found.map((category) => order.get(category) ?? 0);
      return {
        kind: "category",
        name,
        categories,
        codes: Uint32Array.from(codes, (code) => codeIn[code] ?? 0),
        missing,
      };
    },
  };
}
