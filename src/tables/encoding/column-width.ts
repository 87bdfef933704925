import { categoryWidth } from "./category-column.js";
import type { ColumnEncoding } from "./column-encoding.js";
import { numberWidth } from "./number-column.js";

/** Coordinates of a column that is known to be one. */
export function encodedWidth(column: ColumnEncoding): number {
  return column.kind === "number" ? numberWidth(column) : categoryWidth(column);
}
