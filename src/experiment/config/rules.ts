import * as z from "zod";

/** A number in an interval that is written as in mathematics, "(0, 1]" or "[0, inf)"; the text is the rule of the error message. */
export function numberIn(interval: string): z.ZodNumber {
  const parts = /^([([])(-?[\d.e-]+|-inf), ([\d.e-]+|inf)([)\]])$/.exec(interval);
  if (!parts) throw new Error(`not an interval: ${interval}`);
  const [, open, low, high, close] = parts;
  const rule = `must lie in ${interval}`;
  let schema = z.number(rule);
  if (low !== "-inf") schema = open === "(" ? schema.gt(Number(low), rule) : schema.gte(Number(low), rule);
  if (high !== "inf") schema = close === ")" ? schema.lt(Number(high), rule) : schema.lte(Number(high), rule);
  return schema;
}

/** An integer with low <= value <= high. */
export function integerIn(low: number, high?: number): z.ZodInt {
  const rule = high === undefined ? `must be an integer >= ${low}` : `must be an integer in [${low}, ${high}]`;
  const schema = z.int(rule).gte(low, rule);
  return high === undefined ? schema : schema.lte(high, rule);
}

/** One of the names of a family: the keys of its index. */
export function nameIn<const T extends object>(family: T) {
  return z.enum(Object.keys(family) as [Extract<keyof T, string>, ...Extract<keyof T, string>[]]);
}

/** The path of a file, relative to the folder of the config. */
export function filePath(): z.ZodString {
  return z.string("must be a path").min(1, "must be a path");
}
