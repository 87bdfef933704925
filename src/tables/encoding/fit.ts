import { ArgumentError, describeValue } from "../../errors.js";
import { filledSettings, type Given } from "../../family.js";
import { integer, number } from "../../fields.js";
import { codecOf } from "../schema/codec-of.js";
import type { TableField, TableSchema } from "../schema/field.js";
import { parseTableSchema } from "../schema/parse.js";
import { requireSummary } from "../summary/check.js";
import type { ColumnSummary, TableSummary } from "../summary/table-summary.js";
import { fitCategories } from "./category-column.js";
import { requireColumn } from "./check.js";
import type { ColumnEncoding, TableEncoding } from "./column-encoding.js";
import { encodedWidth as widthOf } from "./column-width.js";
import { fitNumbers } from "./number-column.js";

/** Settings of an encoding. */
export const encodingFields = {
  atomShare: number(
    "(0, 1]",
    0.05,
    "Share of its column's cells from which on a number is a state of its own, beside the continuous part.",
  ),
  knots: integer("[2, inf)", 1024, "Most values of a column of numbers that the encoding keeps."),
  mostOneHot: integer("[1, inf)", 256, "Most categories that have a coordinate each; more are analog bits."),
};

/** Settings of `fitTableEncoding`. */
export type EncodingOptions = Given<typeof encodingFields>;

/**
 * The encoding that follows from a schema and the summary of all clients' rows. By that summary, each column that is not constant has mean 0 and variance 1, over
 * all of its coordinates together.
 * @throws ArgumentError for a summary of other columns than the schema's.
 */
export function fitTableEncoding(
  schema: TableSchema,
  summary: TableSummary,
  options: EncodingOptions = {},
): TableEncoding {
  const { fields } = parseTableSchema(schema);
  const settings = filledSettings(encodingFields, "encoding", options);
  const { columns: told } = requireSummary("summary", summary);
  const columns = fields.map((field, index) => fitColumn(field, told[index], settings));
  return { columns, dimension: columns.reduce((sum, column) => sum + widthOf(column), 0) };
}

function fitColumn(
  field: TableField,
  summary: ColumnSummary | undefined,
  settings: Required<{ readonly [Key in keyof typeof encodingFields]: number }>,
): ColumnEncoding {
  const codec = codecOf(field);
  if (summary?.name === field.name) {
    if (codec.kind === "number" && summary.kind === "number") return fitNumbers(summary, codec, settings);
    if (codec.kind === "category" && summary.kind === "category")
      return fitCategories(summary, codec.categories, settings.mostOneHot);
  }
  throw new ArgumentError("summary", `must have the ${codec.kind} column ${describeValue(field.name)}`, summary?.name);
}

/** Coordinates of a column in a vector. @throws ArgumentError for what is no column of an encoding. */
export function encodedWidth(column: ColumnEncoding): number {
  return widthOf(requireColumn("column", column));
}
