import { uniqueNames } from "../csv/header.js";
import { defaultDialect } from "../csv/table-dialect.js";
import type { TableSchema } from "../schema/field.js";
import { type CellType, cellWriterOf, guesserOf } from "./cell-type.js";
import type { TableFile } from "./table-file.js";

/** A column of a file that says of what type it is. */
export interface TypedColumn {
  readonly title: string;
  readonly type: CellType;
}

/** What is known of a file of typed columns before its rows. */
export function typedLayout(columns: readonly TypedColumn[], rows: number): Omit<TableFile, "forEachRow"> {
  const titles = columns.map(({ title }) => title);
  const guesses = columns.map(({ type }) => guesserOf(type));
  return { titles, names: uniqueNames(titles), dialect: defaultDialect, guesses, mostRows: rows, unit: "row" };
}

/** How the values of each column are written as cells; of a column that a schema does not have nobody needs any. */
export function cellWriters(
  columns: readonly TypedColumn[],
  schema: TableSchema | undefined,
): readonly (((value: unknown) => string) | undefined)[] {
  const names = uniqueNames(columns.map(({ title }) => title));
  return columns.map(({ type }, index) => {
    const field = schema?.fields.find(({ name }) => name === names[index]);
    if (schema && !field) return undefined;
    const [gap = ""] = field?.missingValues ?? schema?.missingValues ?? [];
    return cellWriterOf(type, field, gap);
  });
}
