import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../../src/network/spec.js";
import { expandMask } from "../../../src/pruning/expand.js";
import { magnitudeUnstructured } from "../../../src/pruning/families/magnitude-unstructured.js";
import { biasFlags, contextOf } from "../../support/mask-context.js";
import { arbitraryNetwork, networkOf } from "../../support/networks.js";
import { testNumbers } from "../../support/numbers.js";

describe("magnitude-unstructured", () => {
  it("keeps all biases and the largest weights, ceil(keepRatio * P) in all or, where that is fewer, the biases alone", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(),
        // Few distinct magnitudes make ties, many make none.
        fc.constantFrom(3, 1e6),
        (spec, keepRatio, seed, levels) => {
          const { size } = layoutOf(spec);
          const bias = biasFlags(spec);
          const parameters = testNumbers(size, seed).map((value) => Math.round(value * levels) / 7);
          const [mask] = magnitudeUnstructured.assign(contextOf([keepRatio], { spec, parameters }));
          const keep = expandMask(spec, mask);
          const biases = bias.filter(Boolean).length;
          const wanted = Math.max(0, Math.ceil(keepRatio * size - 1e-9) - biases);
          const ranked = [...keep.keys()]
            .filter((i) => !bias[i])
            .sort((a, b) => Math.abs(parameters[b]) - Math.abs(parameters[a]) || a - b)
            .slice(0, wanted);
          const expected = Uint8Array.from(bias, Number);
          for (const i of ranked) expected[i] = 1;
          expect(keep).toEqual(expected);
        },
      ),
    );
  });

  it("gives ties to the lower index, and takes 0 and -0 for equal", () => {
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [2] });
    const parameters = Float32Array.of(0, -0, 3, -3, -0, 0, 0, 0, 3, 0, 0);
    const keepOf = (keepRatio: number) => [
      ...expandMask(spec, magnitudeUnstructured.assign(contextOf([keepRatio], { spec, parameters }))[0]),
    ];
    expect(keepOf(5 / 11)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
    expect(keepOf(7 / 11)).toEqual([1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1]);
  });

  it("leaves the context's parameters alone", () => {
    const context = contextOf([0.5]);
    const before = context.parameters.slice();
    magnitudeUnstructured.assign(context);
    expect(context.parameters).toEqual(before);
  });
});
