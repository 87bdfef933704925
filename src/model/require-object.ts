import { ArgumentTypeError } from "../errors.js";

/** Throws unless value is an object: what callers in plain JavaScript may forget. */
export function requireObject<T extends object>(argument: string, value: T): T {
  if (typeof value !== "object" || value === null) throw new ArgumentTypeError(argument, "must be an object", value);
  return value;
}
