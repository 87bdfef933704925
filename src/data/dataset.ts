/** Rows of equal length, row-major. */
export interface Dataset {
  /** float32 [count, dimension]. */
  readonly points: Float32Array;
  readonly dimension: number;
  /** One class per row where the source has classes: what Dirichlet and shard partitions skew. */
  readonly labels?: Int32Array;
  /** [height, width] where rows are grey images. */
  readonly imageShape?: readonly [number, number];
}

export function rowCount(dataset: Dataset): number {
  return dataset.points.length / dataset.dimension;
}
