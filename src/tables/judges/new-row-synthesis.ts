import { requireInteger } from "../../errors.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { requireOptions } from "../../options.js";
import type { NumberColumn, Table } from "../column.js";
import { sharedCodes } from "../present.js";
import { alikeColumns, requireAlike } from "../require-tables.js";
import { fewerRows } from "../table-rows.js";
import type { TableJudgeOptions } from "./detection.js";
import { binomialInterval } from "./intervals.js";
import { type Measured, measured, notMeasured } from "./measured.js";

/** numerical_match_tolerance. */
const tolerance = 0.01;
/** Most synthetic rows that are looked for. */
const maxRows = 10_000;

/**
 * NewRowSynthesis of docs.sdv.dev/sdmetrics: share of the synthetic rows that match no real row. Cells match where categories are equal, where numbers
 * differ by at most 1 % of the synthetic one, and where both are missing. All real rows are tried; of more than 10,000 synthetic rows a seeded
 * subsample. The real rows are held fixed in the interval, Wilson's.
 * @throws ArgumentError unless both tables have the same columns.
 */
export function newRowSynthesis(engine: Engine, real: Table, synthetic: Table, options: TableJudgeOptions): Measured {
  requireEngine(engine);
  requireAlike({ real, synthetic });
  const { seed } = requireOptions("options", options, ["seed"]);
  requireInteger("seed", seed, 0);
  if (synthetic.rows === 0) return notMeasured("the synthetic table has no rows");
  const looked = fewerRows(engine, synthetic, maxRows, seed);
  const groups = groupedRows(real, looked);
  const [numbers, lookedNumbers] = [real, looked].map(numberColumns);
  let fresh = 0;
  for (let row = 0; row < looked.rows; row++) {
    const candidates = groups.real.get(groups.keys[row]) ?? [];
    if (!candidates.some((other) => isMatch(numbers, other, lookedNumbers, row))) fresh++;
  }
  const { rows } = looked;
  return measured("newRowSynthesis", fresh / rows, binomialInterval(fresh, rows), {
    rows,
    realRows: real.rows,
    matched: rows - fresh,
  });
}

/** Rows by their categories and gaps, which must be equal for a match. */
function groupedRows(real: Table, synthetic: Table) {
  const codes = real.columns.map((column, index) => {
    const pair = alikeColumns(column, synthetic.columns[index]);
    return pair.kind === "number"
      ? [pair.real.missing, pair.synthetic.missing]
      : sharedCodes(pair.real, pair.synthetic).codes;
  });
  const keyOf = (table: number, row: number) => codes.map((of) => of[table][row]).join();
  const groups = new Map<string, number[]>();
  for (let row = 0; row < real.rows; row++) {
    const key = keyOf(0, row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return { real: groups, keys: Array.from({ length: synthetic.rows }, (_, row) => keyOf(1, row)) };
}

function numberColumns({ columns }: Table): NumberColumn[] {
  return columns.filter((column) => column.kind === "number");
}

function isMatch(
  real: readonly NumberColumn[],
  realRow: number,
  synthetic: readonly NumberColumn[],
  row: number,
): boolean {
  return real.every(({ values }, index) => {
    const value = synthetic[index].values[row];
    return Math.abs(values[realRow] - value) <= Math.abs(tolerance * value);
  });
}
