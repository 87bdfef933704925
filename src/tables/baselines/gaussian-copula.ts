import { choleskyFactor } from "../../data/cholesky.js";
import { type Engine, Purpose, RandomStream } from "../../kernels/index.js";
import type { Column } from "../column.js";
import { takeCells } from "../table-rows.js";
import { baseline } from "./baseline.js";
import { normalQuantile } from "./normal-quantile.js";

/** What correlations are shrunk by, so that columns which say the same still have a Cholesky factor. */
const shrinkage = 1e-9;

/**
 * Columns joined by a multivariate normal law: the cells of a column, gaps first, then numbers by size or categories by their places in the list, become
 * normal scores of their mean ranks; rows are drawn from the normal law with the scores' correlations, and each number drawn is cut back to the cell of
 * that rank. So every cell drawn occurs in its column, with its frequency there (Patki et al., The Synthetic Data Vault, DSAA 2016, with empirical margins).
 */
export const gaussianCopula = baseline({
  name: "gaussianCopula",
  title: "Gaussian copula",
  generate(engine, table, { rows, seed }) {
    const thresholds = Float64Array.from({ length: table.rows - 1 }, (_, rank) =>
      normalQuantile(engine, (rank + 1) / table.rows),
    );
    const ranked = table.columns.map((column) => rankedCells(column));
    const factor = factorOf(ranked.map((cells) => normalScores(engine, cells)));
    const drawn = drawNormals(engine, factor, table.columns.length, rows, seed);
    const columns = table.columns.map((column, index) =>
      takeCells(
        column,
        Uint32Array.from(drawn[index], (value) => ranked[index].order[rankOf(thresholds, value)]),
      ),
    );
    return { rows, columns };
  },
});

interface RankedCells {
  /** Rows by their cells, the smallest first. */
  readonly order: Uint32Array;
  /** Of each rank: the cell's number, -Infinity for a gap. */
  readonly keys: Float64Array;
}

function rankedCells(column: Column): RankedCells {
  const cells = column.kind === "number" ? column.values : column.codes;
  const keys = Float64Array.from(cells, (cell, row) => (column.missing[row] ? Number.NEGATIVE_INFINITY : cell));
  const order = Uint32Array.from(keys, (_, row) => row).sort((a, b) =>
    keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b,
  );
  return { order, keys: Float64Array.from(order, (row) => keys[row]) };
}

/** Of each row: the normal quantile of the mean rank of the cells that are equal to its own, less the mean, over the deviation; 0 in a constant column. */
function normalScores(engine: Engine, { order, keys }: RankedCells): Float64Array {
  const rows = order.length;
  const scores = new Float64Array(rows);
  for (let first = 0; first < rows; ) {
    let end = first + 1;
    while (end < rows && keys[end] === keys[first]) end++;
    const score = normalQuantile(engine, (first + end) / 2 / rows);
    while (first < end) scores[order[first++]] = score;
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / rows;
  const length = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0));
  const isConstant = keys[0] === keys[rows - 1];
  return scores.map((score) => (isConstant ? 0 : (score - mean) / length));
}

/** Cholesky factor of the correlations of columns of length 1, float64 [columns, columns]. */
function factorOf(scores: readonly Float64Array[]): Float64Array {
  const matrix = scores.flatMap((a, i) =>
    scores.map((b, j) => (i === j ? 1 : (1 - shrinkage) * a.reduce((sum, score, row) => sum + score * b[row], 0))),
  );
  return choleskyFactor("correlations", matrix, scores.length);
}

/** Draws of the normal law with this factor, one array a column. */
function drawNormals(
  engine: Engine,
  factor: Float64Array,
  columns: number,
  rows: number,
  seed: number,
): Float64Array[] {
  const streams = Array.from(
    { length: columns },
    (_, client) => new RandomStream(engine, { seed, purpose: Purpose.tableBaseline, client, step: 1 }),
  );
  const drawn = streams.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const independent = streams.map((stream) => stream.normal());
    for (let i = 0; i < columns; i++)
      for (let j = 0; j <= i; j++) drawn[i][row] += factor[i * columns + j] * independent[j];
  }
  return drawn;
}

/** How many of the ascending thresholds a number has reached. */
function rankOf(thresholds: Float64Array, value: number): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (thresholds[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
