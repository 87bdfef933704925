import { type Cells, logRatioWitness } from "./cells.js";
import type { WitnessFamily } from "./witness.js";

const depths = [4, 6, 8];
/** Pooled rows that a cell should have at least. */
const rowsPerCell = 8;

/** Boxes of equal pooled counts: halved at the median again and again, coordinate after coordinate. For few dimensions. */
export const histogram: WitnessFamily = {
  name: "histogram",
  title: "Histogram on boxes",
  recipes: ({ dimension, p, q }) => {
    if (dimension < 2) return [];
    const rows = (p.length + q.length) / dimension;
    return depths
      .filter((depth) => rowsPerCell * 2 ** depth <= rows)
      .map((depth) => ({
        method: `histogram on ${2 ** depth} boxes`,
        fit: (p, q) => logRatioWitness(medianBoxes(p, q, dimension, depth), p, q),
      }));
  },
};

/** 2^depth boxes; the box at depth l is cut along coordinate l mod d at the median of its pooled rows. */
function medianBoxes(p: Float32Array, q: Float32Array, dimension: number, depth: number): Cells {
  const pooled = new Float32Array(p.length + q.length);
  pooled.set(p);
  pooled.set(q, p.length);
  const thresholds = new Float64Array(2 ** depth);
  cut(
    pooled,
    dimension,
    Uint32Array.from({ length: pooled.length / dimension }, (_, row) => row),
    1,
    0,
    thresholds,
  );
  return {
    count: 2 ** depth,
    of: (points) =>
      Uint32Array.from({ length: points.length / dimension }, (_, row) => {
        let node = 1;
        for (let level = 0; level < depth; level++) {
          node = 2 * node + (points[row * dimension + (level % dimension)] > thresholds[node] ? 1 : 0);
        }
        return node - 2 ** depth;
      }),
  };
}

/** Thresholds of the subtree at `node` of a binary heap whose root is 1. */
function cut(
  points: Float32Array,
  dimension: number,
  rows: Uint32Array,
  node: number,
  level: number,
  thresholds: Float64Array,
): void {
  if (node >= thresholds.length) return;
  const axis = level % dimension;
  const values = Float32Array.from(rows, (row) => points[row * dimension + axis]).sort();
  const threshold = values.length > 0 ? values[(values.length - 1) >> 1] : 0;
  thresholds[node] = threshold;
  const isLow = (row: number) => points[row * dimension + axis] <= threshold;
  cut(points, dimension, rows.filter(isLow), 2 * node, level + 1, thresholds);
  cut(
    points,
    dimension,
    rows.filter((row) => !isLow(row)),
    2 * node + 1,
    level + 1,
    thresholds,
  );
}
