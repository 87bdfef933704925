import { codecOf } from "../schema/codec-of.js";
import type { TableField } from "../schema/field.js";

/** A column, and what stands above it. */
interface TitledColumn {
  readonly title: string;
  readonly field: TableField;
}

/**
 * Whether the first line may be a row of a file without names: above each column that is no text stands what its cells may say, and there is such a column. Integers
 * that follow one another are names: years, or the numbers of the columns.
 */
export function mayBeRow(columns: readonly TitledColumn[]): boolean {
  const typed = columns.filter(({ field }) => field.type !== "string");
  const fits = typed.every(({ title, field }) => codecOf(unbounded(field)).read(title) !== undefined);
  return typed.length > 0 && fits && !isSequence(typed.map(({ title }) => Number(title)));
}

function unbounded(field: TableField): TableField {
  return field.type === "number" || field.type === "integer" ? { ...field, constraints: {} } : field;
}

function isSequence([first = 0, ...rest]: readonly number[]): boolean {
  return Number.isInteger(first) && rest.length > 0 && rest.every((number, at) => number === first + at + 1);
}
