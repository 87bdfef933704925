import { FedscoreError } from "../errors.js";
import { JsonProblem, parseJson } from "../parse-json.js";

/** JSON, as a config that a person is writing: any of its parts may be missing or wrong. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
export type Path = readonly (string | number)[];

/**
 * The config that a text says.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG saying where it is no JSON, or that it is no object.
 */
export function configOf(text: string): JsonObject {
  let config: unknown;
  try {
    config = parseJson(text, { comments: true });
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const place = `line ${error.line}, column ${error.column}`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", `the config is not valid JSON: ${error.message} (${place})`);
  }
  if (isObject(config)) return config;
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", "the config must be an object");
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a path; undefined: nothing. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const key of path) {
    if (Array.isArray(found)) found = found[Number(key)];
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

/** The same with another value at a path; undefined takes the key away. */
export function withValue(value: Json | undefined, path: Path, replacement: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    const entries: Json[] = [...value];
    const changed = withValue(entries[Number(key)], rest, replacement);
    if (changed === undefined) entries.splice(Number(key), 1);
    else entries[Number(key)] = changed;
    return entries;
  }
  const { [key]: before, ...others } = isObject(value) ? value : {};
  const changed = withValue(before, rest, replacement);
  if (changed === undefined) return others;
  // In its old place, so that what is shown does not jump.
  return isObject(value) && Object.hasOwn(value, key) ? { ...value, [key]: changed } : { ...others, [key]: changed };
}

/** The same with what was changed from `before` to `after` changed in it too; objects of another kind are taken as a whole. */
export function withChanges(
  value: Json | undefined,
  before: Json | undefined,
  after: Json | undefined,
): Json | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return value;
  if (!isObject(value) || !isObject(before) || !isObject(after) || before.kind !== after.kind) return after;
  const changed = new Set([...Object.keys(before), ...Object.keys(after)]);
  const others = Object.entries(value).filter(([key]) => !changed.has(key));
  const entries = [...changed].flatMap((key): [string, Json][] => {
    const entry = withChanges(value[key], before[key], after[key]);
    return entry === undefined ? [] : [[key, entry]];
  });
  return Object.fromEntries([...entries, ...others]);
}

/** Configs are JSON. */
export function asJson(config: object): JsonObject {
  return JSON.parse(JSON.stringify(config));
}
