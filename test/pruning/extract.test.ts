import fc from "fast-check";
import { expect, it } from "vitest";
import { activations } from "../../src/network/network-fields.js";
import { conditionWidth, layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { expandMask, maskedCopy } from "../../src/pruning/expand.js";
import { extract, scatter } from "../../src/pruning/extract.js";
import type { Mask } from "../../src/pruning/mask.js";
import { describeEngines } from "../support/engines.js";
import {
  arbitraryNetwork,
  arbitraryNetworkAndMask,
  arbitraryStructuredMask,
  networkOf,
  numberedParameters,
} from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";
import { referenceForward } from "../support/reference-mlp.js";

/** The kept entries in flat order: a structured submodel lists them in that order too. */
function keptEntries(spec: NetworkSpec, mask: Mask, parameters: Float32Array): Float32Array {
  const keep = expandMask(spec, mask);
  return parameters.filter((_, i) => keep[i] === 1);
}

describeEngines("extract and scatter", (engineOf) => {
  it("cuts the kept parameters out in order", () => {
    fc.assert(
      fc.property(arbitraryNetworkAndMask, ({ spec, mask }) => {
        const parameters = numberedParameters(spec);
        const submodel = extract(engineOf(), spec, parameters, mask);
        const expected =
          mask.kind === "structured" ? keptEntries(spec, mask, parameters) : maskedCopy(spec, mask, parameters);
        expect(submodel.parameters).toEqual(expected);
        expect(layoutOf(submodel.spec).size).toBe(submodel.parameters.length);
      }),
    );
  });

  it("computes what the masked network computes, residuals included", () => {
    fc.assert(
      fc.property(
        arbitraryNetwork.chain((spec) => arbitraryStructuredMask(spec).map((mask) => ({ spec, mask }))),
        fc.constantFrom(...activations),
        ({ spec, mask }, activation) => {
          const network = { ...spec, activation };
          const parameters = testNumbers(layoutOf(spec).size, 5);
          const input = testNumbers(layoutOf(spec).widths[0], 6);
          const condition = testNumbers(conditionWidth(spec), 7);
          // Every activation is 0 at 0, so a neuron without weights and bias is one that is not there.
          const masked = referenceForward(network, maskedCopy(network, mask, parameters), input, condition);
          const submodel = extract(engineOf(), network, parameters, mask);
          // Float64 sums in the same order, but for terms of 0: equal, up to the sign of 0.
          const computed = referenceForward(submodel.spec, submodel.parameters, input, condition);
          expect(computed.map((y) => y + 0)).toEqual(masked.map((y) => y + 0));
        },
      ),
    );
  });

  it("writes back exactly, and only what is kept", () => {
    fc.assert(
      fc.property(arbitraryNetworkAndMask, ({ spec, mask }) => {
        const parameters = numberedParameters(spec);
        const keep = expandMask(spec, mask);
        const trained = extract(engineOf(), spec, parameters, mask).parameters.map((value) => -value);
        const target = parameters.slice();
        scatter(engineOf(), spec, trained, mask, target);
        expect(target).toEqual(parameters.map((value, i) => (keep[i] === 1 ? -value : value)));
      }),
    );
  });

  it("keeps the bits of every float32, NaN payloads included", () => {
    const spec = networkOf({ hidden: [13, 13], residual: true });
    const { size } = layoutOf(spec);
    const bits = Uint32Array.from(
      { length: size },
      (_, i) => Math.imul(i + 1, 0x9e3779b1) | (i % 3 === 0 ? 0x7fc00000 : 0),
    );
    const parameters = new Float32Array(bits.buffer);
    const kept = Uint32Array.of(0, 1, 2, 3, 4, 7, 9, 12);
    const mask: Mask = { kind: "structured", kept: [kept, kept] };
    const target = new Float32Array(size);
    scatter(engineOf(), spec, extract(engineOf(), spec, parameters, mask).parameters, mask, target);
    const keep = expandMask(spec, mask);
    expect(new Uint32Array(target.buffer)).toEqual(bits.map((word, i) => (keep[i] === 1 ? word : 0)));
  });

  it("reads parameters that are already in the engine's memory", () => {
    const { arena } = engineOf();
    const spec = networkOf();
    const mask: Mask = {
      kind: "structured",
      kept: [Uint32Array.of(1, 6), Uint32Array.of(0), Uint32Array.of(2, 3, 4, 5)],
    };
    const parameters = numberedParameters(spec);
    const used = arena.used;
    arena.scope(() => {
      const { pointer } = arena.copyIn(parameters);
      expect(extract(engineOf(), spec, pointer, mask)).toEqual(extract(engineOf(), spec, parameters, mask));
    });
    expect(arena.used).toBe(used);
  });

  it("refuses wrong lengths and invalid masks", () => {
    const spec = networkOf();
    const mask: Mask = { kind: "structured", kept: [Uint32Array.of(7), Uint32Array.of(0), Uint32Array.of(0)] };
    expect(() => extract(engineOf(), spec, numberedParameters(spec), mask)).toThrow("mask.kept[0][0] must be below");
    expect(() => extract(engineOf(), spec, new Float32Array(4), { kind: "full" })).toThrow("parameters must have");
    const small: Mask = { kind: "structured", kept: [Uint32Array.of(1), Uint32Array.of(0), Uint32Array.of(0)] };
    expect(() => scatter(engineOf(), spec, new Float32Array(4), small, numberedParameters(spec))).toThrow(
      "submodel must have 18 entries, got 4",
    );
  });
});
