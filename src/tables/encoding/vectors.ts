/** The coordinates of a column in the vectors of all rows. */
export interface Vectors {
  /** float32 [rows, dimension]. */
  readonly vectors: Float32Array;
  readonly dimension: number;
  /** Of the column's first coordinate in a row. */
  readonly at: number;
}
