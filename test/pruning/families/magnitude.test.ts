import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../../src/network/spec.js";
import { magnitude } from "../../../src/pruning/families/magnitude.js";
import { biasFlags, contextOf, keptOf, parametersOfNeuron } from "../../support/mask-context.js";
import { arbitraryNetwork, networkOf } from "../../support/networks.js";
import { testNumbers } from "../../support/numbers.js";

describe("magnitude", () => {
  it("keeps the neurons of largest norm, where argsort taken for ranks keeps others", () => {
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [5] });
    const norms = [5, 1, 4, 2, 3];
    const parameters = new Float32Array(layoutOf(spec).size);
    for (const [neuron, norm] of norms.entries()) {
      // Incoming weight and outgoing weight in the proportion 3 : 4; a huge bias, which does not count.
      parameters[3 * neuron] = -0.6 * norm;
      parameters[15 + neuron] = 100 - norm;
      parameters[20 + neuron] = 0.8 * norm;
    }
    const [mask] = magnitude.assign(contextOf([0.4], { spec, parameters }));
    expect(keptOf(spec, mask, 0)).toEqual([0, 2]);
    const argsort = [...norms.keys()].sort((a, b) => norms[a] - norms[b]);
    expect([...norms.keys()].filter((neuron) => argsort[neuron] >= 3)).toEqual([1, 2]);
  });

  it("keeps no neuron of smaller norm than one it prunes", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork.filter(({ hidden }) => hidden.every((width) => width > 1)),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.nat(),
        (spec, keepRatio, seed) => {
          const parameters = testNumbers(layoutOf(spec).size, seed);
          const bias = biasFlags(spec);
          const [mask] = magnitude.assign(contextOf([keepRatio], { spec, parameters }));
          spec.hidden.forEach((width, layer) => {
            const kept = keptOf(spec, mask, layer);
            const norm = (neuron: number) =>
              Math.sqrt(
                parametersOfNeuron(spec, layer, neuron).reduce(
                  (sum, i) => sum + (bias[i] ? 0 : parameters[i] * parameters[i]),
                  0,
                ),
              );
            const pruned = Array.from({ length: width }, (_, n) => n).filter((n) => !kept.includes(n));
            // 1e-12: both sums are float64 in different orders.
            const smallestKept = Math.min(...kept.map(norm));
            for (const neuron of pruned) expect(norm(neuron)).toBeLessThanOrEqual(smallestKept * (1 + 1e-12));
          });
        },
      ),
    );
  });

  it("gives ties to the lower index", () => {
    const spec = networkOf({ hidden: [6] });
    const [mask] = magnitude.assign(
      contextOf([0.5], { spec, parameters: new Float32Array(layoutOf(spec).size).fill(-2) }),
    );
    expect(keptOf(spec, mask, 0)).toEqual([0, 1, 2]);
  });
});
