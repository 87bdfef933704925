import { writeTable } from "../tables/write.js";
import type { RunOutcome } from "./execute.js";

/** The rows of a run in the dialect of its file; undefined where there are none. */
export function syntheticCsv({ model: { table }, rows }: RunOutcome): Uint8Array<ArrayBuffer> | undefined {
  return table && rows && writeTable(rows, table.schema, table.dialect);
}

/** The schema of a run's table as a file; undefined where there is no table. */
export function schemaFile({ model: { table } }: RunOutcome): string | undefined {
  return table && `${JSON.stringify(table.schema, null, 2)}\n`;
}
