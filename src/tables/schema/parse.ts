import {
  ArgumentError,
  ArgumentTypeError,
  requireArray,
  requireNumber,
  requireObject,
  requireText,
} from "../../errors.js";
import { oneOf } from "../../fields.js";
import { requireOptions } from "../../options.js";
import { calendarParts } from "./calendar.js";
import { dateFormat, dateReader } from "./date-codec.js";
import type { TableField, TableSchema } from "./field.js";
import { mostDecimals, numberFormat } from "./number-codec.js";

const anyField = ["name", "title", "type", "missingValues"];
const written = ["decimalChar", "groupChar", "constraints"];
const keys: Readonly<Record<TableField["type"], readonly string[]>> = {
  number: [...anyField, ...written, "format"],
  integer: [...anyField, ...written],
  boolean: [...anyField, "trueValues", "falseValues"],
  string: [...anyField, "constraints"],
  date: [...anyField, "format", "calendar", "constraints"],
  datetime: [...anyField, "format", "calendar", "constraints"],
};
const types = Object.keys(keys);

/**
 * A schema out of JSON, once it is one.
 * @throws ArgumentError or ArgumentTypeError with the key that is wrong: "schema.fields[2].format".
 */
export function parseTableSchema(value: unknown): TableSchema {
  return requireSchema("schema", value);
}

/** The same of a schema that its caller calls otherwise. */
export function requireSchema(argument: string, value: unknown): TableSchema {
  const schema = requireOptions(argument, value as object, ["fields", "missingValues"]) as Readonly<
    Record<string, unknown>
  >;
  const { fields, missingValues } = schema;
  requireArray(`${argument}.fields`, fields);
  if (missingValues !== undefined) requireTexts(`${argument}.missingValues`, missingValues, 0);
  const names = new Set<string>();
  for (const [index, field] of fields.entries()) {
    const place = `${argument}.fields[${index}]`;
    const { name } = requireField(place, field);
    if (names.has(name)) throw new ArgumentError(`${place}.name`, "must be unique", name);
    names.add(name);
  }
  return schema as unknown as TableSchema;
}

/** @throws ArgumentError unless the value is a field. */
export function requireField(place: string, value: unknown): TableField {
  const { type } = requireObject(place, value as { readonly type?: unknown });
  if (typeof type !== "string" || !types.includes(type)) throw new ArgumentError(`${place}.type`, oneOf(types), type);
  const field = requireOptions(place, value as Readonly<Record<string, unknown>>, keys[type as TableField["type"]]);
  requireText(`${place}.name`, field.name);
  if (field.title !== undefined) requireText(`${place}.title`, field.title);
  if (field.missingValues !== undefined) requireTexts(`${place}.missingValues`, field.missingValues, 0);
  const checked = field as unknown as TableField;
  if (checked.type === "number" || checked.type === "integer") requireWritten(place, field);
  if (checked.type === "number" && field.format !== undefined) requireNumberFormat(`${place}.format`, field.format);
  if (checked.type === "date" || checked.type === "datetime") requireDate(place, checked.type, field);
  if (checked.type === "boolean") requireBooleans(place, field);
  if (checked.type === "string") requireEnum(place, field);
  return checked;
}

function requireWritten(
  place: string,
  { decimalChar, groupChar, constraints, type }: Readonly<Record<string, unknown>>,
) {
  if (decimalChar !== undefined && decimalChar !== "." && decimalChar !== ",")
    throw new ArgumentError(`${place}.decimalChar`, oneOf([".", ","]), decimalChar);
  const isGroup =
    typeof groupChar === "string" && /^[^\d+\-eE]$/u.test(groupChar) && groupChar !== (decimalChar ?? ".");
  if (groupChar !== undefined && !isGroup)
    throw new ArgumentError(`${place}.groupChar`, "must be one character, none of a number's", groupChar);
  const bounds = boundsOf(place, constraints);
  const isInteger = type === "integer";
  for (const [key, bound] of bounds) {
    const test = (value: number) => !isInteger || Number.isSafeInteger(value);
    requireNumber(
      `${place}.constraints.${key}`,
      bound as number,
      isInteger ? "must be an integer" : "must be finite",
      test,
    );
  }
  requireOrder(place, bounds);
}

