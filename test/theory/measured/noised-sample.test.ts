import { expect, it } from "vitest";
import { createTarget } from "../../../src/targets/index.js";
import { noisedSample } from "../../../src/theory/measured/noised-sample.js";
import { describeEngines } from "../../support/engines.js";

describeEngines("rows of the forward process", (engineOf) => {
  it("have the target's rows times alpha plus independent noise of variance sigma^2", () => {
    const target = createTarget({ kind: "ring" });
    const clean = target.sample(engineOf(), 4000, 9).points;
    const rows = noisedSample(engineOf(), target, { alpha: 0.8, sigma: 0.6 }, 4000, 9);
    const noise = rows.map((value, at) => (value - 0.8 * clean[at]) / 0.6);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // 8000 standard normals: mean within 5 / sqrt(8000), variance within 5 sqrt(2 / 8000), correlation with the clean rows like the mean.
    expect(Math.abs(mean(noise))).toBeLessThan(0.056);
    expect(Math.abs(mean(noise.map((z) => z * z)) - 1)).toBeLessThan(0.08);
    const spread = Math.sqrt(mean(clean.map((x) => x * x)));
    expect(Math.abs(mean(noise.map((z, at) => z * clean[at]))) / spread).toBeLessThan(0.056);
  });
});
