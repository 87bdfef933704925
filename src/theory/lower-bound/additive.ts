import { type Cells, countsOf, logRatioWitness } from "./cells.js";
import { intervalsAlong } from "./projection.js";
import type { Witness, WitnessFamily } from "./witness.js";

const cellCounts = [4, 12];

/**
 * Sum over coordinates of the log ratios of their histograms: for laws with independent coordinates all of KL, which no single projection sees.
 * Coordinates whose histograms agree to within chance are left out, or their noise would add up.
 */
export const additive: WitnessFamily = {
  name: "additive",
  title: "Sum over binned coordinates",
  recipes: ({ dimension }) =>
    dimension < 2
      ? []
      : cellCounts.map((count) => ({
          method: `sum over coordinates, ${count} cells each`,
          fit: (p, q) => sumOf(coordinateWitnesses(p, q, dimension, count), dimension),
        })),
};

function coordinateWitnesses(p: Float32Array, q: Float32Array, dimension: number, count: number): Witness[] {
  return Array.from({ length: dimension }, (_, axis) => {
    const vector = new Float64Array(dimension);
    vector[axis] = 1;
    const cells = intervalsAlong(vector, p, q, count);
    return agree(cells, p, q) ? undefined : logRatioWitness(cells, p, q);
  }).filter((witness) => witness !== undefined);
}

/** Pearson's statistic of two histograms is at most two standard deviations above its mean for equal laws. */
function agree(cells: Cells, p: Float32Array, q: Float32Array): boolean {
  const [left, right] = [cells.of(p), cells.of(q)];
  const [n, m] = [left.length, right.length];
  const [a, b] = [countsOf(cells.count, left), countsOf(cells.count, right)];
  let statistic = 0;
  for (let cell = 0; cell < cells.count; cell++) {
    if (a[cell] + b[cell] > 0) statistic += (m * a[cell] - n * b[cell]) ** 2 / (n * m * (a[cell] + b[cell]));
  }
  const degrees = cells.count - 1;
  return statistic <= degrees + 2 * Math.sqrt(2 * degrees);
}

function sumOf(witnesses: readonly Witness[], dimension: number): Witness {
  return (points) => {
    const total = new Float64Array(points.length / dimension);
    for (const witness of witnesses) {
      const part = witness(points);
      for (let row = 0; row < total.length; row++) total[row] += part[row];
    }
    return total;
  };
}
