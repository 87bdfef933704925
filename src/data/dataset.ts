import { gatherRows, rowsIn } from "./rows.js";

/** Rows of equal length, row-major. */
export interface Dataset {
  /** float32 [count, dimension]. */
  readonly points: Float32Array;
  readonly dimension: number;
  /** One class per row where the source has classes: what Dirichlet and shard partitions skew. */
  readonly labels?: Int32Array | undefined;
  /** [height, width] where rows are grey images. */
  readonly imageShape?: readonly [number, number] | undefined;
}

/** Number of rows n of `points`, float32 [n, dimension]. */
export function rowCount(dataset: Dataset): number {
  return rowsIn(dataset.points, dataset.dimension);
}

/** The given rows, in the given order, with their labels. */
export function selectRows(dataset: Dataset, rows: Uint32Array): Dataset {
  const { dimension, labels, imageShape } = dataset;
  return {
    points: gatherRows(dataset.points, dimension, rows),
    dimension,
    ...(labels && { labels: Int32Array.from(rows, (row) => labels[row]) }),
    ...(imageShape && { imageShape }),
  };
}
