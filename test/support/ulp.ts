/** Distance from |x| to the next larger float32. */
export function spacing32(x: number): number {
  const value = Float32Array.of(Math.abs(x));
  const magnitude = value[0];
  new Uint32Array(value.buffer)[0] += 1;
  return value[0] - magnitude;
}

/** Distance from |x| to the next larger float64. */
export function spacing64(x: number): number {
  const value = Float64Array.of(Math.abs(x));
  const magnitude = value[0];
  new BigUint64Array(value.buffer)[0] += 1n;
  return value[0] - magnitude;
}
