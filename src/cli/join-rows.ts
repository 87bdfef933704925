import { type Dataset, rowCount } from "../data/dataset.js";
import { formatOf, plainFile } from "../data/formats/index.js";
import { splitDataset } from "../data/split.js";
import { FedscoreError, isFedscoreError } from "../errors.js";
import { readBytes } from "../experiment/files/read-file.js";
import { readSomehow } from "../experiment/init/file-data.js";
import type { Engine } from "../kernels/index.js";
import type { JoinOptions } from "../remote/clients/join-options.js";
import { csvRowCount } from "../tables/csv/row-count.js";
import type { ReadTableOptions } from "../tables/read/read.js";

/** What a client takes part with, of one file: rows of numbers, a table, or a file that may be read as either. */
type JoinRows = Pick<JoinOptions, "data" | "heldOut" | "table">;

export interface JoinFile {
  readonly path: string;
  /** Share of the rows that is held out. */
  readonly heldOut: number;
  /** How a table is read; other settings than a run's. */
  readonly reading: ReadTableOptions;
}

/**
 * Which of both is wanted says the run.
 * @throws FedscoreError FEDSCORE_FILE; FEDSCORE_INVALID_DATA where the file is neither.
 */
export async function joinRows(engine: Engine, file: JoinFile, onNote: (text: string) => void): Promise<JoinRows> {
  const given = plainFile({ bytes: readBytes(file.path), source: file.path });
  const table = formatOf(given).kind === "csv" ? { ...given, heldOut: file.heldOut, ...file.reading } : undefined;
  try {
    const { dataset, doubt } = await readSomehow(given);
    for (const note of [dataset.reading, doubt]) if (note !== undefined) onNote(note);
    return { ...split(engine, dataset, file.heldOut), ...(table && isTable(table) && { table }) };
  } catch (error) {
    if (!table || !isFedscoreError(error) || !isTable(table)) throw error;
    onNote(`${file.path} is a table, for federations of tables; no rows of numbers${placeOf(error)}`);
    return { table };
  }
}

function split(engine: Engine, data: Dataset, share: number): Pick<JoinOptions, "data" | "heldOut"> {
  if (share === 0 || rowCount(data) < 2) return { data };
  const { train, heldOut } = splitDataset(engine, data, { heldOut: share, seed: 1 });
  return { data: train, heldOut };
}

/** Where the first cell is that is no number. */
function placeOf(error: unknown): string {
  const position = error instanceof FedscoreError ? error.details.position : undefined;
  return typeof position === "string" ? `, as ${position} shows` : "";
}

/** Whether the file has a header and rows below it, all of its length. */
function isTable({ bytes, source, delimiter }: NonNullable<JoinOptions["table"]>): boolean {
  try {
    return csvRowCount(bytes, source, delimiter) > 0;
  } catch (error) {
    if (isFedscoreError(error)) return false;
    throw error;
  }
}
