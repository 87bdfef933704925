import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../../src/network/spec.js";
import { magnitude } from "../../../src/pruning/families/magnitude.js";
import { taylor } from "../../../src/pruning/families/taylor.js";
import { contextOf, keptOf, parametersOfNeuron } from "../../support/mask-context.js";
import { arbitraryNetwork, networkOf } from "../../support/networks.js";
import { testNumbers } from "../../support/numbers.js";

describe("taylor", () => {
  it("is magnitude before the first update", () => {
    const context = contextOf([0.3, 0.6]);
    expect(taylor.assign(context)).toEqual(magnitude.assign(context));
  });

  it("keeps no neuron of smaller sum |parameter * update| than one it prunes", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork.filter(({ hidden }) => hidden.every((width) => width > 1)),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.nat(),
        (spec, keepRatio, seed) => {
          const parameters = testNumbers(layoutOf(spec).size, seed);
          const update = testNumbers(layoutOf(spec).size, seed + 1);
          const [mask] = taylor.assign(contextOf([keepRatio], { spec, parameters, update }));
          spec.hidden.forEach((width, layer) => {
            const kept = keptOf(spec, mask, layer);
            const importance = (neuron: number) =>
              parametersOfNeuron(spec, layer, neuron).reduce((sum, i) => sum + Math.abs(parameters[i] * update[i]), 0);
            const pruned = Array.from({ length: width }, (_, n) => n).filter((n) => !kept.includes(n));
            const smallestKept = Math.min(...kept.map(importance));
            for (const neuron of pruned) expect(importance(neuron)).toBeLessThanOrEqual(smallestKept * (1 + 1e-12));
          });
        },
      ),
    );
  });

  it("does not depend on the scale of the update", () => {
    const update = testNumbers(layoutOf(networkOf()).size, 3);
    expect(taylor.assign(contextOf([0.4], { update: update.map((u) => -8 * u) }))).toEqual(
      taylor.assign(contextOf([0.4], { update })),
    );
  });

  it("refuses an update of another length", () => {
    expect(() => taylor.assign(contextOf([0.4], { update: new Float32Array(2) }))).toThrow("update must have");
  });
});
