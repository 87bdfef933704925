/** What a client says of a column of numbers. */
export interface NumberSummary {
  readonly kind: "number";
  readonly name: string;
  /** Ascending: values that at least `smallestCount` rows have, and means of neighbours that are together at least as many. */
  readonly values: readonly number[];
  /** Rows that each value stands for, at least `smallestCount`. */
  readonly counts: readonly number[];
  /** Gaps; fewer than `smallestCount`, but any, are `smallestCount`. */
  readonly missing: number;
}

/** What a client says of a column of categories. */
export interface CategorySummary {
  readonly kind: "category";
  readonly name: string;
  /** Sorted: categories that at least `smallestCount` rows have. */
  readonly categories: readonly string[];
  readonly counts: readonly number[];
  /** Rows of all other categories together, not told apart; fewer than `smallestCount`, but any, are `smallestCount`. */
  readonly other: number;
  /** Gaps; fewer than `smallestCount`, but any, are `smallestCount`. */
  readonly missing: number;
}

/** What leaves a client of one column; `kind` says which. */
export type ColumnSummary = NumberSummary | CategorySummary;

/** What leaves a client so that an encoding can be fitted, and the sum of what left several: plain data. */
export interface TableSummary {
  /** One a field of the schema, in its order. */
  readonly columns: readonly ColumnSummary[];
}
