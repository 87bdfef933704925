import { describe, expect, it } from "vitest";
import { configOf, valueAt, withChanges, withValue } from "../../src/web/json.js";

const config = { name: "ring", federation: { clients: 4, capacities: [1, 0.5] }, transforms: [{ kind: "pca" }] };

describe("a value in a config", () => {
  it("is found by its path, and nothing where there is none", () => {
    expect(valueAt(config, ["federation", "capacities", 1])).toBe(0.5);
    expect(valueAt(config, ["federation", "server", "kind"])).toBeUndefined();
    expect(valueAt(config, ["toString"])).toBeUndefined();
    expect(valueAt(config, [])).toBe(config);
  });

  it("is replaced in a copy, in its place", () => {
    const changed = withValue(config, ["federation", "clients"], 8);
    expect(changed).toEqual({ ...config, federation: { clients: 8, capacities: [1, 0.5] } });
    expect(Object.keys(changed as object)).toEqual(Object.keys(config));
    expect(config.federation.clients).toBe(4);
  });

  it("is added with what leads to it, and taken away", () => {
    expect(withValue({}, ["training", "ema"], 0.9)).toEqual({ training: { ema: 0.9 } });
    expect(withValue({ ...config }, ["federation", "clients"], undefined)).toEqual({
      ...config,
      federation: { capacities: [1, 0.5] },
    });
    expect(withValue({ ...config }, ["transforms", 0], undefined)).toEqual({ ...config, transforms: [] });
  });
});

describe("changes from one config to another", () => {
  const before = {
    seed: 1,
    data: { kind: "csv", path: "a.csv" },
    federation: { clients: 4, partition: { kind: "iid" } },
  };

  it("are made in a third, which keeps what is its own", () => {
    const own = { ...before, seed: 7, federation: { ...before.federation, capacities: [1] }, extra: true };
    const after = { seed: 1, federation: { clients: 9, partition: { kind: "column" } }, added: [1] };
    expect(withChanges(own, before, after)).toEqual({
      ...{
        seed: 7,
        federation: { clients: 9, partition: { kind: "column" }, capacities: [1] },
        extra: true,
        added: [1],
      },
    });
    expect(withChanges(own, before, { ...before })).toBe(own);
    expect(withChanges(before, before, after)).toEqual(after);
  });

  it("to another kind take none of the settings of the first", () => {
    const own = { ...before, federation: { clients: 4, partition: { kind: "dirichlet", concentration: 1 } } };
    const after = { ...before, federation: { clients: 4, partition: { kind: "column" } } };
    expect(withChanges(own, before, after)).toEqual(after);
  });
});

describe("a config as text", () => {
  it("is read, with comments too", () => {
    expect(configOf('{ "seed": 3 } // three')).toEqual({ seed: 3 });
  });

  it("is refused in words where it is none", () => {
    expect(() => configOf('{ "seed": 3,\n }')).toThrow(/^the config is not valid JSON: .*line 2, column/);
    expect(() => configOf("[1]")).toThrow("the config must be an object");
    expect(() => configOf(`{"data":${"[".repeat(20_000)}${"]".repeat(20_000)}}`)).toThrow(/nested deeper than 500/);
  });
});
