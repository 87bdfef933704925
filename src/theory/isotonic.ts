import { requireLength } from "../errors.js";

/**
 * Least-squares fit of a non-increasing sequence to `values` with positive `weights`: pool adjacent violators
 * (Barlow et al. 1972). Same length as the input.
 */
export function nonIncreasingFit(values: ArrayLike<number>, weights: ArrayLike<number>): Float64Array {
  requireLength("weights", weights, values.length);
  const means: number[] = [];
  const masses: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < values.length; i++) {
    let mean = values[i] as number;
    let mass = weights[i] as number;
    let count = 1;
    while (means.length > 0 && (means.at(-1) as number) < mean) {
      const poolMass = masses.pop() as number;
      mean = (mean * mass + (means.pop() as number) * poolMass) / (mass + poolMass);
      mass += poolMass;
      count += counts.pop() as number;
    }
    means.push(mean);
    masses.push(mass);
    counts.push(count);
  }
  const fit = new Float64Array(values.length);
  let at = 0;
  means.forEach((mean, block) => {
    const end = at + (counts[block] as number);
    fit.fill(mean, at, end);
    at = end;
  });
  return fit;
}
