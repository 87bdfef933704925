import { ArgumentError, requireInteger, requireLength, requireObject, requireTyped } from "../errors.js";
import { gatherExact, gatherRows, requireRows, rowsIn } from "./rows.js";

/** Rows of equal length, row-major. */
export interface Dataset {
  /** float32 [count, dimension]. */
  readonly points: Float32Array;
  readonly dimension: number;
  /** float64 [count, dimension]: the rows before they were rounded to `points`, where that costs a column digits that it needs. */
  readonly exact?: Float64Array | undefined;
  /** One class per row where the source has classes: what Dirichlet and shard partitions skew. */
  readonly labels?: Int32Array | undefined;
  /** [height, width] where rows are grey images. */
  readonly imageShape?: readonly [number, number] | undefined;
  /** [height, width] where rows are colour images: the red plane, the green one, the blue one. */
  readonly colourShape?: readonly [number, number] | undefined;
  /** How the file was understood where that had to be guessed, for people. */
  readonly reading?: string | undefined;
}

/** Number of rows n of `points`, float32 [n, dimension]. */
export function rowCount(dataset: Dataset): number {
  requireDataset(dataset);
  return rowsIn(dataset.points, dataset.dimension);
}

/** The given rows, in the given order, with their labels. */
export function selectRows(dataset: Dataset, rows: Uint32Array): Dataset {
  const { dimension, exact, labels, imageShape, colourShape, reading } = requireDataset(dataset);
  requireTyped("rows", rows, Uint32Array);
  const count = rowsIn(dataset.points, dimension);
  const wrong = rows.findIndex((row) => row >= count);
  if (wrong >= 0)
    throw new ArgumentError(`rows[${wrong}]`, `must be below the ${count} rows of the dataset`, rows[wrong]);
  return {
    points: gatherRows(dataset.points, dimension, rows),
    dimension,
    ...(exact && { exact: gatherExact(exact, dimension, rows) }),
    ...(labels && { labels: Int32Array.from(rows, (row) => labels[row]) }),
    ...(imageShape && { imageShape }),
    ...(colourShape && { colourShape }),
    ...(reading !== undefined && { reading }),
  };
}

/** @throws ArgumentError or ArgumentTypeError where points are no float32 [n, dimension] or labels are not one a row. */
export function requireDataset(dataset: Dataset): Dataset {
  const { points, dimension, exact, labels } = requireObject("dataset", dataset);
  requireRows("dataset.points", points, requireInteger("dataset.dimension", dimension, 1));
  if (exact !== undefined) {
    requireTyped("dataset.exact", exact, Float64Array);
    requireLength("dataset.exact", exact, points.length);
  }
  if (labels === undefined) return dataset;
  requireTyped("dataset.labels", labels, Int32Array);
  requireLength("dataset.labels", labels, rowsIn(points, dimension));
  return dataset;
}
