/** x -> (x - shift) / scale with one scale for all coordinates: isotropic noise stays isotropic. Plain data. */
export interface AffineMap {
  /** [dimension], data units. */
  readonly shift: Float64Array;
  /** > 0, data units. */
  readonly scale: number;
}
