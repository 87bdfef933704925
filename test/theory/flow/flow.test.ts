import { describe, expect, it } from "vitest";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import type { JacobianDenoiser } from "../../../src/diffusion/jacobian-denoiser.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { createLaw } from "../../../src/targets/law.js";
import { Flow, perfectQuality } from "../../../src/theory/flow/flow.js";

const engine = await createEngine({ variant: "simd" });
const schedule = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 });
const uniform = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

function denoiserOf(law: Parameters<typeof createLaw>[0]): JacobianDenoiser {
  const { float64 } = createLaw(law);
  if (!float64) throw new Error("no float64");
  return float64;
}

const quarter = denoiserOf({ of: { kind: "gaussian", dimension: 1, standardDeviation: 0.5 } });

/** Variances per dimension of the published check: N(0, 1/4), vp-linear, steps even in log snr. */
const variances = [
  ["ddim", 10, 0.15495777],
  ["ddim", 20, 0.19683418],
  ["ddim", 50, 0.22724738],
  ["ddim", 100, 0.23839553],
  ["heun", 10, 0.33042204],
  ["heun", 20, 0.26664205],
  ["heun", 50, 0.25250825],
  ["heun", 100, 0.25067911],
] as const;

describe.each(variances)("%s with %i steps on N(0, 1/4)", (name, steps, variance) => {
  const flow = new Flow(engine, { schedule, grid: uniform(steps), sampler: samplers[name], denoiser: quarter });
  const { variance: law } = gaussianLaw({ schedule, grid: uniform(steps), sampler: samplers[name], variance: 0.25 });
  const last = law.at(-1) ?? Number.NaN;

  it("has the variance that is known", () => {
    flow.forward(Float64Array.of(1));
    expect(flow.point[0] ** 2).toBeCloseTo(variance, 8);
    expect(last).toBeCloseTo(variance, 8);
  });

  it("is inverted to the density in closed form", () => {
    for (const y of [-2.5, -0.3, 0, 0.8, 1.7]) {
      const quality = perfectQuality();
      const exact = -0.5 * ((y * y) / last + Math.log(2 * Math.PI * last));
      expect(Math.abs((flow.inverse(Float64Array.of(y), quality) ?? Number.NaN) - exact)).toBeLessThan(1e-12);
      expect(flow.point[0]).toBeCloseTo(y / Math.sqrt(last), 11);
      expect(quality.residual).toBeLessThanOrEqual(1e-12);
      expect(quality.lipschitz).toBeGreaterThan(1e6);
    }
  });
});

describe("the flow of a mixture", () => {
  it.each(["ddim", "heun"] as const)("%s has its derivative as determinant, and comes back", (name) => {
    const denoiser = denoiserOf({ of: { kind: "ring" }, affine: { shift: new Float64Array(2), scale: 2.8 } });
    const flow = new Flow(engine, { schedule, grid: uniform(12), sampler: samplers[name], denoiser });
    const z = Float64Array.of(0.7, -0.4);
    const logDensity = flow.forward(z) ?? Number.NaN;
    const y = flow.point.slice();
    // Central differences of all steps at once, h = 1e-6: an error of about 1e-9 relative.
    const h = 1e-6;
    const columns = [0, 1].map((j) => {
      const ends = [h, -h].map((shift) => {
        flow.forward(z.map((value, i) => value + (i === j ? shift : 0)));
        return flow.point.slice();
      });
      return ends[0].map((value, i) => (value - ends[1][i]) / (2 * h));
    });
    const determinant = columns[0][0] * columns[1][1] - columns[0][1] * columns[1][0];
    const prior = -0.5 * (0.7 ** 2 + 0.4 ** 2) - Math.log(2 * Math.PI);
    expect(logDensity).toBeCloseTo(prior - Math.log(Math.abs(determinant)), 5);
    expect(flow.returns(y, z, logDensity, perfectQuality())).toBe(true);
    expect(flow.returns(y, z, logDensity + 1e-4, perfectQuality())).toBe(false);
  });
});

/** x0hat(x) = bend(x), the same at every level. */
function bent(value: (x: number) => number, slope: (x: number) => number): JacobianDenoiser {
  return {
    dimension: 1,
    at: () => {
      let held = 0;
      return {
        denoise(x, denoised) {
          held = x[0];
          denoised[0] = value(held);
        },
        jacobian: (jacobian) => jacobian.fill(slope(held)),
      };
    },
  };
}

describe("a denoiser whose flow is no bijection", () => {
  const one = uniform(1);
  const open = (denoiser: JacobianDenoiser) =>
    new Flow(engine, { schedule, grid: one, sampler: samplers.ddim, denoiser });

  it("has no preimage where its image ends", () => {
    // One step from noise: F is nearly x0hat, here within [0, inf).
    const flow = open(
      bent(
        (x) => x * x,
        (x) => 2 * x,
      ),
    );
    expect(flow.inverse(Float64Array.of(-1), perfectQuality())).toBeUndefined();
    expect(flow.inverse(Float64Array.of(4), perfectQuality())).toBeDefined();
  });

  it("does not come back to the branch that Newton's method does not choose", () => {
    const flow = open(
      bent(
        (x) => x * x,
        (x) => 2 * x,
      ),
    );
    const returned = [-1.3, 1.3].map((z) => {
      const start = Float64Array.of(z);
      const logDensity = flow.forward(start) ?? Number.NaN;
      return flow.returns(flow.point.slice(), start, logDensity, perfectQuality());
    });
    // Where F falls it turns the line around: its rising branch is the one that is found.
    expect(returned).toEqual([false, true]);
  });

  it("has none where numbers end", () => {
    const flow = open(
      bent(
        () => Number.NaN,
        () => 0,
      ),
    );
    expect(flow.inverse(Float64Array.of(1), perfectQuality())).toBeUndefined();
    expect(flow.forward(Float64Array.of(1))).toBeUndefined();
  });
});
