import { ArgumentError, ArgumentTypeError, requireObject } from "./errors.js";
import { closest } from "./suggest.js";

/** The keys of an options type: all of them, and no others. */
export function keysOf<Options extends object>(keys: { readonly [Key in keyof Options]-?: true }): readonly string[] {
  return Object.keys(keys);
}

/**
 * The options, once they are an object without unknown keys; what is undefined counts as absent.
 * @param argument what messages call them; keys of "options" are named alone.
 * @throws ArgumentTypeError, or ArgumentError with the key that was probably meant.
 */
export function requireOptions<T extends object>(argument: string, given: T, known: readonly string[]): T {
  if (Array.isArray(given) || ArrayBuffer.isView(given))
    throw new ArgumentTypeError(argument, "must be an object", given);
  for (const key of Object.keys(requireObject(argument, given))) {
    const value: unknown = given[key as keyof T];
    if (value === undefined || known.includes(key)) continue;
    const meant = closest(key, known);
    const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
    throw new ArgumentError(argument === "options" ? key : `${argument}.${key}`, `is not known (${hint})`, value);
  }
  return given;
}
