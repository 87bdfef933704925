import { largestMagnitude, powerOfTwo } from "../../data/scale.js";

/** Mean and standard deviation of at least one number. Sums and squares of numbers at the ends of float64 would lie beyond them. */
export function centerOf(values: Float32Array | Float64Array): { readonly mean: number; readonly deviation: number } {
  const unit = powerOfTwo(largestMagnitude(values));
  let sum = 0;
  for (const value of values) sum += value / unit;
  const mean = sum / values.length;
  let squares = 0;
  const spread = powerOfTwo(farthestFrom(mean, values, unit));
  for (const value of values) squares += ((value / unit - mean) / spread) ** 2;
  return { mean: mean * unit, deviation: Math.sqrt(squares / values.length) * spread * unit };
}

function farthestFrom(mean: number, values: Float32Array | Float64Array, unit: number): number {
  let farthest = 0;
  for (const value of values) farthest = Math.max(farthest, Math.abs(value / unit - mean));
  return farthest;
}
