import type { CalendarPart } from "./calendar.js";

/** What fields of all types may have; properties of Frictionless Table Schema, https://datapackage.org/standard/table-schema. */
interface AnyField {
  /** Unique in its schema. The second column "a" of a file is "a (2)", the third column without a name "column 3". */
  readonly name: string;
  /** What the header of the file says, where that is not `name`. */
  readonly title?: string | undefined;
  /** Cells that are gaps, the first of them as gaps are written. Default: those of the schema. */
  readonly missingValues?: readonly string[] | undefined;
}

/** How numbers are written. */
interface WrittenNumber {
  /** Default ".". */
  readonly decimalChar?: "." | "," | undefined;
  /** Between groups of three digits, such as ",". Default: none. */
  readonly groupChar?: string | undefined;
  readonly constraints?: { readonly minimum?: number | undefined; readonly maximum?: number | undefined } | undefined;
}

/** A column of numbers. */
export interface NumberField extends AnyField, WrittenNumber {
  readonly type: "number";
  /** "0.00" for two digits after the point, "0.##" for at most two: also the grid that decoded numbers lie on. Default: any number. */
  readonly format?: string | undefined;
}

/** A column of whole numbers. */
export interface IntegerField extends AnyField, WrittenNumber {
  readonly type: "integer";
}

/** A column of two values. */
export interface BooleanField extends AnyField {
  readonly type: "boolean";
  /** Cells that mean true, the first of them as true is written. Default "true", "True", "TRUE", "1". */
  readonly trueValues?: readonly string[] | undefined;
  /** Default "false", "False", "FALSE", "0". */
  readonly falseValues?: readonly string[] | undefined;
}

/** A column of categories. */
export interface StringField extends AnyField {
  readonly type: "string";
  /** `enum` is the closed list of categories. Default: whatever clients have often enough. */
  readonly constraints?: { readonly enum?: readonly string[] | undefined } | undefined;
}

/** A column of days or of moments. */
export interface DateField extends AnyField {
  readonly type: "date" | "datetime";
  /** Directives of strptime, "%d.%m.%Y". Default "%Y-%m-%d", of a datetime "%Y-%m-%dT%H:%M:%SZ". */
  readonly format?: string | undefined;
  /**
   * Parts of the date that get coordinates of their own, the longest first, so that what comes again every year, week or day can be learnt. Default: none; the date is
   * one number.
   */
  readonly calendar?: readonly CalendarPart[] | undefined;
  /** Written in `format`. */
  readonly constraints?: { readonly minimum?: string | undefined; readonly maximum?: string | undefined } | undefined;
}

/** A column of a file: its type and how its cells are written. */
export type TableField = NumberField | IntegerField | BooleanField | StringField | DateField;

/** A Frictionless Table Schema: the columns that are read, in the order of the table. */
export interface TableSchema {
  readonly fields: readonly TableField[];
  /** Cells that are gaps. Default: the empty cell. */
  readonly missingValues?: readonly string[] | undefined;
}
