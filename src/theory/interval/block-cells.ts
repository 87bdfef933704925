import { type Cells, mostRowFactor } from "../../targets/cells.js";
import { blockRows } from "./weighted-rows.js";

/** Of more cells rows are drawn from the law as a whole. */
const mostCells = blockRows / 2;

/** Where the rows of a block are drawn. */
export interface BlockCells {
  /** The cell of each row, [blockRows]. */
  readonly cells: Uint32Array;
  /** What each row counts, [blockRows], at most 2, so that their mean over a block is one over the law. */
  readonly factors: Float64Array;
}

/**
 * A block's share of the cells: one row each, and the others in proportion to what is then missing most. So a cell of probability 1e-3 is seen
 * by every block. Undefined where the law has no cells, or more than half a block of them.
 */
export function blockCells(cells: Pick<Cells, "weights"> | undefined): BlockCells | undefined {
  if (!cells || cells.weights.length > mostCells) return undefined;
  const weights = Float64Array.from(cells.weights);
  const counts = new Uint32Array(weights.length).fill(1);
  for (let row = weights.length; row < blockRows; row++) {
    let neediest = 0;
    for (let cell = 1; cell < weights.length; cell++) {
      if (weights[cell] * counts[neediest] > weights[neediest] * counts[cell]) neediest = cell;
    }
    counts[neediest]++;
  }
  const all = [...counts].flatMap((count, cell) => new Array<number>(count).fill(cell));
  return {
    cells: Uint32Array.from(all),
    factors: Float64Array.from(all, (cell) => (blockRows * weights[cell]) / counts[cell]),
  };
}

/** No row of blocks of these cells counts more, or, without any, of rows of the law as a whole. */
export function mostFactorOf(cells: BlockCells | undefined): number {
  return cells ? mostRowFactor * cells.factors.reduce((most, factor) => Math.max(most, factor), 0) : 1;
}
