import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussianLaw } from "../../src/diffusion/gaussian-law.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { type SamplerName, samplers } from "../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { Float64Law } from "../../src/targets/float64-law.js";
import { createTarget, type TargetSpec } from "../../src/targets/index.js";
import { requireDensity } from "../../src/theory/interval/dense-target.js";
import { lineOutputKl } from "../../src/theory/line-output-kl.js";
import { simdEngine } from "../support/engines.js";
import { exactOutputKl } from "../support/exact-output.js";

const engine = await simdEngine();
const schedule = createSchedule({ kind: "vp-linear" });
const noisy = ["ancestral", "exponential-integrator", "euler-maruyama", "full-covariance"] as const;

function float64Of(spec: TargetSpec): Float64Law {
  const { float64 } = createTarget(spec);
  if (!float64) throw new Error(`${spec.kind} is not known in float64`);
  return float64;
}

function klOf(law: Float64Law, sampler: SamplerName, steps: number, errors?: Float64Array): number {
  const grid = { ...createGrid({ kind: "uniform-log-snr", steps }, schedule), errors };
  return lineOutputKl(engine, { schedule, grid, sampler: samplers[sampler], law, denoiser: law });
}

/** Two Gaussians of variance 0.09 at -1.5 and 0.5, in units of their standard deviation. */
const mixture: TargetSpec = {
  kind: "product",
  dimension: 1,
  means: [-1.5, 0.5].map((mean) => mean / Math.sqrt(0.84)),
  weights: [0.25, 0.75],
  variances: [0.09 / 0.84, 0.09 / 0.84],
};

describe("lineOutputKl", () => {
  it("is the closed form for Gaussian laws and every sampler with noise", { tags: ["slow"] }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...noisy),
        fc.integer({ min: 3, max: 40 }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (sampler, steps, standardDeviation) => {
          const law = float64Of({ kind: "gaussian", dimension: 1, standardDeviation });
          const grid = createGrid({ kind: "uniform-log-snr", steps }, schedule);
          const variance = standardDeviation ** 2;
          const { outputKl } = gaussianLaw({ schedule, grid, sampler: samplers[sampler], variance });
          const kl = lineOutputKl(engine, { schedule, grid, sampler: samplers[sampler], law, denoiser: law });
          expect(Math.abs(kl - outputKl)).toBeLessThan(1e-11 * (1 + outputKl));
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each([
    ["ancestral", 20, 0.056522],
    ["ancestral", 100, 0.0021158],
    ["full-covariance", 20, 0.0042886],
  ] as const)(
    "of two modes under %s with %d steps is that of an independent quadrature",
    (sampler, steps, published) => {
      expect(klOf(float64Of(mixture), sampler, steps)).toBeCloseTo(published, steps === 20 ? 6 : 7);
    },
  );

  it("is found where few steps leave the output much narrower or wider than the law, or gaps between its modes", () => {
    for (const [sampler, standardDeviation] of [
      ["ancestral", 1],
      ["euler-maruyama", 0.1],
    ] as const) {
      const grid = createGrid({ kind: "uniform-log-snr", steps: 3 }, schedule);
      const { outputKl } = gaussianLaw({
        schedule,
        grid,
        sampler: samplers[sampler],
        variance: standardDeviation ** 2,
      });
      expect(klOf(float64Of({ kind: "gaussian", dimension: 1, standardDeviation }), sampler, 3)).toBeCloseTo(
        outputKl,
        11,
      );
    }
    // With 5 nodes a deviation in place of 3 the quadrature says 0.20139324549387.
    expect(klOf(float64Of(mixture), "full-covariance", 3)).toBeCloseTo(0.2013932454938, 11);
  });

  it("agrees with densities on a coarser line in float32, where another denoiser is in use", () => {
    const target = requireDensity(createTarget(mixture));
    const other = createTarget({ ...mixture, means: [-1.2, 0.7], weights: [0.4, 0.6] });
    const grid = createGrid({ kind: "uniform-log-snr", steps: 12, end: 0.02 }, schedule);
    for (const name of ["ancestral", "exponential-integrator"] as const) {
      const sampler = samplers[name];
      const { denoiser, float64 } = other;
      if (!denoiser || !float64) throw new Error("a mixture has a denoiser");
      const here = { schedule, grid, sampler, law: float64Of(mixture), denoiser: float64 };
      const { kl, mass } = exactOutputKl(engine, { schedule, grid, sampler, target, denoiser, seed: 1 }, 14);
      expect(mass).toBeCloseTo(1, 5);
      expect(lineOutputKl(engine, here)).toBeCloseTo(kl, 4);
    }
  });

  it("refuses what it cannot integrate, by name", () => {
    const law = float64Of(mixture);
    expect(() => klOf(law, "ddim", 5)).toThrow(/sampler ddim on the line: its steps add no noise/);
    expect(() => klOf(law, "heun", 5)).toThrow(/heun on the line: its steps evaluate the denoiser twice/);
    expect(() => klOf(float64Of({ ...mixture, dimension: 2 } as TargetSpec), "ancestral", 5)).toThrow(
      /not one-dimensional/,
    );
    const grid = createGrid({ kind: "uniform-log-snr", steps: 12 }, schedule);
    const elsewhere = float64Of({ ...mixture, means: [40], weights: [1], variances: [1] } as TargetSpec);
    const problem = { schedule, grid, sampler: samplers.ancestral, law: elsewhere, denoiser: law };
    expect(() => lineOutputKl(engine, problem)).toThrow(/the law has 1.0 of its mass where the output has none/);
    const apart = float64Of({ ...mixture, means: [-10, 10], variances: [0.01, 0.01] } as TargetSpec);
    expect(() => klOf(apart, "ancestral", 3)).toThrow(
      /ask for nodes .* apart over a range of .*, at most 1048576 of them/,
    );
  });
});
