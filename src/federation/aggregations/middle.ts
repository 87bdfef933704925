/** The median of some numbers, at least one: the middle one, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
