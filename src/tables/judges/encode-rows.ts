import { largestMagnitude, powerOfTwo } from "../../data/scale.js";
import type { CategoryColumn, NumberColumn, Table } from "../column.js";
import { gapsIn, presentNumbers } from "../present.js";

/** In a place for a category: none that is known. */
export const noFeature = 0xffffffff;

/** Rows as a linear classifier sees them: numbers, and features that are 1 of one category. */
export interface EncodedRows {
  readonly rows: number;
  /** Weights of a row: those of numbers, then those of categories. */
  readonly width: number;
  readonly numberWidth: number;
  /** [rows, numberWidth], standardized; 0 where missing. */
  readonly numbers: Float64Array;
  readonly codeWidth: number;
  /** [rows, codeWidth]: places in [numberWidth, width) of features that are 1, or `noFeature`. */
  readonly codes: Uint32Array;
}

/** Encodes tables of the same columns alike. */
export type RowEncoder = (table: Table) => EncodedRows;

/** Numbers farther from the mean count as if they were here, so that sums stay finite whatever other rows hold. */
const mostDeviations = 1e6;

type NumberCells = (column: NumberColumn) => Float64Array;
type CodeCells = (column: NumberColumn | CategoryColumn) => Uint32Array;

/**
 * Numbers are standardized by the mean and deviation of these rows, constant ones become 0; categories and gaps become one feature each. What does not
 * occur in these rows has no feature.
 */
export function fitEncoder({ columns }: Table): RowEncoder {
  const numberPlaces = columns.flatMap(({ kind }, place) => (kind === "number" ? [place] : []));
  const standardize = columns.flatMap((column) => (column.kind === "number" ? [standardizer(column)] : []));
  const numberWidth = standardize.length;
  let width = numberWidth;
  const coded: { readonly place: number; readonly cells: CodeCells }[] = [];
  columns.forEach((column, place) => {
    const gap = gapsIn(column) > 0 ? width++ : noFeature;
    const features = new Map<string, number>();
    if (column.kind === "category") for (const name of occurring(column)) features.set(name, width++);
    if (column.kind === "category" || gap !== noFeature) coded.push({ place, cells: codesBy(features, gap) });
  });
  return (table) => {
    const numbers = new Float64Array(table.rows * numberWidth);
    standardize.forEach((cellsOf, index) => {
      const column = table.columns[numberPlaces[index]];
      if (column.kind === "number") spread(cellsOf(column), numbers, index, numberWidth);
    });
    const codes = new Uint32Array(table.rows * coded.length);
    coded.forEach(({ place, cells }, index) => {
      spread(cells(table.columns[place]), codes, index, coded.length);
    });
    return { rows: table.rows, width, numberWidth, numbers, codeWidth: coded.length, codes };
  };
}

/** Mean and deviation of the cells that are not missing, in units of a power of two, so that neither overflows. */
export function momentsOf(column: NumberColumn): {
  readonly unit: number;
  readonly mean: number;
  readonly deviation: number;
} {
  const values = presentNumbers(column);
  const unit = powerOfTwo(largestMagnitude(values));
  const isConstant = values.every((value) => value === values[0]);
  if (isConstant) return { unit, mean: values.length > 0 ? values[0] / unit : 0, deviation: 0 };
  const mean = values.reduce((sum, value) => sum + value / unit, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value / unit - mean) ** 2, 0) / values.length;
  return { unit, mean, deviation: Math.sqrt(square) };
}

function standardizer(fitted: NumberColumn): NumberCells {
  const { unit, mean, deviation } = momentsOf(fitted);
  const cut = (value: number) => Math.min(mostDeviations, Math.max(-mostDeviations, value));
  return ({ values, missing }) =>
    values.map((value, row) => (missing[row] || deviation === 0 ? 0 : cut((value / unit - mean) / deviation)));
}

function occurring({ categories, codes, missing }: CategoryColumn): Set<string> {
  const found = new Set<string>();
  codes.forEach((code, row) => {
    if (!missing[row]) found.add(categories[code]);
  });
  return found;
}

function codesBy(features: ReadonlyMap<string, number>, gap: number): CodeCells {
  return (column) => {
    if (column.kind === "number") return Uint32Array.from(column.missing, (flag) => (flag ? gap : noFeature));
    const places = column.categories.map((name) => features.get(name) ?? noFeature);
    return column.codes.map((code, row) => (column.missing[row] ? gap : places[code]));
  };
}

/** Cells into a column of rows. */
function spread<A extends Float64Array | Uint32Array>(cells: A, rows: A, place: number, width: number): void {
  for (let row = 0; row < cells.length; row++) rows[row * width + place] = cells[row];
}
