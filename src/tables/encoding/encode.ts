import { firstNonFinite } from "../../data/finite.js";
import { ArgumentError, describeValue, requireFloats, requireInteger } from "../../errors.js";
import type { Column, Table } from "../column.js";
import { requireTable } from "../require-tables.js";
import { decodeCategories, encodeCategories } from "./category-column.js";
import { requireEncoding } from "./check.js";
import type { ColumnEncoding, TableEncoding } from "./column-encoding.js";
import { decodeNumbers, encodeNumbers } from "./number-column.js";
import { placed } from "./placed.js";
import type { Vectors } from "./vectors.js";

/** Rows as vectors. */
export interface EncodedTable {
  /** float32 [rows, dimension]. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Cells of each column that the encoding has no code for; their coordinates are 0, the mean. Columns without such cells are left out. */
  readonly unknown: Readonly<Record<string, number>>;
}

/**
 * The rows of a table as vectors. No code have gaps in a column that had none, and categories that nobody told where there is no "other": a client with fewer rows than `smallestCount` told nothing of its own.
 * @throws ArgumentError for a table without the columns of the encoding.
 */
export function encodeTable(encoding: TableEncoding, table: Table): EncodedTable {
  const { columns, dimension } = requireEncoding("encoding", encoding);
  requireTable("table", table);
  const vectors = new Float32Array(table.rows * dimension);
  const unknown = placed(columns).map(({ column, at }) => {
    const count = encodeColumn(column, columnLike(table, column), { vectors, dimension, at });
    return [column.name, count] as const;
  });
  return { vectors, unknown: Object.fromEntries(unknown.filter(([, count]) => count > 0)) };
}

function columnLike(table: Table, { kind, name }: ColumnEncoding): Column {
  const column = table.columns.find((each) => each.name === name);
  if (column?.kind !== kind)
    throw new ArgumentError("table", `must have the ${kind} column ${describeValue(name)}`, column?.kind ?? "none");
  return column;
}

function encodeColumn(encoding: ColumnEncoding, column: Column, out: Vectors): number {
  if (encoding.kind === "number" && column.kind === "number") return encodeNumbers(encoding, column, out);
  if (encoding.kind === "category" && column.kind === "category") return encodeCategories(encoding, column, out);
  return 0;
}

/**
 * The table that vectors stand for: of any vectors, a table that its schema allows. A state is the one whose corner is closest, a
 * number lies on the grid of its column and between its bounds.
 * @param vectors float32 [rows, dimension], finite.
 * @param rows needed where the encoding has no coordinates, since all columns are constant.
 * @throws ArgumentError for a length that is no multiple of the dimension, NaN and infinite numbers.
 */
export function decodeTable(encoding: TableEncoding, vectors: Float32Array, rows?: number): Table {
  const { columns, dimension } = requireEncoding("encoding", encoding);
  if (rows !== undefined) requireInteger("rows", rows, 0);
  requireFloats("vectors", vectors, rows === undefined ? undefined : rows * dimension);
  const count = rows ?? (dimension === 0 ? 0 : vectors.length / dimension);
  if (!Number.isInteger(count)) {
    throw new ArgumentError("vectors", `must have a length that is a multiple of ${dimension}`, vectors.length);
  }
  const bad = firstNonFinite(vectors);
  if (bad >= 0) throw new ArgumentError(`vectors[${bad}]`, "must be finite", vectors[bad]);
  const decoded = placed(columns).map(({ column, at }) => {
    const from = { vectors, dimension, at };
    return column.kind === "number" ? decodeNumbers(column, count, from) : decodeCategories(column, count, from);
  });
  return { rows: count, columns: decoded };
}
