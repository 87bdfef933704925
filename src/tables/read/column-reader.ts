import type { Column } from "../column.js";
import { original } from "../csv/formula.js";
import { ownText } from "../own-text.js";
import type { CategoryCodec, NumberCodec } from "../schema/codec.js";
import { codecOf } from "../schema/codec-of.js";
import type { TableField } from "../schema/field.js";

/** Collects the cells of a column. */
export interface ColumnReader {
  readonly name: string;
  readonly expected: string;
  /** False for a cell that the column cannot hold, which becomes a gap. */
  take(cell: string): boolean;
  invalid(): number;
  /** All that was taken. */
  column(): Column;
}

/**
 * @param mostRows cells that will be taken at most: a column that grew would be in memory twice while it is moved.
 * @param missingValues of the schema, for fields that have none of their own.
 */
export function columnReader(
  field: TableField,
  mostRows: number,
  missingValues: readonly string[] = [""],
): ColumnReader {
  const codec = codecOf(field);
  const gaps = new Set(field.missingValues ?? missingValues);
  const missing = new Uint8Array(mostRows);
  const cells =
    codec.kind === "number" ? numberCells(field.name, codec, mostRows) : categoryCells(field.name, codec, mostRows);
  let [rows, invalid] = [0, 0];
  return {
    name: field.name,
    expected: codec.expected,
    take(cell) {
      const isGap = gaps.has(cell);
      const fits = !isGap && cells.take(cell, rows);
      missing[rows++] = fits ? 0 : 1;
      if (fits || isGap) return true;
      invalid++;
      return false;
    },
    invalid: () => invalid,
    column: () => cells.column(missing.length === rows ? missing : missing.slice(0, rows)),
  };
}

interface Cells {
  /** Takes the cell of a row, if it fits. */
  take(cell: string, row: number): boolean;
  column(missing: Uint8Array): Column;
}

function numberCells(name: string, codec: NumberCodec, mostRows: number): Cells {
  const values = new Float64Array(mostRows);
  return {
    take(cell, row) {
      const value = codec.read(cell);
      if (value !== undefined) values[row] = value;
      return value !== undefined;
    },
    column(missing) {
      const { length } = missing;
      return { kind: "number", name, values: length === mostRows ? values : values.slice(0, length), missing };
    },
  };
}

function categoryCells(name: string, codec: CategoryCodec, mostRows: number): Cells {
  const codes = new Uint32Array(mostRows);
  const codeOf = new Map((codec.categories ?? []).map((category, code) => [category, code]));
  return {
    take(cell, row) {
      const category = codec.read(original(cell));
      if (category === undefined) return false;
      let code = codeOf.get(category);
      if (code === undefined) {
        code = codeOf.size;
        codeOf.set(ownText(category), code);
      }
      codes[row] = code;
      return true;
    },
    column(missing) {
      const found = [...codeOf.keys()];
      const categories = codec.categories ?? found.toSorted((a, b) => (a < b ? -1 : 1));
      const order = new Map(categories.map((category, code) => [category, code]));
      const codeIn = Uint32Array.from(found, (category) => order.get(category) ?? 0);
      const sorted = missing.length === mostRows ? codes : codes.slice(0, missing.length);
      for (let row = 0; row < sorted.length; row++) sorted[row] = missing[row] ? 0 : codeIn[sorted[row]];
      return { kind: "category", name, categories, codes: sorted, missing };
    },
  };
}
