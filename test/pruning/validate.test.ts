import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Mask } from "../../src/pruning/mask.js";
import { validateMask } from "../../src/pruning/validate.js";
import { arbitraryNetworkAndMask, networkOf } from "../support/networks.js";

const spec = networkOf({ hidden: [4, 4], residual: true });
const structured = (...kept: number[][]): Mask => ({
  kind: "structured",
  kept: kept.map((set) => Uint32Array.from(set)),
});
const check = (mask: unknown) => () => validateMask("clients[3].mask", spec, mask as Mask);

describe("validateMask", () => {
  it("accepts every valid mask", () => {
    fc.assert(fc.property(arbitraryNetworkAndMask, ({ spec, mask }) => validateMask("mask", spec, mask)));
  });

  it.each([
    [structured([0, 1]), "clients[3].mask.kept must have 2 entries, got 1"],
    [structured([], []), "clients[3].mask.kept[0] must keep at least 1 neuron, got 0"],
    [structured([0, 4], [0, 4]), "clients[3].mask.kept[0][1] must be below the layer's width 4, got 4"],
    [
      structured([2, 1], [2, 1]),
      "clients[3].mask.kept[0][1] must be above clients[3].mask.kept[0][0] = 2 (strictly ascending), got 1",
    ],
    [
      structured([1, 1], [1, 1]),
      "clients[3].mask.kept[0][1] must be above clients[3].mask.kept[0][0] = 1 (strictly ascending), got 1",
    ],
    [
      structured([0, 1], [0, 2]),
      "clients[3].mask.kept[1][1] must equal clients[3].mask.kept[0][1] = 1, a residual joins the layers, got 2",
    ],
    [structured([0, 1], [0]), "clients[3].mask.kept[1], joined to layer 0 by a residual, must have 2 entries, got 1"],
    [{ kind: "structured", kept: [[0], [0]] }, "clients[3].mask.kept[0] must be a Uint32Array, got array of 1"],
    [{ kind: "structured" }, "clients[3].mask.kept must be an array of Uint32Array, got undefined"],
    [{ kind: "unstructured", keep: new Uint8Array(7) }, "clients[3].mask.keep must have 67 entries, got 7"],
    [
      { kind: "unstructured", keep: new Uint8Array(67).fill(1).fill(2, 5, 6) },
      "clients[3].mask.keep[5] must be 0 or 1, got 2",
    ],
    [{ kind: "unstructured", keep: [0, 1] }, "clients[3].mask.keep must be a Uint8Array, got array of 2"],
    [{ kind: "sparse" }, 'clients[3].mask.kind must be "full", "structured" or "unstructured", got "sparse"'],
    [undefined, "clients[3].mask must be a mask, got undefined"],
  ])("refuses mask %#: %s", (mask, message) => {
    expect(check(mask)).toThrow(message);
  });
});
