import { expect, it } from "vitest";
import { configDifferences } from "../../../src/experiment/config/differences.js";
import { parseConfig } from "../../../src/experiment/config/parse.js";

const config = (change: object = {}) => parseConfig({ name: "a", data: { kind: "ring" }, ...change });

it("keys whose values differ, in order, with what each config has there", () => {
  const found = configDifferences([
    config(),
    config({ network: { hidden: [8, 8] }, seed: 2 }),
    config({ training: { optimizer: { kind: "sgd" } } }),
  ]);
  const byKey = new Map(found.map(({ key, values }) => [key, values]));
  expect(byKey.get("seed")).toEqual([1, 2, 1]);
  expect(byKey.get("network.hidden")?.[1]).toEqual([8, 8]);
  expect(byKey.get("training.optimizer.kind")).toEqual(["adam", "adam", "sgd"]);
  expect(byKey.get("training.optimizer.beta1")?.[2]).toBeUndefined();
  expect([...byKey.keys()].every((key) => /^(seed|network\.hidden|training\.optimizer\.\w+)$/.test(key))).toBe(true);
});

it("names, workers and where files go are no differences", () => {
  expect(configDifferences([config(), config({ name: "b", workers: 3 })])).toEqual([]);
  expect(configDifferences([config()])).toEqual([]);
});
