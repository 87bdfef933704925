import { describe, expect, test } from "vitest";
import { firstDifference } from "../../../src/experiment/config/difference.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";

const base = { name: "a", data: { kind: "ring" }, federation: { capacities: [1, 0.5] } } as const;

describe("firstDifference", () => {
  test("nothing differs after a round trip through JSON", () => {
    const config = parseConfig(base);
    expect(firstDifference(config, JSON.parse(JSON.stringify(config)))).toBeUndefined();
  });

  test("what cannot change a result does not count", () => {
    const other = parseConfig({
      ...base,
      workers: 3,
      $schema: "x",
      federation: { capacities: [1, 0.5], checkpointEvery: 1 },
    });
    expect(firstDifference(parseConfig(base), other)).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ seed: 2 }, "seed"],
    [{ training: { rounds: 3 } }, "training.rounds"],
    [{ federation: { capacities: [1, 0.25] } }, "federation.capacities.1"],
    [{ federation: { capacities: [1, 0.5, 1] } }, "federation.capacities.2"],
    [{ training: { clipNorm: 1 } }, "training.clipNorm"],
    [{ data: { kind: "moons" } }, "data.kind"],
  ])("%j differs at %s", (change, key) => {
    expect(firstDifference(parseConfig(base), parseConfig({ ...base, ...change }))).toBe(key);
  });

  /** The paths of all values in a config, in and below its sections; lists are one value. */
  const pathsIn = (value: unknown, path: readonly string[] = []): string[][] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))
      : [[...path]];
  const full = parseConfig({
    ...base,
    workers: 2,
    $schema: "x",
    training: { rounds: 4, clipNorm: 1, ema: 0.5 },
    apriori: {},
    reference: { dense: true },
    transforms: [{ kind: "standardize" }],
  });
  const changedAt = (value: unknown, [key, ...rest]: readonly string[]): unknown =>
    key === undefined
      ? "another"
      : { ...(value as object), [key]: changedAt((value as Record<string, unknown>)[key], rest) };

  test.each(pathsIn(full).map((path) => [path.join("."), path] as const))(
    "every key counts but three: %s",
    (name, path) => {
      const irrelevant = ["$schema", "workers", "federation.checkpointEvery"].includes(name);
      expect(firstDifference(full, changedAt(full, path))).toBe(irrelevant ? undefined : name);
      expect(firstDifference(full, changedAt(full, path), [name])).toBeUndefined();
    },
  );

  test("a config of another version differs where it has no such key", () => {
    expect(firstDifference(parseConfig(base), { name: "a" })).toBe("seed");
  });
});
