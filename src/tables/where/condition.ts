import { ArgumentError, describeValue, requireText } from "../../errors.js";
import { oneOf } from "../../fields.js";
import { closest } from "../../suggest.js";
import { codecOf } from "../schema/codec-of.js";
import type { TableField, TableSchema } from "../schema/field.js";
import { parseTableSchema } from "../schema/parse.js";

/** How a cell is compared, the longer ones first: "<=" begins with "<". */
const operators = ["<=", ">=", "!=", "=", "<", ">"] as const;

/** What a cell of a row must be. */
export interface TableCondition {
  readonly column: string;
  readonly operator: (typeof operators)[number];
  /** A number, of dates in days; a category; null for a gap, which is like no number and no category. */
  readonly value: number | string | null;
}

/**
 * Reads a condition as a person writes it: "Wildlife Size=Large", "Cost > 1000", "Flight Date>=1999-01-01", a gap as "Speed=". The value is written as in the file of the
 * schema; blanks about the operator do not count.
 * @throws ArgumentError naming `argument` for a column, an operator or a value that is none.
 */
export function parseCondition(text: string, schema: TableSchema, argument = "condition"): TableCondition {
  requireText(argument, text);
  const { fields, missingValues = [""] } = parseTableSchema(schema);
  const field = columnAt(text, fields, argument);
  const rest = text.slice(field.name.length).trimStart();
  const operator = operators.find((each) => rest.startsWith(each));
  if (operator === undefined)
    throw new ArgumentError(argument, `must have ${oneOf(operators)} behind the column`, text);
  const written = rest.slice(operator.length).trim();
  const value = valueIn(field, missingValues, written, argument);
  const isOrdered = operator !== "=" && operator !== "!=";
  if (isOrdered && typeof value !== "number") {
    const what = value === null ? "a gap" : "a category";
    throw new ArgumentError(argument, `must compare ${what} by = or !=`, text);
  }
  return { column: field.name, operator, value };
}

/** The column that a condition begins with, the longest of several: "Cost Total $=0" is not of a column "Cost". */
function columnAt(text: string, fields: readonly TableField[], argument: string): TableField {
  const begins = fields.filter(({ name }) => {
    const rest = text.startsWith(name) ? text.slice(name.length).trimStart() : "";
    return operators.some((each) => rest.startsWith(each));
  });
  const [first] = begins.sort((a, b) => b.name.length - a.name.length);
  if (first) return first;
  const names = fields.map(({ name }) => name);
  const [said = ""] = text.split(/[<>=!]/);
  const meant = closest(said.trim(), names);
  const rule =
    meant === undefined
      ? `must begin with a column and an operator, such as ${describeValue(`${names[0] ?? "column"}=value`)}`
      : `must begin with a column and an operator; did you mean ${describeValue(meant)}?`;
  throw new ArgumentError(argument, rule, text);
}

function valueIn(
  field: TableField,
  missingValues: readonly string[],
  written: string,
  argument: string,
): TableCondition["value"] {
  if (written === "" || (field.missingValues ?? missingValues).includes(written)) return null;
  const codec = codecOf(field);
  const value = codec.read(written);
  if (value !== undefined) return value;
  throw new ArgumentError(argument, `must compare ${describeValue(field.name)} with ${codec.expected}`, written);
}
