import { FedscoreError } from "../../errors.js";
import { filledSettings } from "../../family.js";
import { Inference, type InferOptions, type InferredSchema } from "../infer/infer.js";
import { type ReadTableOptions, readFields } from "../read/read.js";
import { type ReadTable, TableReader } from "../read/table-reader.js";
import { ownerSchema, type RowOwners, rowOwners } from "../row-owners.js";
import type { TableSchema } from "../schema/field.js";
import { parseTableSchema } from "../schema/parse.js";
import { openTableFile } from "./open-file.js";
import type { FileSlices } from "./slices.js";
import type { OpenFileOptions, TableFile } from "./table-file.js";

/** Rows whose cells say what the columns are, unless they turn out to be too few. */
const firstLook = 20_000;

/** What `readTableFile` may be told. */
export type ReadTableFileOptions = ReadTableOptions & Pick<OpenFileOptions, "signal" | "onProgress">;

/** What `inferTableFile` may be told. */
export type InferTableFileOptions = InferOptions & Pick<OpenFileOptions, "signal">;

/**
 * Reads a file of any size by its schema: CSV as `readTable`, gzip or not, Parquet (with the package hyparquet) or Arrow. Of a CSV or Parquet file no more is in memory than a piece of it, or a group of
 * its rows, and the columns. A typed file is read as its CSV would be: nulls and NaN as gaps, moments in UTC.
 * @param file such as a File of a page, or what `fs.openAsBlob` of Node gives.
 * @param source names the file in errors.
 * @throws FedscoreError FEDSCORE_INVALID_DATA as `readTable`, FEDSCORE_UNSUPPORTED with the package that is not installed, FEDSCORE_ABORTED.
 */
export async function readTableFile(
  file: FileSlices,
  source: string,
  schema: TableSchema,
  options: ReadTableFileOptions = {},
): Promise<ReadTable> {
  const checked = parseTableSchema(schema);
  const { signal, onProgress, ...settings } = options;
  const { delimiter } = filledSettings(readFields, "csv", settings);
  return readRows(await openTableFile(file, source, { delimiter, signal, onProgress }), source, checked, settings);
}

/** Reads the rows of a file that is open. */
export async function readRows(
  file: TableFile,
  source: string,
  schema: TableSchema,
  settings: ReadTableOptions,
): Promise<ReadTable> {
  const { onInvalid } = filledSettings(readFields, "csv", settings);
  const reader = new TableReader(file, source, schema, onInvalid);
  await file.forEachRow((cells, at) => {
    reader.add(cells, at);
    return true;
  }, schema);
  return reader.end(file.dialect);
}

/**
 * Infers the schema of a file as `inferTableSchema` does. The types of a Parquet or Arrow file are its own.
 * @param file such as a File of a page, or what `fs.openAsBlob` of Node gives.
 * @param source names the file in errors.
 * @throws as `readTableFile`, and ArgumentError for a column to overrule that the file does not have.
 */
export async function inferTableFile(
  file: FileSlices,
  source: string,
  options: InferTableFileOptions = {},
): Promise<InferredSchema> {
  const { signal, ...inferOptions } = options;
  const open = await openTableFile(file, source, { delimiter: options.delimiter, signal });
  const { lookedTo: _, ...inferred } = await inferFrom(open, inferOptions);
  return inferred;
}

/** A file that was read by the schema that its cells say. */
export interface InferredTable extends Pick<InferredSchema, "schema" | "columns"> {
  readonly read: ReadTable;
}

/**
 * Infers the schema of a file that is open and reads it. Where a cell does not fit what the first rows say (the first negative number, a text for gaps), more rows are looked at, up to all.
 * @throws as `inferTableFile` and `readTableFile`.
 */
export async function readInferred(
  file: TableFile,
  source: string,
  options: InferOptions,
  settings: ReadTableOptions,
): Promise<InferredTable> {
  for (let rows = firstLook; ; rows *= 8) {
    const { schema, columns, lookedTo } = await inferFrom(file, { ...options, rows });
    try {
      return { schema, columns, read: await readRows(file, source, schema, settings) };
    } catch (error) {
      // Of a cell that was looked at, more rows say nothing new: a person has said what it is to be.
      if (!(error instanceof FedscoreError) || cellPlace(error, file) <= lookedTo) throw error;
    }
  }
}

/** Whose the rows of a file are that is open. @throws FedscoreError FEDSCORE_INVALID_DATA for a column that the file does not have. */
export async function ownersIn(file: TableFile, source: string, name: string): Promise<RowOwners> {
  return rowOwners((await readRows(file, source, ownerSchema(name), {})).table);
}

/** Where the cell is that an error is of; before all where it is of none. */
function cellPlace({ details }: FedscoreError, { unit }: TableFile): number {
  const at = details[unit];
  return typeof details.column === "string" && typeof at === "number" ? at : Number.NEGATIVE_INFINITY;
}

/** What the rows say that were looked at. */
interface LookedAt extends InferredSchema {
  /** Where the last of them is; Infinity: they are all. */
  readonly lookedTo: number;
}

/** Infers the schema of a file that is open. */
export async function inferFrom(file: TableFile, options: InferOptions): Promise<LookedAt> {
  const inference = new Inference(file, options);
  let lookedTo = Number.POSITIVE_INFINITY;
  await file.forEachRow((cells, at) => {
    const isMoreWanted = inference.add(cells, at);
    if (!isMoreWanted) lookedTo = at;
    return isMoreWanted;
  });
  return { ...inference.end(), lookedTo };
}
