import { openTable } from "./open.js";

/** Rows below the header of a CSV file. @throws FedscoreError FEDSCORE_INVALID_DATA for a file that is no table, and rows of another length. */
export function csvRowCount(bytes: Uint8Array, source: string, delimiter?: string): number {
  let rows = 0;
  openTable(bytes, source, delimiter).forEachRow(() => {
    rows++;
    return true;
  });
  return rows;
}
