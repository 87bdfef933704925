import { describe, expect, it } from "vitest";
import { Purpose } from "../../../src/kernels/purpose.js";
import { uniforms } from "../../../src/kernels/random.js";
import { upperEndOfShares } from "../../../src/theory/flow/stray-end.js";
import { binomialLimits } from "../../support/binomial.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const none = new Float64Array(0);

describe("the upper end of a mean of shares", () => {
  it("is about 4 / n where all are 0, and never above 1", () => {
    for (const n of [100, 1000, 10_000]) {
      const end = upperEndOfShares(new Float64Array(n), new Float64Array(n / 10), 0.025);
      expect(n * end).toBeGreaterThan(-Math.log(0.025));
      expect(n * end).toBeLessThan(4.5);
    }
    expect(upperEndOfShares(new Float64Array(50).fill(1), none, 0.025)).toBe(1);
  });

  it.each([
    ["rare ones", 0.002, 1],
    ["frequent ones", 0.3, 1],
    ["halves", 0.1, 0.5],
  ])("exceeds the mean but for its error probability: %s", (_, probability, size) => {
    const [trials, n, errorProbability] = [2000, 400, 0.05];
    const draws = uniforms(engine, trials * n, { seed: 9, purpose: Purpose.probe });
    const pilots = uniforms(engine, trials * 40, { seed: 10, purpose: Purpose.probe });
    const shares = (u: Float32Array) => Float64Array.from(u, (value) => (value < probability ? size : 0));
    let [below, excess] = [0, 0];
    for (let trial = 0; trial < trials; trial++) {
      const values = shares(draws.subarray(trial * n, (trial + 1) * n));
      const pilot = shares(pilots.subarray(trial * 40, (trial + 1) * 40));
      const end = upperEndOfShares(values, pilot, errorProbability);
      if (end < probability * size) below++;
      excess += (end - probability * size) / trials;
    }
    expect(below).toBeLessThanOrEqual(binomialLimits(trials, errorProbability, 0.001)[1]);
    // Four standard errors and what no number of them takes away.
    expect(excess).toBeLessThan(4 * size * Math.sqrt((probability * (1 - probability)) / n) + 8 / n);
  });
});
