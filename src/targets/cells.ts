import { type Engine, normals, Purpose, uniforms } from "../kernels/index.js";

/**
 * A law cut into cells of known probability that together are all of it: the components of a mixture, the rows of a data set. Drawing every
 * cell on purpose, none of its mass is left to chance, however rare.
 */
export interface Cells {
  /** What a cell is, in the plural: "components". */
  readonly noun: string;
  /** Probabilities, [cells], positive, summing to 1. */
  readonly weights: ArrayLike<number>;
  /** One draw from each of `cells`, which are numbers of cells: rows [first, ...) of the draws of that seed, however the range is cut. */
  draw(engine: Engine, cells: Uint32Array, seed: number, first: number): CellDraw;
}

/** Rows of a weighted sample: the mean of f(x) factor over a cell's rows estimates the mean of f over the cell without bias. */
export interface CellDraw {
  /** float32 [rows, dimension]. */
  readonly points: Float32Array;
  /** [rows], >= 0, of mean 1: how much likelier the row is under the law than where it was drawn. Absent: all 1. */
  readonly factors?: Float64Array;
}

/** Share of the rows that are drawn wider than the law. */
const wideShare = 1 / 8;
/** The largest factor of a row, 8/7. */
export const mostRowFactor = 1 / (1 - wideShare);

/**
 * Standard normal rows, float32 [rows, width], of which an eighth is stretched, with the factors that undo it (a defensive mixture; Hesterberg,
 * Technometrics 37, 1995): the tails of a Gaussian are then visited too. The stretch s^2 = 1 + 3 / sqrt(width) moves |z|^2 by as
 * much as its own spread. No factor exceeds 8/7.
 */
export function normalsWithTails(
  engine: Engine,
  rows: number,
  width: number,
  seed: number,
  first: number,
): { readonly z: Float32Array; readonly factors: Float64Array } {
  const key = { seed, purpose: Purpose.certificateData } as const;
  const z = normals(engine, rows * width, key, first * width);
  const coins = uniforms(engine, rows, { ...key, client: 1 }, first);
  const square = 1 + 3 / Math.sqrt(width);
  const { mathExp, mathLog } = engine.kernels;
  const logVolume = 0.5 * width * mathLog(square);
  const factors = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const stretch = coins[row] < wideShare ? Math.sqrt(square) : 1;
    let norm = 0;
    for (let at = row * width; at < (row + 1) * width; at++) {
      z[at] *= stretch;
      norm += z[at] * z[at];
    }
    const wide = mathExp(0.5 * norm * (1 - 1 / square) - logVolume);
    factors[row] = 1 / (1 - wideShare + wideShare * wide);
  }
  return { z, factors };
}

/** A law that is one cell. */
export function oneCell(
  noun: string,
  draw: (engine: Engine, rows: number, seed: number, first: number) => CellDraw,
): Cells {
  return { noun, weights: [1], draw: (engine, { length }, seed, first) => draw(engine, length, seed, first) };
}
