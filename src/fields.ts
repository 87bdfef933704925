import { ArgumentError, ArgumentTypeError, integerRule, requireArray } from "./errors.js";

/** In place of a default: a setting that must be given. */
export const required = Symbol("required");

/** In place of a default: a setting whose absence means something of its own. */
export const optional = Symbol("optional");

type Absent<Value> = Value | typeof required | typeof optional;

/** Numbers between two ends, of which each belongs to them or not. */
export interface NumberShape {
  readonly type: "number" | "integer";
  readonly low: number;
  readonly high: number;
  readonly openLow: boolean;
  readonly openHigh: boolean;
  /** All numbers are multiples of it. */
  readonly multipleOf?: number;
  /** The sentence about the argument that holds for these numbers. */
  readonly rule: string;
}

/** The values that a setting may have, as data. */
export type Shape =
  | NumberShape
  | { readonly type: "boolean"; readonly rule: string }
  | { readonly type: "choice"; readonly names: readonly (string | boolean)[]; readonly rule: string }
  | { readonly type: "text"; readonly pattern: RegExp; readonly rule: string }
  /** A name, or a number from 0. */
  | { readonly type: "column"; readonly rule: string }
  | { readonly type: "list"; readonly entry: NumberShape; readonly least: number; readonly rule: string };

/** A setting: its values, what its absence means, and what it is for. */
export interface Field<Value = unknown, When = unknown> {
  readonly shape: Shape;
  /** The default, `required` or `optional`. */
  readonly absent: When;
  readonly text: string;
  /** @throws ArgumentError outside of the range, ArgumentTypeError for another type. */
  check(argument: string, value: unknown): Value;
}

/** A finite number in an interval that is written as in mathematics, "(0, 1]" or "[0, inf)". */
export function number<When extends Absent<number>>(interval: string, absent: When, text: string): Field<number, When> {
  const shape = numbersIn(interval);
  return { shape, absent, text, check: (argument, value) => checkNumber(shape, argument, value) };
}

/** An integer in a closed interval, "[1, 4096]" or "[1, inf)". */
export function integer<When extends Absent<number>>(
  interval: string,
  absent: When,
  text: string,
): Field<number, When> {
  const shape = integersIn(interval);
  return { shape, absent, text, check: (argument, value) => checkNumber(shape, argument, value) };
}

/** An even integer in a closed interval. */
export function even<When extends Absent<number>>(interval: string, absent: When, text: string): Field<number, When> {
  const { rule, ...ends } = integersIn(interval);
  const shape = { ...ends, multipleOf: 2, rule: rule.replace("an integer", "an even integer") };
  return { shape, absent, text, check: (argument, value) => checkNumber(shape, argument, value) };
}

/** A list of at least `least` numbers in an interval. */
export function numbers<When extends Absent<readonly number[]>>(
  interval: string,
  absent: When,
  text: string,
  least = 0,
): Field<readonly number[], When> {
  return list(numbersIn(interval), absent, text, least);
}

/** A list of at least `least` integers in a closed interval. */
export function integers<When extends Absent<readonly number[]>>(
  interval: string,
  absent: When,
  text: string,
  least = 0,
): Field<readonly number[], When> {
  return list(integersIn(interval), absent, text, least);
}

function list<When>(entry: NumberShape, absent: When, text: string, least: number): Field<readonly number[], When> {
  const rule = `must have at least ${least === 1 ? "one entry" : `${least} entries`}`;
  const shape = { type: "list", entry, least, rule } as const;
  return {
    shape,
    absent,
    text,
    check(argument, value) {
      requireArray(argument, value);
      if (value.length < least) throw new ArgumentError(argument, rule, value);
      return value.map((entry, index) => checkNumber(shape.entry, `${argument}[${index}]`, entry));
    },
  };
}

export function boolean<When extends Absent<boolean>>(absent: When, text: string): Field<boolean, When> {
  const rule = "must be true or false";
  return {
    shape: { type: "boolean", rule },
    absent,
    text,
    check(argument, value) {
      if (typeof value !== "boolean") throw new ArgumentTypeError(argument, rule, value);
      return value;
    },
  };
}

