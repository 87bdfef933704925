import { expect, it } from "vitest";
import { encodeProbes, plainState, readProbes } from "../../../src/experiment/stages/probe-state.js";
import { probes, withProbe } from "../../support/apriori-run.js";

it("brings every number of a probe back from JSON, NaN and Infinity too", () => {
  const smoothness = { hessian: Number.POSITIVE_INFINITY, pruned: Number.NaN, local: null, consecutive: 1 };
  const broken = withProbe(1, { loss: Number.NaN, gradientSquared: Number.NEGATIVE_INFINITY, smoothness });
  for (const each of [probes, broken]) {
    const last = { parameters: Float32Array.of(1, 2), gradient: Float64Array.of(3, 4) };
    const state = { probes: each, last, failure: { notComputed: "no numbers", code: "FEDSCORE_NON_FINITE" } as const };
    const { plain, arrays } = encodeProbes(state);
    expect(readProbes(plainState.parse(JSON.parse(JSON.stringify(plain))), arrays, { rounds: 9, size: 2 })).toEqual(
      state,
    );
  }
});
