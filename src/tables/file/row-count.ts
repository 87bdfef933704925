import { openTableFile } from "./open-file.js";
import type { FileSlices } from "./slices.js";
import type { OpenFileOptions } from "./table-file.js";

/** Of no columns: nothing of them is read that rows can be counted without. */
const noColumns = { fields: [] };

/** Rows of a file. @throws FedscoreError as `openTableFile`, FEDSCORE_INVALID_DATA for rows of another length. */
export async function rowCountOf(file: FileSlices, source: string, options: OpenFileOptions): Promise<number> {
  let rows = 0;
  const open = await openTableFile(file, source, options);
  await open.forEachRow(() => {
    rows++;
    return true;
  }, noColumns);
  return rows;
}
