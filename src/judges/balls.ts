import { pooled } from "../divergence/pairs.js";
import { commonScale, scaled, subsample } from "../divergence/samples.js";
import { openSquaredDistances, type RowBlock } from "../divergence/squared-distances.js";
import type { Engine, Pointer } from "../kernels/index.js";
import type { JudgedRows } from "./judge.js";

const blockRows = 256;
const maxRows = 10_000;

/** Closed balls around rows, each up to the k-th nearest other row of the same sample, and points of another sample. */
export interface Balls {
  /** In how many balls each point lies: float64 [points]. */
  readonly around: Float64Array;
  /** How many points each ball holds: float64 [centres]. */
  readonly holds: Float64Array;
}

/**
 * Counts points in balls in feature space. Both samples are cut to the rows of the smaller one, and to 10,000: the judges are defined for equal numbers.
 * @param k of the nearest neighbours, fewer where there are fewer other rows.
 */
export function countInBalls(engine: Engine, centres: JudgedRows, points: JudgedRows, k: number, seed: number): Balls {
  const { featureWidth: width } = centres;
  const rows = Math.min(centres.predicted.length, points.predicted.length, maxRows);
  const [a, b] = [centres, points].map(({ features }) => subsample(engine, features, width, rows, seed));
  const scale = commonScale(a, b);
  const { arena } = engine;
  return arena.scope(() => {
    const distances = openSquaredDistances(engine, pooled(scaled(a, scale), scaled(b, scale), width), width);
    const out = arena.allocate(4 * blockRows * blockRows);
    const visit = (from: number, to: number, seen: (row: number, column: number, square: number) => void) =>
      visitPairs(engine, blocksOf(from, rows), blocksOf(to, rows), distances, out, seen);
    const nearest = new NearestSquares(rows, Math.min(k, rows - 1));
    visit(0, 0, (row, column, square) => {
      if (row !== column) nearest.add(row, square);
    });
    const radii = nearest.farthest();
    const [around, holds] = [new Float64Array(rows), new Float64Array(rows)];
    visit(0, rows, (centre, point, square) => {
      if (square > radii[centre]) return;
      holds[centre]++;
      around[point - rows]++;
    });
    return { around, holds };
  });
}

function blocksOf(first: number, rows: number): RowBlock[] {
  return Array.from({ length: Math.ceil(rows / blockRows) }, (_, block) => ({
    start: first + block * blockRows,
    rows: Math.min(blockRows, rows - block * blockRows),
  }));
}

function visitPairs(
  engine: Engine,
  left: readonly RowBlock[],
  right: readonly RowBlock[],
  distances: (left: RowBlock, right: RowBlock, out: Pointer) => void,
  out: Pointer,
  seen: (row: number, column: number, square: number) => void,
): void {
  for (const columns of right) {
    for (const rows of left) {
      distances(rows, columns, out);
      const squares = new Float32Array(engine.arena.buffer, out, rows.rows * columns.rows);
      for (let i = 0, at = 0; i < rows.rows; i++)
        for (let j = 0; j < columns.rows; j++, at++) seen(rows.start + i, columns.start + j, squares[at]);
    }
  }
}

/** The k smallest squares of each row, ascending. */
class NearestSquares {
  readonly #smallest: Float32Array;
  readonly #k: number;

  constructor(rows: number, k: number) {
    this.#k = k;
    this.#smallest = new Float32Array(rows * k).fill(Number.POSITIVE_INFINITY);
  }

  add(row: number, square: number): void {
    const first = row * this.#k;
    let at = first + this.#k - 1;
    if (square >= this.#smallest[at]) return;
    for (; at > first && this.#smallest[at - 1] > square; at--) this.#smallest[at] = this.#smallest[at - 1];
    this.#smallest[at] = square;
  }

  /** The k-th of each row. */
  farthest(): Float32Array {
    return Float32Array.from(
      { length: this.#smallest.length / this.#k },
      (_, row) => this.#smallest[(row + 1) * this.#k - 1],
    );
  }
}
