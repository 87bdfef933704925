import type { CalendarPart } from "./calendar.js";

/** Cells of a column of numbers, and the numbers that it may hold. */
export interface NumberCodec {
  readonly kind: "number";
  /** What a cell should have been, for messages. */
  readonly expected: string;
  /** undefined for a cell that is no such number. */
  read(cell: string): number | undefined;
  write(value: number): string;
  /** All numbers are multiples of 1 / unit. */
  readonly unit?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Of a date. */
  readonly calendar?: readonly CalendarPart[] | undefined;
}

/** Cells of a column of categories. */
export interface CategoryCodec {
  readonly kind: "category";
  readonly expected: string;
  read(cell: string): string | undefined;
  write(category: string): string;
  /** The closed list, in the order of the codes; absent where the file says which there are. */
  readonly categories?: readonly string[] | undefined;
}

export type CellCodec = NumberCodec | CategoryCodec;
