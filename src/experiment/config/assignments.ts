import { requireArray, requireObject, requireText } from "../../errors.js";
import { isObject, type Json, withValueAt } from "./paths.js";

/** A value that is put into a config before it is checked. */
export interface Assignment {
  /** Keys as they are nested, "training.optimizer.kind". */
  readonly path: string;
  readonly value: Json;
}

/**
 * A config with values put over it, one after the other; objects on the way are made where they are missing, lists are replaced whole.
 * @throws ArgumentTypeError for assignments that are none.
 */
export function assigned(config: unknown, assignments: readonly Assignment[]): unknown {
  requireArray("set", assignments);
  for (const [index, each] of assignments.entries())
    requireText(`set[${index}].path`, requireObject(`set[${index}]`, each).path);
  if (!isJsonObject(config)) return config;
  return assignments.reduce<Json>((whole, { path, value }) => withValueAt(whole, path, value), config);
}

/** What else a file may hold is for its schema to refuse. */
function isJsonObject(value: unknown): value is { readonly [key: string]: Json } {
  return isObject(value as Json);
}
