import { expect, test } from "vitest";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";
import { mixtureDenoiser, mixtureLogDensity, requireMixture } from "../../src/targets/gaussian-mixture.js";
import { describeEngines } from "../support/engines.js";
import { mixtureReference } from "../support/mixture.js";

describeEngines("Gaussian mixtures", (engineOf) => {
  test("variance 0 gives the denoiser and the density of a data set's empirical law", () => {
    const engine = engineOf();
    const [count, d, rows] = [103, 5, 13];
    const means = normals(engine, count * d, { seed: 1, purpose: Purpose.probe });
    const mixture = {
      dimension: d,
      means,
      weights: new Float64Array(count).fill(1 / count),
      variances: new Float64Array(count),
    };
    const x = normals(engine, rows * d, { seed: 2, purpose: Purpose.probe });
    const level = { t: 0, alpha: 0.8, sigma: 0.6, logSnr: 0 };
    const density = mixtureLogDensity(engine, mixture, x, level);
    const denoised = engine.arena.scope(() => {
      const session = mixtureDenoiser(mixture).open(engine, 20);
      const [from, to] = [engine.arena.copyIn(x), engine.arena.floats(rows * d)];
      session.denoise(from.pointer, rows, level, to.pointer);
      return to.array.slice();
    });
    const logWeights = mixture.weights.map(Math.log);
    for (let row = 0; row < rows; row++) {
      const at = x.subarray(row * d, (row + 1) * d);
      const expected = mixtureReference({ ...mixture, logWeights }, at, level.alpha, level.sigma);
      expect(Math.abs(density[row] - expected.logDensity)).toBeLessThan(2e-5);
      for (let j = 0; j < d; j++) expect(Math.abs(denoised[row * d + j] - expected.denoised[j])).toBeLessThan(2e-5);
    }
  });

  test("the density of many points does not depend on the tiles they are taken in", () => {
    const engine = engineOf();
    const mixture = { dimension: 1, means: Float32Array.of(-1, 1), weights: [0.25, 0.75], variances: [0.1, 0.2] };
    const x = normals(engine, 10002, { seed: 2, purpose: Purpose.probe });
    const level = { alpha: 1, sigma: 0 };
    const pairs = mixtureLogDensity(engine, mixture, x, level, 2);
    const single = mixtureLogDensity(engine, mixture, x, level);
    expect(pairs.length).toBe(5001);
    pairs.forEach((value, i) => {
      expect(value).toBe(single[2 * i] + single[2 * i + 1]);
    });
  });

  test("shapes and values that make no mixture are refused by name", () => {
    const good = { dimension: 2, means: new Float32Array(4), weights: [0.5, 0.5], variances: [1, 1] };
    expect(requireMixture("m", good)).toBe(good);
    expect(() => requireMixture("m", { ...good, means: new Float32Array(3) })).toThrow(
      "m.means must have 4 entries, got 3",
    );
    expect(() => requireMixture("m", { ...good, weights: [1.5, -0.5] })).toThrow(
      "m.weights[1] must be finite and > 0, got -0.5",
    );
    expect(() => requireMixture("m", { ...good, variances: [1, Number.NaN] })).toThrow(
      "m.variances[1] must be finite and >= 0, got NaN",
    );
    expect(() => requireMixture("m", { ...good, means: Float32Array.of(0, 0, NaN, 0) })).toThrow(
      "m.means[2] must be finite, got NaN",
    );
  });
});
