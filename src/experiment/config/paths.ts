/** Any value of a JSON file. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An object of a JSON file. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The value at a dotted path, "certificate.terms.score.value"; undefined where there is none. Entries of arrays by number, the last by "-1". */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split(".")) {
    if (Array.isArray(found)) found = found.at(Number(key));
    else if (typeof found === "object" && found !== null && Object.hasOwn(found, key))
      found = (found as Record<string, unknown>)[key];
    else return undefined;
  }
  return found;
}

/** A copy with `replacement` at a dotted path; objects on the way are made where they are missing. */
export function withValueAt(value: Json, path: string, replacement: Json): Json {
  const [key, ...rest] = path.split(".");
  const object = isObject(value) ? value : {};
  const inner =
    rest.length === 0
      ? replacement
      : withValueAt(Object.hasOwn(object, key) ? object[key] : {}, rest.join("."), replacement);
  return { ...object, [key]: inner };
}

/** `value` with the keys of `override` put over it, object by object; arrays and scalars are replaced whole. */
export function merged(value: Json, override: Json): Json {
  if (!isObject(value) || !isObject(override)) return override;
  const keys = new Set([...Object.keys(value), ...Object.keys(override)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      if (!Object.hasOwn(override, key)) return [key, value[key]];
      return [key, Object.hasOwn(value, key) ? merged(value[key], override[key]) : override[key]];
    }),
  );
}

export function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
