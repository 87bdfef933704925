import { describe, expect, test } from "vitest";
import { gaussianLaw } from "../../src/diffusion/gaussian-law.js";
import { createGrid, type GridSpec } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import type { Sampler } from "../../src/diffusion/sampler.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { describeEngines } from "../support/engines.js";
import { exactGaussian } from "../support/gaussian.js";

const schedule = createSchedule({ kind: "ou", tMin: 1e-4, tMax: 100 });
const { ancestral, "exponential-integrator": exponentialIntegrator } = samplers;

/** KL(q_delta || output) in nats per coordinate, exact score. */
function trueKl(sampler: Sampler, grid: GridSpec, variance: number): number {
  const { kl } = gaussianLaw({ schedule, grid: createGrid(grid, schedule), sampler, variance });
  return kl[kl.length - 1];
}

describe("true KL of samplers on Gaussian targets, exact score, OU", () => {
  // Numbers of an independent computation, all printed digits. T = 4, delta = 0.01, s2 = 0.25, d = 2.
  test.each([
    [20, "1.817e-2"],
    [50, "3.034e-3"],
    [100, "7.714e-4"],
    [200, "1.921e-4"],
    [400, "4.822e-5"],
  ])("exponential integrator, uniform above OU time 1, then geometric: %d steps", (steps, printed) => {
    const kl = 2 * trueKl(exponentialIntegrator, { kind: "geometric-tail", steps, start: 4, end: 0.01 }, 0.25);
    expect(kl.toExponential(3)).toBe(printed);
  });

  // Benton's recipe in 200 steps for T about 4 and delta about 1e-3: kappa = (T - 1 + log(1 / delta)) / N = 0.0495.
  const kappa = (4 - 1 + Math.log(1000)) / 200;
  const benton: GridSpec = { kind: "benton", kappa, uniformSteps: 61, geometricSteps: 139 };

  test("that recipe has kappa 0.0495, T about 4 and delta about 1e-3", () => {
    const grid = createGrid(benton, schedule);
    expect(grid.kappa?.toPrecision(3)).toBe("0.0495");
    expect(grid.times.length).toBe(201);
    expect(grid.times[0]).toBeCloseTo(4.02, 2);
    expect(grid.times[200]).toBeCloseTo(1.2e-3, 4);
  });

  test("N(0, 1) on Benton's grid", () => {
    expect(trueKl(exponentialIntegrator, benton, 1).toExponential(2)).toBe("1.14e-4");
    expect(trueKl(ancestral, benton, 1).toExponential(2)).toBe("2.40e-4");
  });

  test("a point mass on Benton's grid: ancestral is exact to rounding, the exponential integrator is not", () => {
    expect(trueKl(exponentialIntegrator, benton, 0).toExponential(2)).toBe("5.76e-4");
    expect(trueKl(ancestral, benton, 0)).toBeLessThan(1e-18);
  });

  test.each([0.02, 0.1, 0.5])(
    "exponential integrator, step %d, N(0, 1): stationary variance (e^h + 1) / (3 - e^h)",
    (h) => {
      const steps = Math.ceil(60 / h);
      const times = Array.from({ length: steps + 1 }, (_, k) => 1 + h * (steps - k));
      const grid = createGrid({ kind: "user", times }, schedule);
      const { variance } = gaussianLaw({ schedule, grid, sampler: exponentialIntegrator, variance: 1 });
      expect(variance[steps]).toBeCloseTo((Math.exp(h) + 1) / (3 - Math.exp(h)), 11);
    },
  );
});

describeEngines("the kernel's samples have the anchors' variances", (engineOf) => {
  // python3 -c 'from scipy.stats import chi2; n = 100000; print(chi2.ppf([5e-4, 1-5e-4], n)/n)'
  const chiSquare = [0.9853498, 1.01478123];

  test.each([
    ["exponential-integrator", 1],
    ["exponential-integrator", 0],
    ["ancestral", 0.25],
  ] as const)("%s, target variance %d", (name, variance) => {
    const grid = createGrid({ kind: "benton", kappa: 0.5, uniformSteps: 6, geometricSteps: 14 }, schedule);
    const sampler = samplers[name];
    const law = gaussianLaw({ schedule, grid, sampler, variance });
    const denoiser = exactGaussian(2, variance);
    const x = sample(engineOf(), { count: 50_000, denoiser, schedule, grid, sampler, seed: 2024 });
    const ratio = x.reduce((sum, value) => sum + value * value, 0) / x.length / law.variance[20];
    expect(ratio).toBeGreaterThan(chiSquare[0]);
    expect(ratio).toBeLessThan(chiSquare[1]);
    // The bounds are narrow enough to see the steps: the output is not the target.
    expect(Math.abs(law.variance[20] / law.forwardVariance[20] - 1)).toBeGreaterThan(0.03);
  });
});
