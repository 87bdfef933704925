import type { Column } from "../column.js";
import { original } from "../csv/formula.js";
import { Grown } from "../grown.js";
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
  /** All that was taken; the reader is empty afterwards. */
  column(): Column;
}

/** @param missingValues of the schema, for fields that have none of their own. */
export function columnReader(field: TableField, missingValues: readonly string[] = [""]): ColumnReader {
  const codec = codecOf(field);
  const gaps = new Set(field.missingValues ?? missingValues);
  const missing = new Grown((length) => new Uint8Array(length));
  const cells = codec.kind === "number" ? numberCells(field.name, codec) : categoryCells(field.name, codec);
  let invalid = 0;
  return {
    name: field.name,
    expected: codec.expected,
    take(cell) {
      const isGap = gaps.has(cell);
      const fits = !isGap && cells.take(cell);
      if (!fits) cells.skip();
      missing.push(fits ? 0 : 1);
      if (fits || isGap) return true;
      invalid++;
      return false;
    },
    invalid: () => invalid,
    column: () => cells.column(missing.take()),
  };
}

interface Cells {
  take(cell: string): boolean;
  skip(): void;
  column(missing: Uint8Array): Column;
}

function numberCells(name: string, codec: NumberCodec): Cells {
  const values = new Grown((length) => new Float64Array(length));
  return {
    take(cell) {
      const value = codec.read(cell);
      if (value !== undefined) values.push(value);
      return value !== undefined;
    },
    skip: () => values.push(0),
    column: (missing) => ({ kind: "number", name, values: values.take(), missing }),
  };
}

function categoryCells(name: string, codec: CategoryCodec): Cells {
  const codes = new Grown((length) => new Uint32Array(length));
  const codeOf = new Map((codec.categories ?? []).map((category, code) => [category, code]));
  return {
    take(cell) {
      const category = codec.read(original(cell));
      if (category === undefined) return false;
      let code = codeOf.get(category);
      if (code === undefined) {
        code = codeOf.size;
        codeOf.set(ownText(category), code);
      }
      codes.push(code);
      return true;
    },
    skip: () => codes.push(0),
    column(missing) {
      const found = [...codeOf.keys()];
      const categories = codec.categories ?? found.toSorted((a, b) => (a < b ? -1 : 1));
      const order = new Map(categories.map((category, code) => [category, code]));
      const codeIn = Uint32Array.from(found, (category) => order.get(category) ?? 0);
      const sorted = codes.take();
      for (let row = 0; row < sorted.length; row++) sorted[row] = missing[row] ? 0 : codeIn[sorted[row]];
      return { kind: "category", name, categories, codes: sorted, missing };
    },
  };
}
