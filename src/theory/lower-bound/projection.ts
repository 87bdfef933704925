import { type Cells, equiprobableEdges, intervalOf, logRatioWitness } from "./cells.js";
import { candidateDirections } from "./directions.js";
import type { WitnessFamily } from "./witness.js";

const cellCounts = [4, 8, 32];

/** A function of one projection: the log ratio of two histograms on intervals that hold equal parts of the pooled rows. */
export const projection: WitnessFamily = {
  name: "projection",
  title: "Binned one-dimensional projection",
  recipes: (sample) =>
    candidateDirections(sample).flatMap(({ name, vector }) =>
      cellCounts.map((count) => ({
        method: `projection on ${name}, ${count} cells`,
        fit: (p, q) => logRatioWitness(intervalsAlong(vector, p, q, count), p, q),
      })),
    ),
};

/** Intervals of the projection on `vector`. */
export function intervalsAlong(vector: Float64Array, p: Float32Array, q: Float32Array, count: number): Cells {
  const [along, other] = [projected(p, vector), projected(q, vector)];
  const pooled = new Float64Array(along.length + other.length);
  pooled.set(along);
  pooled.set(other, along.length);
  const edges = equiprobableEdges(pooled, count);
  return {
    count: edges.length + 1,
    of(points) {
      const values = projected(points, vector);
      const cells = new Uint32Array(values.length);
      for (let row = 0; row < cells.length; row++) cells[row] = intervalOf(edges, values[row]);
      return cells;
    },
  };
}

function projected(points: Float32Array, vector: Float64Array): Float64Array {
  const d = vector.length;
  const out = new Float64Array(points.length / d);
  for (let row = 0, at = 0; row < out.length; row++) {
    let sum = 0;
    for (let k = 0; k < d; k++, at++) sum += points[at] * vector[k];
    out[row] = sum;
  }
  return out;
}
