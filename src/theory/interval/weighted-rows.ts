import { mostRowFactor } from "../../targets/cells.js";

/** Log ratios of independent rows, float64; nats. */
export interface LawRows {
  /** U_K of rows of q_delta, block by block. */
  readonly u: Float64Array;
  /** What each row counts: means of factor times f over rows are means of f over the law. */
  readonly factors: Float64Array;
}

/** The same of rows that the sampler drew. */
export interface SamplerRows {
  /** U_K over paths that know nothing of how the row came about, V. */
  readonly u: Float64Array;
  /** With the row's own path in the place of the first, V_c. */
  readonly conditional: Float64Array;
  /** Uniform on (0, 1), one for each row. */
  readonly coins: Float64Array;
}

/** Rows of a block: each visits every cell of the law in the same proportion, so block means have one law. */
export const blockRows = 64;

/** No row counts more: at most 2 for its place in the block, and what it counts for where it was drawn in its cell. */
export const mostFactor = 2 * mostRowFactor;

/** e^-U is cut at M = e^cut. */
export const cut = 2;

/** U + min(e^-U, M) - 1: its mean is that of U_K, less what the sampler has where the law has next to nothing. */
export function controlled(u: number): number {
  return u + Math.min(Math.exp(-u), Math.exp(cut)) - 1;
}

/** max(0, 1 - M e^V_c), in [0, 1]: how much of a sampler's row the law does not have. */
export function stray(conditional: number): number {
  return Math.max(0, -Math.expm1(cut + conditional));
}
