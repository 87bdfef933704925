import { describe, expect, it } from "vitest";
import { layoutOf } from "../../../src/network/spec.js";
import { userMasks } from "../../../src/pruning/families/user.js";
import type { Mask } from "../../../src/pruning/mask.js";
import { contextOf } from "../../support/mask-context.js";
import { networkOf } from "../../support/networks.js";

const spec = networkOf({ hidden: [4] });
const masks: Mask[] = [
  { kind: "full" },
  { kind: "structured", kept: [Uint32Array.of(1, 3)] },
  { kind: "unstructured", keep: Uint8Array.from({ length: layoutOf(spec).size }, (_, i) => i % 2) },
];

describe("userMasks", () => {
  it("gives every client its own mask, whatever the round and keep ratio", () => {
    const family = userMasks(masks);
    const clients = [
      { id: 1, keepRatio: 1 },
      { id: 2, keepRatio: 0.5 },
    ];
    expect(family.assign(contextOf([], { spec, clients, round: 9 }))).toEqual([masks[1], masks[2]]);
  });

  it("names the client whose mask is wrong or missing", () => {
    const wrong: Mask = { kind: "structured", kept: [Uint32Array.of(4)] };
    expect(() => userMasks([masks[0], wrong]).assign(contextOf([1], { spec }))).toThrow(
      "masks[1].kept[0][0] must be below the layer's width 4, got 4",
    );
    expect(() => userMasks([]).assign(contextOf([1], { spec }))).toThrow(
      "masks must have an entry for client 0, got 0",
    );
  });
});
