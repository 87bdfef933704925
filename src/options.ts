import { ArgumentError, ArgumentTypeError, requireObject, requireSignal } from "./errors.js";
import { closest } from "./suggest.js";

/** The keys of an options type: all of them, and no others. */
export function keysOf<Options extends object>(keys: { readonly [Key in keyof Options]-?: true }): readonly string[] {
  return Object.keys(keys);
}

/**
 * The options, once they are an object without unknown keys, whose `signal`, where they have one, is one; what is undefined counts as absent.
 * @param argument what messages call them; keys of "options" are named alone.
 * @throws ArgumentTypeError, or ArgumentError with the key that was probably meant.
 */
export function requireOptions<T extends object>(argument: string, given: T, known: readonly string[]): T {
  if (Array.isArray(given) || ArrayBuffer.isView(given))
    throw new ArgumentTypeError(argument, "must be an object", given);
  const keys = Object.keys(requireObject(argument, given));
  // By index: an iterator's results, for the options of each of many clients, would be most of what is allocated.
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index];
    const value: unknown = given[key as keyof T];
    if (value === undefined || (key !== "signal" && known.includes(key))) continue;
    const place = argument === "options" ? key : `${argument}.${key}`;
    if (!known.includes(key)) throw new ArgumentError(place, `is not known (${hintFor(key, known)})`, value);
    if (key === "signal") requireSignal(place, value);
  }
  return given;
}

function hintFor(key: string, known: readonly string[]): string {
  const meant = closest(key, known);
  return meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
}
