import { requireArray, requireNumber, requireObject } from "../errors.js";
import { createEngine, Purpose, uniforms } from "../kernels/index.js";
import type { Table } from "../tables/column.js";
import type { TableCondition } from "../tables/where/condition.js";
import { rowsWhere } from "../tables/where/rows-where.js";

/** How much more often rows are asked for, beside all others. */
export interface RowWeight {
  readonly condition: TableCondition;
  /** In [0.001, 1000]: 10 makes a row that fits ten times as probable, beside one of weight 1. */
  readonly weight: number;
}

/** @returns those of the rows that stay; `first` is the number of the table's first row among all that are drawn. */
export type RowKeeper = (table: Table, rows: Uint32Array<ArrayBuffer>, first: number) => Uint32Array<ArrayBuffer>;

const [least, most] = [1e-3, 1e3];

/** @throws ArgumentError naming what is out of range. */
export function requireRowWeights(argument: string, weights: readonly RowWeight[]): void {
  requireArray(argument, weights);
  for (const [index, each] of weights.entries()) {
    const { weight } = requireObject(`${argument}[${index}]`, each);
    const isWeight = (value: number) => value >= least && value <= most;
    requireNumber(`${argument}[${index}].weight`, weight, `must lie in [${least}, ${most}]`, isWeight);
  }
}

/**
 * Keeps a row with probability w / max w, w that of the first condition that holds for it, else 1: what stays has the law of the rows with density proportional to
 * w (rejection sampling), but for the resolution of the random numbers: w / max w counts to within 2^-24. Which rows stay follows from the seed and their numbers.
 */
export async function rowKeeper(weights: readonly RowWeight[], seed: number): Promise<RowKeeper> {
  if (weights.length === 0) return (_table, rows) => rows;
  const engine = await createEngine({ variant: "simd" });
  const largest = Math.max(1, ...weights.map(({ weight }) => weight));
  return (table, rows, first) => {
    const chances = uniforms(engine, table.rows, { seed, purpose: Purpose.rowWeight }, first);
    const own = weightsOf(table, weights);
    return rows.filter((row) => chances[row] * largest < own[row]);
  };
}

/** float64 [rows] */
function weightsOf(table: Table, weights: readonly RowWeight[]): Float64Array {
  const own = new Float64Array(table.rows).fill(1);
  for (const { condition, weight } of weights.toReversed())
    for (const row of rowsWhere(table, [condition])) own[row] = weight;
  return own;
}
