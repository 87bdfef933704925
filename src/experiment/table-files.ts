import { decodeDrawn } from "../tables/calibration/decode-drawn.js";
import { writeTable } from "../tables/write.js";
import type { RunOutcome } from "./execute.js";

/** The samples of a run as rows of its table, in the dialect of its file; undefined where there is no table, or no samples. */
export function syntheticCsv({ model: { table }, samples }: RunOutcome): Uint8Array<ArrayBuffer> | undefined {
  return table && samples && writeTable(decodeDrawn(table, samples), table.schema, table.dialect);
}

/** The schema of a run's table as a file; undefined where there is no table. */
export function schemaFile({ model: { table } }: RunOutcome): string | undefined {
  return table && `${JSON.stringify(table.schema, null, 2)}\n`;
}
