import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noiseFactor } from "../../src/diffusion/curvature.js";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { symmetricEigen } from "../../src/diffusion/symmetric-eigen.js";
import { ScoreNetwork } from "../../src/network/score-network.js";
import { layoutOf } from "../../src/network/spec.js";
import { createTarget } from "../../src/targets/index.js";
import { normal } from "../../src/targets/normal.js";
import { describeEngines } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";
import { withErrors } from "../support/samplers.js";

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1e6 }))
  .map(([d, seed]) => ({ d, matrix: Float64Array.from(testNumbers(d * d, seed)) }));

/** a b^T, or a b. */
function multiplied(a: Float64Array, b: Float64Array, d: number, transposed: boolean): Float64Array {
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += a[i * d + k] * (transposed ? b[j * d + k] : b[k * d + j]);
    return sum;
  });
}

const symmetrized = (matrix: Float64Array, d: number) =>
  matrix.map((value, at) => 0.5 * (value + matrix[(at % d) * d + Math.floor(at / d)]));

function expectClose(actual: Float64Array, expected: Float64Array): void {
  actual.forEach((value, at) => {
    expect(Math.abs(value - expected[at])).toBeLessThan(1e-12);
  });
}

describe("small matrices", () => {
  it("are U diag(values) U^T with orthonormal U", () => {
    fc.assert(
      fc.property(matrices, ({ d, matrix }) => {
        const symmetric = symmetrized(matrix, d);
        const { values, vectors } = symmetricEigen(symmetric, d);
        const scaled = vectors.map((value, at) => value * values[at % d]);
        expectClose(multiplied(scaled, vectors, d, true), symmetric);
        const identity = vectors.map((_, at) => (at % (d + 1) === 0 ? 1 : 0));
        expectClose(multiplied(vectors, vectors, d, true), identity);
      }),
    );
  });
});

describe("the matrix of a step's noise", () => {
  it("is linear in the Jacobian, or the root of its symmetric part", () => {
    fc.assert(
      fc.property(matrices, ({ d, matrix }) => {
        const identity = matrix.map((_, at) => (at % (d + 1) === 0 ? 1 : 0));
        const linear = noiseFactor({ kind: "linear", identity: 0.7, jacobian: 2 }, matrix, d);
        expectClose(
          linear,
          matrix.map((value, at) => 2 * value + 0.7 * identity[at]),
        );
        const root = noiseFactor({ kind: "root", jacobian: 0.9 / d }, matrix, d);
        const covariance = symmetrized(matrix, d).map((value, at) => (0.9 / d) * value + identity[at]);
        expectClose(multiplied(root, root, d, true), covariance);
      }),
    );
  });

  it("has no eigenvalue below the root of 0.1, whatever a trained denoiser says", () => {
    expect(noiseFactor({ kind: "root", jacobian: 2 }, Float64Array.of(-3), 1)[0]).toBeCloseTo(Math.sqrt(0.1), 14);
    const turned = noiseFactor({ kind: "root", jacobian: 1 }, Float64Array.of(0, 2, 2, 0), 2);
    expectClose(multiplied(turned, turned, 2, true), Float64Array.of(1.55, 1.45, 1.45, 1.55));
  });
});

describeEngines("noise that follows the Jacobian", (engineOf) => {
  const schedule = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 });

  it("full-covariance has the covariance of a Gaussian law after 3 steps: within 5 deviations of its entries", () => {
    const law = normal({
      kind: "normal",
      mean: Float64Array.of(0.5, -0.2),
      variances: Float64Array.of(1.5, 0.05),
      axes: Float32Array.of(0.6, 0.8, -0.8, 0.6),
    });
    if (!law.denoiser) throw new Error("a Gaussian has an exact denoiser");
    const count = 20_000;
    const grid = createGrid({ kind: "uniform-log-snr", steps: 3 }, schedule);
    const sampler = samplers["full-covariance"];
    const x = sample(engineOf(), { count, denoiser: law.denoiser, schedule, grid, sampler, seed: 3 });
    const covariance = (i: number, j: number) => {
      let [sum, a, b] = [0, 0, 0];
      for (let row = 0; row < count; row++) {
        sum += x[2 * row + i] * x[2 * row + j];
        a += x[2 * row + i];
        b += x[2 * row + j];
      }
      return sum / count - (a / count) * (b / count);
    };
    const expected = [0.36 * 1.5 + 0.64 * 0.05, 0.48 * (1.5 - 0.05), 0.64 * 1.5 + 0.36 * 0.05];
    const [xx, xy, yy] = [covariance(0, 0), covariance(0, 1), covariance(1, 1)];
    // Deviations of entries are at most sqrt(2 / count) times the variances; sigma at the last time adds 1e-4.
    for (const [value, want] of [
      [xx, expected[0]],
      [xy, expected[1]],
      [yy, expected[2]],
    ]) {
      expect(Math.abs(value - want)).toBeLessThan(5 * Math.sqrt(2 / count) * 1.1);
    }
    // Along the narrow axis the variance is a thirtieth of the wide one's, and right to 5 %.
    expect(Math.abs((0.64 * xx - 2 * 0.48 * xy + 0.36 * yy) / 0.05 - 1)).toBeLessThan(0.06);
  });

  it.each(["jvp", "full-covariance"] as const)("%s: samples of a network do not depend on the tile", (name) => {
    const spec = networkOf({ hidden: [16, 16], residual: true, parameterization: "edm" });
    const parameters = testNumbers(layoutOf(spec).size, 5).map((value) => 0.3 * value);
    const denoiser = new ScoreNetwork(spec, parameters);
    const grid = withErrors(createGrid({ kind: "uniform-log-snr", steps: 5 }, schedule), schedule, 0.5);
    const given = { count: 30, denoiser, schedule, grid, sampler: samplers[name], seed: 2 };
    const whole = sample(engineOf(), given);
    expect(whole.every(Number.isFinite)).toBe(true);
    expect(sample(engineOf(), { ...given, tile: 7 })).toEqual(whole);
    expect(sample(engineOf(), { ...given, count: 8, firstSample: 11 })).toEqual(whole.slice(33, 57));
  });

  it("is refused by name without Jacobian-vector products, and a root in more than 16 dimensions", () => {
    const grid = withErrors(createGrid({ kind: "uniform-log-snr", steps: 2 }, schedule), schedule, 1);
    const run = (name: "jvp" | "full-covariance", denoiser: Parameters<typeof sample>[1]["denoiser"]) => () =>
      sample(engineOf(), { count: 2, denoiser, schedule, grid, sampler: samplers[name], seed: 1 });
    const without = denoiserFromFunction(2, (x, _batch, _level, out) => out.set(x));
    expect(run("jvp", without)).toThrow("sampler jvp needs Jacobian-vector products of the denoiser");
    const wide = createTarget({ kind: "gaussian", dimension: 17, standardDeviation: 1 }).denoiser;
    expect(run("full-covariance", wide)).toThrow(
      "sampler full-covariance takes as many Jacobian-vector products a step as there are dimensions: at most 16, not 17",
    );
    expect(run("jvp", wide)()).toHaveLength(34);
  });
});
