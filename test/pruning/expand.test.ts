import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf } from "../../src/network/spec.js";
import { applyMask, expandMask, maskedCopy } from "../../src/pruning/expand.js";
import { extractedSpec, keptFlops, keptParameters } from "../../src/pruning/submodel.js";
import { arbitraryNetworkAndMask, networkOf, numberedParameters } from "../support/networks.js";

describe("expandMask", () => {
  it("keeps a weight where both its units are kept and a bias with its neuron", () => {
    const spec = networkOf({ dimension: 1, noiseFeatures: 2, hidden: [3, 2] });
    const mask = { kind: "structured", kept: [Uint32Array.of(0, 2), Uint32Array.of(1)] } as const;
    // Rows are neurons: weight [3, 3] and bias, weight [2, 3] and bias, weight [1, 2] and bias.
    const expected = [
      ...[1, 1, 1, 0, 0, 0, 1, 1, 1],
      ...[1, 0, 1],
      ...[0, 0, 0, 1, 0, 1],
      ...[0, 1],
      ...[0, 1],
      ...[1],
    ];
    expect([...expandMask(spec, mask)]).toEqual(expected);
    expect(keptParameters(spec, mask)).toBe(13);
    expect(keptFlops(spec, mask)).toBe(2 * (3 * 2 + 2 * 1 + 1 * 1));
    expect(keptFlops(spec, { kind: "full" })).toBe(2 * (3 * 3 + 3 * 2 + 2 * 1));
  });

  it("has as many ones as the mask keeps parameters", () => {
    fc.assert(
      fc.property(arbitraryNetworkAndMask, ({ spec, mask }) => {
        const keep = expandMask(spec, mask);
        expect(keep.length).toBe(layoutOf(spec).size);
        expect(keep.reduce((sum, one) => sum + one, 0)).toBe(keptParameters(spec, mask));
      }),
    );
  });
});

describe("applyMask", () => {
  it("clears what is pruned and nothing else", () => {
    fc.assert(
      fc.property(arbitraryNetworkAndMask, ({ spec, mask }) => {
        const parameters = numberedParameters(spec);
        const keep = expandMask(spec, mask);
        const masked = maskedCopy(spec, mask, parameters);
        expect(masked).toEqual(parameters.map((value, i) => (keep[i] === 1 ? value : 0)));
        applyMask(spec, mask, parameters);
        expect(parameters).toEqual(masked);
      }),
    );
  });

  it("refuses parameters of another length", () => {
    expect(() => applyMask(networkOf(), { kind: "full" }, new Float32Array(3))).toThrow("parameters must have");
  });
});

describe("extractedSpec", () => {
  it("keeps the joints of the original where pruning makes unjoined layers equally wide", () => {
    const spec = networkOf({ hidden: [4, 4, 6], residual: true });
    const kept = [Uint32Array.of(1, 3), Uint32Array.of(1, 3), Uint32Array.of(0, 5)];
    expect(extractedSpec(spec, { kind: "structured", kept })).toEqual({
      ...spec,
      hidden: [2, 2, 2],
      joints: [false, true, false],
    });
  });

  it("is the network itself for full and unstructured masks", () => {
    const spec = networkOf({ residual: true });
    expect(extractedSpec(spec, { kind: "full" })).toBe(spec);
    expect(extractedSpec(spec, { kind: "unstructured", keep: new Uint8Array(layoutOf(spec).size) })).toBe(spec);
  });
});
