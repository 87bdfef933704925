import { ArgumentError } from "../errors.js";
import { type Dataset, rowCount } from "./dataset.js";
import { firstNonFinite } from "./finite.js";
import { type CsvOptions, readCsv } from "./formats/csv.js";
import { readIdx } from "./formats/idx.js";
import { indexIn, invalidData } from "./formats/invalid.js";
import { readNpy } from "./formats/npy.js";

/** Formats that `readDataset` reads. */
export type DataFormat = "npy" | "idx" | "csv";

/** How to read a file of data; see `readDataset`. */
export interface ReadOptions {
  /** Default: told by the first bytes. */
  readonly format?: DataFormat | undefined;
  /** One integer per row. */
  readonly labels?: DataFile | undefined;
  readonly csv?: CsvOptions | undefined;
}

/** The content of a file and what errors call it. */
export interface DataFile {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/**
 * A dataset from the bytes of an NPY, IDX or CSV file.
 * NPY: [n] is one number a row, [n, d] one row each, [n, height, width] images, taken as they are.
 * IDX: [n, height, width] images of bytes, divided by 255. CSV: see readCsv; `csv` may name a label column.
 * `labels` is a 1-D NPY or IDX file of integers, one per row. Throws FEDSCORE_INVALID_DATA.
 */
export async function readDataset(file: DataFile, options: ReadOptions = {}): Promise<Dataset> {
  const dataset = await readPoints(file, options);
  if (rowCount(dataset) === 0 || dataset.dimension === 0) {
    throw invalidData(
      file.source,
      "shape",
      "at least one row and one column",
      `${rowCount(dataset)} x ${dataset.dimension}`,
    );
  }
  if (!options.labels) return dataset;
  if (dataset.labels)
    throw new ArgumentError("labels", "must not be a file where csv.label names a column", options.labels.source);
  const labels = await readLabels(options.labels);
  if (labels.length !== rowCount(dataset)) {
    throw invalidData(
      options.labels.source,
      "shape",
      `${rowCount(dataset)} labels, one per row of ${file.source}`,
      labels.length,
    );
  }
  return { ...dataset, labels };
}

async function readPoints({ bytes, source }: DataFile, options: ReadOptions): Promise<Dataset> {
  const format = options.format ?? (isNpy(bytes) ? "npy" : isIdx(bytes) ? "idx" : "csv");
  if (format === "npy") return npyDataset(bytes, source);
  if (format === "idx") {
    const { shape, values } = await readIdx(bytes, source);
    const [, height, width] = shape;
    if (shape.length !== 3) throw invalidData(source, "byte 3", "3 dimensions (images)", shape.length);
    return {
      points: Float32Array.from(values, (value) => value / 255),
      dimension: height * width,
      imageShape: [height, width],
    };
  }
  const { points, dimension, labels } = readCsv(bytes, source, options.csv);
  return { points, dimension, ...(labels && { labels }) };
}

function npyDataset(bytes: Uint8Array, source: string): Dataset {
  const { shape, values } = readNpy(bytes, source);
  const points = values instanceof Float32Array ? values : Float32Array.from(values);
  const overflow = firstNonFinite(points);
  if (overflow >= 0) {
    throw invalidData(
      source,
      `element [${indexIn(shape, overflow).join(", ")}]`,
      "a number within float32",
      values[overflow],
    );
  }
  const [, columns = 1, depth] = shape;
  if (depth === undefined) return { points, dimension: columns };
  return { points, dimension: columns * depth, imageShape: [columns, depth] };
}

async function readLabels({ bytes, source }: DataFile): Promise<Int32Array> {
  const { shape, values } = isNpy(bytes) ? readNpy(bytes, source) : await readIdx(bytes, source);
  if (shape.length !== 1) throw invalidData(source, "shape", "1 dimension (labels)", shape.length);
  const labels = Int32Array.from(values);
  const bad = labels.findIndex((label, row) => label !== values[row]);
  if (bad >= 0) throw invalidData(source, `element [${bad}]`, "an integer label", values[bad]);
  return labels;
}

const isNpy = (bytes: Uint8Array) => bytes[0] === 0x93 && bytes[1] === 0x4e;
const isIdx = (bytes: Uint8Array) => (bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0 && bytes[1] === 0);
