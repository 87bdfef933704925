import { type Dataset, rowCount } from "../data/dataset.js";
import { gunzipStart, isGzip } from "../data/formats/gzip.js";
import { formatOf, plainFile } from "../data/formats/index.js";
import { splitDataset } from "../data/split.js";
import { FedscoreError, isFedscoreError } from "../errors.js";
import { fileSlices, readBytes } from "../experiment/files/read-file.js";
import { readSomehow } from "../experiment/init/file-data.js";
import type { Engine } from "../kernels/index.js";
import type { JoinOptions } from "../remote/clients/join-options.js";
import { isArrow } from "../tables/file/arrow/recognize.js";
import { isParquet } from "../tables/file/parquet/recognize.js";
import { rowCountOf } from "../tables/file/row-count.js";
import { bytesOf, type FileSlices } from "../tables/file/slices.js";
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
  const { path: source, heldOut, reading } = file;
  const slices = fileSlices(source);
  const start = await startOf(slices, source);
  const own = { file: slices, source, heldOut, ...reading };
  // Types of columns are those of tables alone.
  if (isParquet(start) || isArrow(start)) return { table: own };
  const table = formatOf({ bytes: start, source }).kind === "csv" ? own : undefined;
  try {
    const { dataset, doubt } = await readSomehow(plainFile({ bytes: readBytes(source), source }));
    for (const note of [dataset.reading, doubt]) if (note !== undefined) onNote(note);
    return { ...split(engine, dataset, heldOut), ...(table && (await isTable(table)) && { table }) };
  } catch (error) {
    if (!table || !isFedscoreError(error) || !(await isTable(table))) throw error;
    onNote(`${source} is a table, for federations of tables; no rows of numbers${reasonOf(error)}`);
    return { table };
  }
}

/** Bytes of a file, and of what it is once it is decompressed, that tell of what kind it is. */
const [startLength, plainLength] = [2 ** 16, 2 ** 14];

/** The first bytes of a file, as they are once it is decompressed. */
async function startOf(file: FileSlices, source: string): Promise<Uint8Array> {
  const start = await bytesOf(file, 0, Math.min(file.size, startLength));
  return isGzip(start) ? gunzipStart(start, source, plainLength) : start;
}

function split(engine: Engine, data: Dataset, share: number): Pick<JoinOptions, "data" | "heldOut"> {
  if (share === 0 || rowCount(data) < 2) return { data };
  const { train, heldOut } = splitDataset(engine, data, { heldOut: share, seed: 1 });
  return { data: train, heldOut };
}

/** Where the first cell is that is no number; or why the file cannot be read as numbers. */
function reasonOf(error: Error): string {
  const position = error instanceof FedscoreError ? error.details.position : undefined;
  return typeof position === "string" && position.startsWith("line") ? `, as ${position} shows` : `: ${error.message}`;
}

/** Whether the file has a header and rows below it, all of its length. */
async function isTable({ file, source, delimiter }: NonNullable<JoinOptions["table"]>): Promise<boolean> {
  try {
    return (await rowCountOf(file, source, { delimiter })) > 0;
  } catch (error) {
    if (isFedscoreError(error)) return false;
    throw error;
  }
}
