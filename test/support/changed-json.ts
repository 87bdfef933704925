import fc from "fast-check";

/** Values that stand where they do not belong. */
const strangers: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1,
  0.5,
  2,
  1e9,
  1e300,
  "",
  "NaN",
  "text",
  [],
  {},
  [[]],
  { a: 1 },
];

/** The paths of all values below a JSON value, its own first. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

/** A copy in which what `change` gives stands at the path; undefined removes it. */
function changedAt(value: unknown, [key, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  const inner = changedAt(copy[key], rest, change);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return Array.isArray(value) ? Object.values(copy) : copy;
}

/** The JSON value with one thing below its top changed: a value exchanged or removed, a number moved a little, a key added. */
export function changedJson(value: object): fc.Arbitrary<unknown> {
  const paths = pathsIn(value).filter((path) => path.length > 0);
  const change = fc.oneof(
    fc.constantFrom(...strangers).map((stranger) => () => stranger),
    fc.constant(() => undefined),
    fc
      .constantFrom(1 + 1e-9, 2, -1)
      .map((factor) => (old: unknown) => (typeof old === "number" ? old * factor + 1e-9 : old)),
    fc.constant((old: unknown) =>
      typeof old === "object" && old !== null && !Array.isArray(old) ? { ...old, more: 1 } : [old],
    ),
  );
  return fc.tuple(fc.constantFrom(...paths), change).map(([path, by]) => changedAt(value, path, by));
}
