import { describe, expect, it } from "vitest";
import { joinedLayers, layoutOf, residualGroups } from "../../src/network/spec.js";
import { networkOf } from "../support/networks.js";

describe("joinedLayers", () => {
  it("joins equally wide neighbours of a residual network, never the first layer", () => {
    expect(
      joinedLayers(networkOf({ dimension: 4, noiseFeatures: 4, hidden: [8, 8, 5, 5, 8], residual: true })),
    ).toEqual([false, true, false, true, false]);
  });

  it("joins nothing without residual", () => {
    expect(joinedLayers(networkOf({ hidden: [8, 8] }))).toEqual([false, false]);
  });

  it("prefers explicit joints to the rule", () => {
    const spec = networkOf({ hidden: [8, 8, 8], residual: true, joints: [false, false, true] });
    expect(joinedLayers(spec)).toEqual([false, false, true]);
    expect(residualGroups(spec)).toEqual([[0], [1, 2]]);
  });

  it("refuses joints that cannot be", () => {
    expect(() => layoutOf(networkOf({ hidden: [8, 8], joints: [true, false] }))).toThrow(
      "spec.joints[0] must be false: the first hidden layer has no layer to join, got true",
    );
    expect(() => layoutOf(networkOf({ hidden: [8, 7], joints: [false, true] }))).toThrow(
      "spec.joints[1] needs equal widths, hidden is 8 then 7, got true",
    );
    expect(() => layoutOf(networkOf({ hidden: [8, 8], joints: [false] }))).toThrow(
      "spec.joints must have 2 entries, got 1",
    );
  });
});

describe("residualGroups", () => {
  it("groups runs of joined layers", () => {
    expect(residualGroups(networkOf({ hidden: [8, 8, 5, 5, 8], residual: true }))).toEqual([[0, 1], [2, 3], [4]]);
  });
});