/** One of some names, among which may be true and false. */
export function choice<const Name extends string | boolean, const When extends Absent<Name>>(
  names: readonly Name[],
  absent: When,
  text: string,
): Field<Name, When> {
  const rule = oneOf(names);
  return {
    shape: { type: "choice", names, rule },
    absent,
    text,
    check(argument, value) {
      const name = names.find((each) => each === value);
      if (name === undefined) throw new ArgumentError(argument, rule, value);
      return name;
    },
  };
}

/** The name of a member of a family: a key of its index. */
export function nameIn<Name extends string, const When extends Absent<NoInfer<Name>>>(
  family: Readonly<Record<Name, unknown>>,
  absent: When,
  text: string,
): Field<Name, When> {
  return choice<Name, When>(Object.keys(family) as Name[], absent, text);
}

/** A text that a pattern describes; `rule` says the same in words. */
export function text<When extends Absent<string>>(
  pattern: RegExp,
  rule: string,
  absent: When,
  text: string,
): Field<string, When> {
  return {
    shape: { type: "text", pattern, rule },
    absent,
    text,
    check(argument, value) {
      if (typeof value !== "string") throw new ArgumentTypeError(argument, rule, value);
      if (!pattern.test(value)) throw new ArgumentError(argument, rule, value);
      return value;
    },
  };
}

/** A column of a table, by its name or by its number from 0. */
export function column<When extends Absent<string | number>>(absent: When, text: string): Field<string | number, When> {
  const rule = "must be the name of a column or its number from 0";
  return {
    shape: { type: "column", rule },
    absent,
    text,
    check(argument, value) {
      if (typeof value === "string" && value !== "") return value;
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
      throw new ArgumentError(argument, rule, value);
    },
  };
}

/** The rule of a name: `must be one of "a", "b" or "c"`. */
export function oneOf(names: readonly (string | boolean)[]): string {
  const quoted = names.map((name) => JSON.stringify(name));
  const last = quoted.slice(-1);
  return `must be one of ${[quoted.slice(0, -1).join(", "), ...last].filter(Boolean).join(" or ")}`;
}

export function numbersIn(interval: string): NumberShape {
  return { type: "number", ...endsOf(interval), rule: `must lie in ${interval}` };
}

export function integersIn(interval: string): NumberShape {
  const ends = endsOf(interval);
  const bound = ends.high === Number.POSITIVE_INFINITY ? `>= ${ends.low}` : `in ${interval}`;
  return { type: "integer", ...ends, rule: `must be an integer ${bound}` };
}

function endsOf(interval: string): Pick<NumberShape, "low" | "high" | "openLow" | "openHigh"> {
  const parts = /^([([])(-?[\d.e-]+|-inf), ([\d.e-]+|inf)([)\]])$/.exec(interval);
  if (!parts) throw new Error(`not an interval: ${interval}`);
  const [, open, low, high, close] = parts;
  return { low: endOf(low), high: endOf(high), openLow: open === "(", openHigh: close === ")" };
}

const endOf = (end: string): number => Number(end.replace("inf", "Infinity"));

function checkNumber(shape: NumberShape, argument: string, value: unknown): number {
  const { type, low, high, openLow, openHigh, multipleOf = 1, rule } = shape;
  if (typeof value !== "number") throw new ArgumentTypeError(argument, rule, value);
  const isOfType = type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
  const isAbove = openLow ? value > low : value >= low;
  const isBelow = openHigh ? value < high : value <= high;
  const isMultiple = type === "number" || value % multipleOf === 0;
  if (isOfType && isAbove && isBelow && isMultiple) return value;
  const isBeyond = type === "integer" && high === Number.POSITIVE_INFINITY && isMultiple;
  throw new ArgumentError(argument, isBeyond ? integerRule(low, high, value) : rule, value);
}
