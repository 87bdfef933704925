import * as z from "zod";
import { integerRule } from "../../errors.js";
import { integersIn, type NumberShape, numbersIn } from "../../fields.js";

/** A number in an interval that is written as in mathematics, "(0, 1]" or "[0, inf)"; the text is the rule of the error message. */
export function numberIn(interval: string): z.ZodNumber {
  return numberSchema(numbersIn(interval));
}

/** An integer with low <= value <= high. */
export function integerIn(low: number, high?: number): z.ZodNumber {
  return numberSchema(integersIn(`[${low}, ${high === undefined ? "inf)" : `${high}]`}`));
}

/** The numbers that a setting may have; its rule is the error message. */
export function numberSchema({ type, low, high, openLow, openHigh, multipleOf, rule }: NumberShape): z.ZodNumber {
  // An integer beyond those that float64 tells apart breaks no rule that names the lower end alone.
  const isOpen = high === Number.POSITIVE_INFINITY && multipleOf === undefined;
  const error = ({ input }: { readonly input?: unknown }) =>
    isOpen && typeof input === "number" ? integerRule(low, high, input) : rule;
  let schema = type === "integer" ? z.int({ error }) : z.number(rule);
  if (Number.isFinite(low)) schema = openLow ? schema.gt(low, rule) : schema.gte(low, rule);
  if (Number.isFinite(high)) schema = openHigh ? schema.lt(high, rule) : schema.lte(high, rule);
  if (multipleOf !== undefined) schema = schema.multipleOf(multipleOf, rule);
  return schema;
}

/** One of the names of a family: the keys of its index. */
export function nameIn<const T extends object>(family: T) {
  return z.enum(Object.keys(family) as [Extract<keyof T, string>, ...Extract<keyof T, string>[]]);
}

/** The path of a file, relative to the folder of the config. */
export function filePath(): z.ZodString {
  return z.string("must be a path").min(1, "must be a path");
}
