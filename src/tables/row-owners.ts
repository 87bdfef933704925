import { type ReadTableOptions, readTable } from "./read/read.js";

/** Whom a column of a file says each row to be of. */
export interface RowOwners {
  /** What the cells say, ascending; "" of rows without one. */
  readonly names: readonly string[];
  /** int32 [rows]: the place among the names. */
  readonly codes: Int32Array;
}

/** @throws FedscoreError FEDSCORE_INVALID_DATA as `readTable`, also for a column that the file does not have. */
export function rowOwners(
  bytes: Uint8Array,
  source: string,
  name: string,
  options: Pick<ReadTableOptions, "delimiter"> = {},
): RowOwners {
  const { table } = readTable(bytes, source, { fields: [{ name, type: "string" }] }, options);
  const [column] = table.columns;
  if (column.kind !== "category") throw new Error("a column of texts is one of categories");
  const said = Array.from(column.codes, (code, row) => (column.missing[row] ? "" : column.categories[code]));
  const names = [...new Set(said)].sort();
  const codeOf = new Map(names.map((each, code) => [each, code]));
  return { names, codes: Int32Array.from(said, (each) => codeOf.get(each) ?? 0) };
}
