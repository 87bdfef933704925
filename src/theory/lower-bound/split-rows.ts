import { gatherRows, rowsIn } from "../../data/rows.js";
import { ArgumentError } from "../../errors.js";
import { type Engine, Purpose, RandomStream } from "../../kernels/index.js";

/** Fewest rows of a sample that can be split. */
export const leastRows = 16;
/** Rows of each sample that the chosen function is fitted on: at most this many, and at most half of them. */
const mostChoiceRows = 20_000;
/** Of these, rows of each half of the comparison. */
const mostComparedRows = 5000;

/** Where the parts of a sample end, in rows of its shuffled order: fit [0, fit), comparison [fit, comparison), choice [0, choice), then evaluation. */
export interface SplitSizes {
  readonly fit: number;
  readonly comparison: number;
  readonly choice: number;
}

/** A sample in a random order, and its parts, float32 [rows, dimension] each. */
export interface SplitRows {
  readonly all: Float32Array;
  readonly fit: Float32Array;
  readonly comparison: Float32Array;
  /** Both of them and more. */
  readonly choice: Float32Array;
  readonly evaluation: Float32Array;
}

/** How a sample of so many rows is split. */
export function splitSizes(rows: number): SplitSizes {
  if (rows < leastRows) throw new ArgumentError("p, q", `must have at least ${leastRows} rows each`, rows);
  const choice = Math.min(rows >> 1, mostChoiceRows);
  const fit = Math.min(choice >> 1, mostComparedRows);
  return { fit, comparison: Math.min(choice, fit + mostComparedRows), choice };
}

/**
 * One half of the rows to choose a function with, a part of it to fit and a part to compare, and the other half to evaluate it on.
 * @param sample 0 for P, 1 for Q: samples are shuffled independently.
 */
export function splitRows(
  engine: Engine,
  points: Float32Array,
  dimension: number,
  seed: number,
  sample: number,
): SplitRows {
  const rows = rowsIn(points, dimension);
  const { fit, comparison, choice } = splitSizes(rows);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  new RandomStream(engine, { seed, purpose: Purpose.lowerBound, step: sample }).shuffle(order);
  const all = gatherRows(points, dimension, order);
  const part = (start: number, end: number) => all.subarray(start * dimension, end * dimension);
  return {
    all,
    fit: part(0, fit),
    comparison: part(fit, comparison),
    choice: part(0, choice),
    evaluation: part(choice, rows),
  };
}