function requireNumberFormat(place: string, format: unknown): void {
  const [, zeros = "", hashes = ""] = (typeof format === "string" && numberFormat.exec(format)) || [];
  const fits = typeof format === "string" && numberFormat.test(format) && zeros.length + hashes.length <= mostDecimals;
  if (!fits)
    throw new ArgumentError(place, `must be such as "0.00" or "0.##", with up to ${mostDecimals} decimals`, format);
}

function requireDate(
  place: string,
  type: "date" | "datetime",
  { format, calendar, constraints }: Readonly<Record<string, unknown>>,
): void {
  if (calendar !== undefined) requireCalendar(`${place}.calendar`, calendar);
  if (type === "date" && Array.isArray(calendar) && calendar.includes("day"))
    throw new ArgumentError(`${place}.calendar`, 'must not have "day": a date has no time of day', calendar);
  if (format !== undefined && !(typeof format === "string" && format.includes("%") && dateFormat.test(format)))
    throw new ArgumentError(`${place}.format`, 'must be directives of strptime, such as "%d.%m.%Y"', format);
  const written = typeof format === "string" ? format : type === "date" ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ";
  const read = dateReader(written);
  const bounds = boundsOf(place, constraints).map(([key, bound]) => {
    const value = typeof bound === "string" ? read(bound) : undefined;
    if (value === undefined)
      throw new ArgumentError(`${place}.constraints.${key}`, `must be written as ${written}`, bound);
    return [key, value] as const;
  });
  requireOrder(place, bounds);
}

/** @throws ArgumentError unless these are parts of a date, none of them twice, the longest first. */
export function requireCalendar(place: string, parts: unknown): void {
  requireArray(place, parts);
  const places = parts.map((part) => calendarParts.findIndex((each) => each === part));
  for (const [index, found] of places.entries()) {
    if (found < 0) throw new ArgumentError(`${place}[${index}]`, oneOf(calendarParts), parts[index]);
    if (index > 0 && found <= (places[index - 1] ?? -1))
      throw new ArgumentError(`${place}[${index}]`, "must be shorter than the one before", parts[index]);
  }
}

function boundsOf(place: string, constraints: unknown): (readonly [string, unknown])[] {
  if (constraints === undefined) return [];
  const given = requireOptions(`${place}.constraints`, constraints as object, ["minimum", "maximum"]);
  return Object.entries(given).filter(([, bound]) => bound !== undefined);
}

function requireOrder(place: string, bounds: readonly (readonly [string, unknown])[]): void {
  const { minimum, maximum } = Object.fromEntries(bounds) as { minimum?: number; maximum?: number };
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    throw new ArgumentError(`${place}.constraints.maximum`, "must not lie below minimum", maximum);
}

function requireBooleans(place: string, { trueValues, falseValues }: Readonly<Record<string, unknown>>): void {
  for (const [key, values] of Object.entries({ trueValues, falseValues }))
    if (values !== undefined) requireTexts(`${place}.${key}`, values, 1);
}

function requireEnum(place: string, { constraints }: Readonly<Record<string, unknown>>): void {
  if (constraints === undefined) return;
  const given = requireOptions(`${place}.constraints`, constraints as { readonly enum?: unknown }, ["enum"]);
  if (given.enum === undefined) return;
  const categories = requireTexts(`${place}.constraints.enum`, given.enum, 1);
  if (new Set(categories).size < categories.length)
    throw new ArgumentError(`${place}.constraints.enum`, "must not have an entry twice", categories);
}

function requireTexts(place: string, values: unknown, least: number): readonly string[] {
  requireArray(place, values);
  if (values.length < least) throw new ArgumentError(place, "must not be empty", values);
  for (const [index, value] of values.entries())
    if (typeof value !== "string") throw new ArgumentTypeError(`${place}[${index}]`, "must be a text", value);
  return values as readonly string[];
}
