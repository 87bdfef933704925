import type { ColumnEncoding } from "./column-encoding.js";
import { encodedWidth } from "./column-width.js";

/** A column of an encoding and where its coordinates are. */
export interface PlacedColumn {
  readonly column: ColumnEncoding;
  /** Of its first coordinate. */
  readonly at: number;
  readonly width: number;
}

/** Columns of an encoding in the order of their coordinates. */
export function placed(columns: readonly ColumnEncoding[]): PlacedColumn[] {
  let next = 0;
  return columns.map((column) => {
    const [at, width] = [next, encodedWidth(column)];
    next += width;
    return { column, at, width };
  });
}
