/** The first place whose cumulative weight exceeds a mark; the last where none does. */
export function placeAt(cumulative: Float64Array, mark: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (mark < cumulative[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}
