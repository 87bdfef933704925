import { ArgumentError, requireObject, requireText, requireTyped } from "../errors.js";
import { createFrom, memberNamed } from "../family.js";
import { requireOptions } from "../options.js";
import type { Dataset } from "./dataset.js";
import type { DataFile, DataFormat } from "./formats/format.js";
import { arrayKinds, type DataFormatSpec, formatOf, formats, plainFile, recognized } from "./formats/index.js";
import { advised, invalidData } from "./formats/invalid.js";
import { labelsOf } from "./formats/labels.js";
import { rowsIn } from "./rows.js";

/** How to read a file of data; see `readDataset`. */
export interface ReadOptions {
  /** Default: told by the first bytes, then by the end of the name. */
  readonly format?: DataFormatSpec | undefined;
  /** An array of one integer per row, in place of a column of the file. */
  readonly labels?: DataFile | undefined;
}

/**
 * A dataset from the bytes of a file, in one of the formats of formats/index.ts.
 * @throws FedscoreError FEDSCORE_INVALID_DATA naming file, place, what was expected and what was found; ArgumentError for a setting
 * of the format that is out of its range, such as format.delimiter.
 */
export async function readDataset(file: DataFile, options: ReadOptions = {}): Promise<Dataset> {
  const { format, labels } = requireOptions("options", options, ["format", "labels"]);
  const dataset = await readRows(plainFile(requireFile("file", file)), format);
  const rows = rowsIn(dataset.points, dataset.dimension);
  if (!labels) return dataset;
  if (dataset.labels) {
    throw new ArgumentError("labels", "must be absent where the file itself has labels", labels.source);
  }
  const read = await readLabels(plainFile(requireFile("labels", labels)));
  if (read.length === rows) return { ...dataset, labels: read };
  throw invalidData(labels.source, "shape", `${rows} labels, one per row of ${file.source}`, read.length);
}

function requireFile(argument: string, file: DataFile): DataFile {
  const { bytes, source } = requireObject(argument, file);
  requireTyped(`${argument}.bytes`, bytes, Uint8Array);
  requireText(`${argument}.source`, source);
  return file;
}

function readRows(file: DataFile, format: DataFormatSpec | undefined): Promise<Dataset> {
  const spec = format === undefined ? { kind: formatOf(file).kind } : requireObject("format", format);
  const { kind } = memberNamed<DataFormat>(formats, "format.kind", spec.kind);
  const found = recognized(file.bytes);
  if (found && found.kind !== kind) {
    const error = invalidData(file.source, "byte 0", `a file of kind "${kind}"`, found.kind);
    throw advised(error, `set kind to "${found.kind}"`);
  }
  return createFrom(formats, "format", spec, file);
}

async function readLabels(file: DataFile): Promise<Int32Array> {
  const { kind, readArray } = formatOf(file);
  const { source } = file;
  if (!readArray) throw invalidData(source, "byte 0", `labels in a file of kind ${arrayKinds.join(" or ")}`, kind);
  return labelsOf(await readArray(file), source);
}
