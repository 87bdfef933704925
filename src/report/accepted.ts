import type * as z from "zod";
import { ArgumentError } from "../errors.js";

/**
 * What a schema makes of a value: the same with its defaults.
 * @param file what a reader knows the schema by, "result.json".
 * @throws ArgumentError naming the first part that the schema refuses.
 */
export function accepted<Schema extends z.ZodType>(
  argument: string,
  schema: Schema,
  value: unknown,
  file: string,
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  const part = path.reduce<unknown>((whole, key) => Reflect.get(Object(whole), key), value);
  throw new ArgumentError([argument, ...path].join("."), `must be as in ${file} (${message})`, part);
}
