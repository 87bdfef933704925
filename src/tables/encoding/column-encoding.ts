import type { CalendarPart } from "../schema/calendar.js";
import type { AnalogBits } from "./analog-bits.js";
import type { OneHot } from "./one-hot.js";
import type { QuantileMap } from "./quantile-map.js";

/** A column of numbers as coordinates: which state a cell is in, and for numbers that are no atoms their normal score. */
export interface NumberEncoding {
  readonly kind: "number";
  readonly name: string;
  /** In the order: a number of the continuous part, where there is one; each atom; a gap, where there are any. */
  readonly states: OneHot;
  /** Ascending values that are states of their own. */
  readonly atoms: readonly number[];
  readonly hasGaps: boolean;
  /** The continuous part. */
  readonly quantiles?: QuantileMap | undefined;
  /** Of a date, parts of it that have coordinates behind the score. */
  readonly calendar?: readonly CalendarPart[] | undefined;
  readonly unit?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

/** A column of categories as coordinates. */
export interface CategoryEncoding {
  readonly kind: "category";
  readonly name: string;
  readonly categories: readonly string[];
  /** Place among the categories of "other", as which unknown ones are encoded. */
  readonly other?: number | undefined;
  readonly hasGaps: boolean;
  /** Each category, or with `bits` any category; then a gap, where there are any. */
  readonly states: OneHot;
  /** Which category it is, where there are too many for a coordinate each. */
  readonly bits?: AnalogBits | undefined;
}

/** How the cells of one column are numbers; `kind` says which. */
export type ColumnEncoding = NumberEncoding | CategoryEncoding;

/** How the rows of a table are vectors: plain data, the same for all clients. */
export interface TableEncoding {
  readonly columns: readonly ColumnEncoding[];
  /** Coordinates of a row. */
  readonly dimension: number;
}
