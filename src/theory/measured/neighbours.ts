import { openSquaredDistances, type RowBlock } from "../../divergence/squared-distances.js";
import type { Engine } from "../../kernels/index.js";

const blockRows = 256;
const blockColumns = 1024;

/** The nearest rows of one set to each query row, nearest first. */
export interface Neighbours {
  /** Neighbours of each query. */
  readonly kept: number;
  /** Squared distances, float32 [queries, kept]. */
  readonly squares: Float32Array;
  /** Row numbers of the neighbours in their set, [queries, kept]. */
  readonly rows: Uint32Array;
}

/**
 * Exact nearest neighbours of the first `queries` rows of x, float32 [n, dimension] of mean about 0, among themselves (a row is no neighbour of
 * itself) and among the rows behind them. All pairs, blockwise; `kept` must be below the size of either set.
 */
export function nearestNeighbours(
  engine: Engine,
  x: Float32Array,
  dimension: number,
  queries: number,
  kept: number,
): { readonly own: Neighbours; readonly other: Neighbours } {
  const { arena } = engine;
  const rows = x.length / dimension;
  return arena.scope(() => {
    const squaredDistances = openSquaredDistances(engine, x, dimension);
    const squares = arena.floats(blockRows * blockColumns);
    const [own, other] = [new Nearest(queries, kept), new Nearest(queries, kept)];
    const sets = [
      { nearest: own, first: 0, end: queries },
      { nearest: other, first: queries, end: rows },
    ];
    for (const { nearest, first, end } of sets) {
      for (let start = first; start < end; start += blockColumns) {
        const right: RowBlock = { start, rows: Math.min(blockColumns, end - start) };
        for (let query = 0; query < queries; query += blockRows) {
          const left: RowBlock = { start: query, rows: Math.min(blockRows, queries - query) };
          squaredDistances(left, right, squares.pointer);
          nearest.offer(squares.array, left, right, first);
        }
      }
    }
    return { own: own.found(), other: other.found() };
  });
}

/** Sorted lists of the smallest distances seen so far. */
class Nearest {
  readonly #kept: number;
  readonly #squares: Float32Array;
  readonly #rows: Uint32Array;

  constructor(queries: number, kept: number) {
    this.#kept = kept;
    this.#squares = new Float32Array(queries * kept).fill(Number.POSITIVE_INFINITY);
    this.#rows = new Uint32Array(queries * kept);
  }

  /** Squared distances of a block, float32 [left.rows, right.rows]; neighbours are numbered from `first` on. */
  offer(block: Float32Array, left: RowBlock, right: RowBlock, first: number): void {
    const squares = this.#squares;
    for (let i = 0, at = 0; i < left.rows; i++) {
      const query = left.start + i;
      const last = (query + 1) * this.#kept - 1;
      let farthest = squares[last];
      for (let j = 0; j < right.rows; j++, at++) {
        if (block[at] >= farthest || right.start + j === query) continue;
        this.#insert(last - this.#kept + 1, last, block[at], right.start + j - first);
        farthest = squares[last];
      }
    }
  }

  found(): Neighbours {
    return { kept: this.#kept, squares: this.#squares, rows: this.#rows };
  }

  #insert(base: number, last: number, square: number, row: number): void {
    let at = last;
    for (; at > base && this.#squares[at - 1] > square; at--) {
      this.#squares[at] = this.#squares[at - 1];
      this.#rows[at] = this.#rows[at - 1];
    }
    this.#squares[at] = square;
    this.#rows[at] = row;
  }
}
