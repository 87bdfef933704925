import { expect, it } from "vitest";
import { assigned } from "../../../src/experiment/config/assignments.js";

it("puts values over nested keys, the later one over the earlier, and leaves the config as it was", () => {
  const config = { seed: 1, training: { rounds: 5, optimizer: { kind: "adam" } } };
  const set = [
    { path: "training.rounds", value: 7 },
    { path: "federation.capacities", value: [1, 0.5] },
    { path: "training.optimizer", value: { kind: "sgd" } },
    { path: "training.optimizer.learningRate", value: 0.5 },
    { path: "training.rounds", value: 8 },
  ];
  expect(assigned(config, set)).toEqual({
    seed: 1,
    training: { rounds: 8, optimizer: { kind: "sgd", learningRate: 0.5 } },
    federation: { capacities: [1, 0.5] },
  });
  expect(config).toEqual({ seed: 1, training: { rounds: 5, optimizer: { kind: "adam" } } });
});

it("leaves to the schema what is no object", () => {
  for (const config of [[1], null, "text", 3]) expect(assigned(config, [{ path: "seed", value: 1 }])).toEqual(config);
});

it("adds no key to the prototype of objects", () => {
  const made = assigned({}, [{ path: "__proto__.polluted", value: 1 }]);
  expect(Object.hasOwn(made as object, "__proto__")).toBe(true);
  expect({}).not.toHaveProperty("polluted");
});
