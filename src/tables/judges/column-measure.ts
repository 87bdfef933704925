import type { CategoryColumn, Column, NumberColumn } from "../column.js";
import { requireColumn } from "../require-tables.js";
import type { Measured } from "./measured.js";

/** What one column of a synthetic table has in common with that of the real one: from 0, nothing, to 1. One file per measure, plus one line in the index. */
export interface ColumnMeasure<C extends Column = NumberColumn | CategoryColumn> {
  /** As SDMetrics calls it. */
  readonly name: string;
  /** Heading for people. */
  readonly title: string;
  /** Kind of the columns that it is defined for. */
  readonly columns: C["kind"];
  /** Page of the definition, and paper of the interval. */
  readonly source: string;
  /** Of a real column and the synthetic one; they need not have equally many rows, nor their categories in the same places. */
  evaluate(real: C, synthetic: C): Measured;
}

/** A measure whose name is a type of its own, and which checks its arguments. */
function columnMeasure<C extends Column, const Name extends string>(
  definition: ColumnMeasure<C> & { readonly name: Name },
) {
  return {
    ...definition,
    /** Of a real column and the synthetic one: see ColumnMeasure. */
    evaluate(real: C, synthetic: C): Measured {
      requireColumn("real", real, definition.columns);
      requireColumn("synthetic", synthetic, definition.columns);
      return definition.evaluate(real, synthetic);
    },
  };
}

type Definition<C extends Column, Name extends string> = Omit<ColumnMeasure<C>, "columns"> & { readonly name: Name };

/** A measure of number columns. */
export function numberMeasure<const Name extends string>(definition: Definition<NumberColumn, Name>) {
  return columnMeasure<NumberColumn, Name>({ ...definition, columns: "number" });
}

/** A measure of category columns. */
export function categoryMeasure<const Name extends string>(definition: Definition<CategoryColumn, Name>) {
  return columnMeasure<CategoryColumn, Name>({ ...definition, columns: "category" });
}
