import { expect, it } from "vitest";
import { plainProbe, plainProbes } from "../../../src/experiment/stages/probe-state.js";
import { probes, withProbe } from "../../support/apriori-run.js";

it("brings every number of a probe back from JSON, NaN and Infinity too", () => {
  const smoothness = { hessian: Number.POSITIVE_INFINITY, pruned: Number.NaN, local: null, consecutive: 1 };
  const broken = withProbe(1, { loss: Number.NaN, gradientSquared: Number.NEGATIVE_INFINITY, smoothness });
  for (const each of [probes, broken]) {
    expect(plainProbes.parse(JSON.parse(JSON.stringify(each.map(plainProbe))))).toEqual(each);
  }
});
