const word = new DataView(new ArrayBuffer(8));
const exponentBits = 0x7ff00000;

/**
 * The largest power of two that is not above `magnitude` > 0; 2^-1022 below that, and 1 for 0. What is divided by it keeps its digits, and what
 * is then squared stays far from both ends of the range.
 */
export function powerOfTwo(magnitude: number): number {
  if (magnitude === 0) return 1;
  word.setFloat64(0, Math.max(magnitude, 2 ** -1022));
  word.setUint32(0, word.getUint32(0) & exponentBits);
  word.setUint32(4, 0);
  return word.getFloat64(0);
}

/** The largest |value|, 0 of none. */
export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}
