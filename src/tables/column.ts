/** A column of numbers; a date is the number of days since 1970-01-01. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** [rows]; 0 where the cell is missing. */
  readonly values: Float64Array;
  /** [rows], 1 where the cell is missing, else 0. */
  readonly missing: Uint8Array;
}

/** A column of categories: `categories[codes[row]]` is what the cell says. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly categories: readonly string[];
  /** [rows], each below the number of categories; 0 where the cell is missing. */
  readonly codes: Uint32Array;
  /** [rows], 1 where the cell is missing, else 0. */
  readonly missing: Uint8Array;
}

/** One column of a table; `kind` says which. */
export type Column = NumberColumn | CategoryColumn;

/** Rows of columns of different kinds. */
export interface Table {
  readonly rows: number;
  /** All of `rows` cells. */
  readonly columns: readonly Column[];
}
