import type { Column, Table } from "../column.js";
import { momentsOf } from "./encode-rows.js";

/** Rows as numbers and codes between which distances are taken. */
export interface PlacedRows {
  readonly rows: number;
  readonly width: number;
  /** [rows, width]: numbers in standard deviations; 0 in other cells. */
  readonly numbers: Float64Array;
  /** [rows, width]: categories, gaps, values of constant columns; 0 where the cell is a number. */
  readonly codes: Uint32Array;
}

interface PlacedCells {
  readonly numbers: Float64Array;
  readonly codes: Uint32Array;
}

type Placer = (column: Column) => PlacedCells;

/**
 * Distances of rows in Gower's form (Biometrics 27, 1971): the mean over the columns of 1 where categories differ, or one of the two cells is missing, and
 * else of |x - y| / s for numbers, where s is the standard deviation of the training rows in place of Gower's range, which one far value decides.
 * A column that is constant in the training rows counts like one of categories.
 */
export class RowSpace {
  readonly #placers: readonly Placer[];

  constructor({ columns }: Table) {
    this.#placers = columns.map((column) => {
      const { unit, deviation } = column.kind === "number" ? momentsOf(column) : { unit: 1, deviation: 0 };
      return deviation > 0 ? numberPlacer(unit, deviation) : codePlacer();
    });
  }

  /** Rows of a table of the same columns. */
  place({ rows, columns }: Table): PlacedRows {
    const width = columns.length;
    const [numbers, codes] = [new Float64Array(rows * width), new Uint32Array(rows * width)];
    columns.forEach((column, index) => {
      const own = this.#placers[index](column);
      for (let row = 0; row < rows; row++) {
        numbers[row * width + index] = own.numbers[row];
        codes[row * width + index] = own.codes[row];
      }
    });
    return { rows, width, numbers, codes };
  }
}

/** Values that differ by more than float64 holds in deviations stay comparable: distances may then be Infinity, never NaN. */
function numberPlacer(unit: number, deviation: number): Placer {
  return (column) => {
    const values = column.kind === "number" ? column.values : new Float64Array(column.codes.length);
    const numbers = values.map((value, row) => (column.missing[row] ? 0 : value / unit / deviation));
    return { numbers, codes: Uint32Array.from(column.missing) };
  };
}

/** The same cell has the same code in all tables. */
function codePlacer(): Placer {
  const known = new Map<string | number, number>();
  const codeOf = (cell: string | number) => {
    const code = known.get(cell) ?? known.size + 1;
    known.set(cell, code);
    return code;
  };
  return (column) => {
    const cell = (row: number) =>
      column.kind === "number" ? column.values[row] : column.categories[column.codes[row]];
    const codes = Uint32Array.from(column.missing, (flag, row) => (flag ? 0 : codeOf(cell(row))));
    return { numbers: new Float64Array(codes.length), codes };
  };
}

/** Distances from each row to its nearest rows. */
export interface Nearest {
  /** float64 [rows]. */
  readonly first: Float64Array;
  /** To the second nearest, which may be as near: float64 [rows]. */
  readonly second: Float64Array;
}

/** Of each row of `from`, among the rows of `to`, by trying all pairs; Infinity where there are too few. */
export function nearestRows(from: PlacedRows, to: PlacedRows): Nearest {
  const { width } = from;
  const first = new Float64Array(from.rows).fill(Number.POSITIVE_INFINITY);
  const second = first.slice();
  for (let row = 0; row < from.rows; row++) {
    let [nearest, next] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let other = 0; other < to.rows; other++) {
      const sum = distanceBelow(from, row * width, to, other * width, next);
      if (sum < nearest) [nearest, next] = [sum, nearest];
      else if (sum < next) next = sum;
    }
    first[row] = nearest / width;
    second[row] = next / width;
  }
  return { first, second };
}

/** The sum over the columns, or some number that is not below `limit` where the sum is not. */
function distanceBelow(a: PlacedRows, atA: number, b: PlacedRows, atB: number, limit: number): number {
  let sum = 0;
  for (let column = 0; column < a.width && sum < limit; column++) {
    const isNumber = a.codes[atA + column] === b.codes[atB + column];
    sum += isNumber ? Math.abs(a.numbers[atA + column] - b.numbers[atB + column]) : 1;
  }
  return sum;
}
