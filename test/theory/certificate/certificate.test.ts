import { describe, expect, it } from "vitest";
import { noiseSlope } from "../../../src/diffusion/curvature.js";
import type { Denoiser } from "../../../src/diffusion/denoiser.js";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid, type GridSpec } from "../../../src/diffusion/grids/index.js";
import { ouStep } from "../../../src/diffusion/ou-time.js";
import { type SamplerName, samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { normals } from "../../../src/kernels/random.js";
import { createTarget } from "../../../src/targets/index.js";
import type { Target } from "../../../src/targets/target.js";
import { type Certificate, certify, requirePathCost } from "../../../src/theory/certificate/certificate.js";
import { pathCosts } from "../../../src/theory/certificate/index.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { runPathUnits } from "../../../src/theory/certificate/units.js";
import { isFlow } from "../../../src/theory/flow/flow-task.js";
import {
  gaussianAncestralDiscretization,
  gaussianExponentialIntegratorDiscretization,
} from "../../../src/theory/gaussian-discretization.js";
import { theorems } from "../../../src/theory/registry/index.js";
import { binomialLimits } from "../../support/binomial.js";
import { describeEnginesThoroughly } from "../../support/engines.js";
import { linearDenoiser as denoiserOfLine } from "../../support/gaussian.js";
import {
  certifiedSamplers,
  inCoordinates,
  samplerNames,
  stepSampler,
  withErrors,
  withScaledDenoiser,
} from "../../support/samplers.js";
import { tries } from "../../support/thorough.js";

const ou = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
const tail = (steps: number): GridSpec => ({ kind: "geometric-tail", steps, start: 4, end: 0.01 });

/** The linear denoiser of N(0, variance I), its slope multiplied by `factor`. */
const linearDenoiser = (dimension: number, variance: number, factor: number): Denoiser =>
  denoiserOfLine(dimension, ({ alpha, sigma }) => [
    (factor * alpha * variance) / (alpha * alpha * variance + sigma * sigma),
    0,
  ]);

function gaussian(dimension: number, variance: number): Target & { readonly denoiser: Denoiser } {
  return {
    name: "gaussian",
    dimension,
    secondMoment: dimension * variance,
    denoiser: linearDenoiser(dimension, variance, 1),
    sample: (engine, count, seed, first = 0) => ({
      points: normals(engine, count * dimension, { seed, purpose: Purpose.certificateData }, first * dimension).map(
        (z) => z * Math.sqrt(variance),
      ),
      labels: new Int32Array(count),
    }),
  };
}

interface Case {
  readonly sampler: SamplerName;
  readonly dimension: number;
  readonly variance: number;
  readonly factor: number;
  readonly steps: number;
  readonly seed: number;
  readonly paths: number;
}

function certificateOf(
  engine: Engine,
  { sampler, dimension, variance, factor, steps, seed, paths }: Case,
): Promise<Certificate> {
  const target = gaussian(dimension, variance);
  const grid = inCoordinates(withErrors(createGrid(tail(steps), ou), ou, variance), dimension);
  const problem = {
    schedule: ou,
    grid,
    cost: requirePathCost(sampler, ou),
    target,
    denoiser: linearDenoiser(dimension, variance, factor),
    seed,
  };
  return certify({ sampler, schedule: ou, grid, target }, async (units) => runPathUnits(engine, problem, units), {
    paths,
  });
}

/** True KL of a sampler with the wrong linear denoiser: the same affine recursion. */
function trueKl({ sampler, dimension, variance, factor, steps }: Case): number {
  const law = gaussianLaw({
    schedule: ou,
    grid: withErrors(createGrid(tail(steps), ou), ou, variance),
    sampler: withScaledDenoiser(samplers[sampler], factor),
    variance,
  });
  return dimension * (law.kl.at(-1) as number);
}

describeEnginesThoroughly("certificate on Gaussian targets", (engineOf) => {
  it("is never below the true KL: samplers, variances, dimensions, steps, right and wrong denoisers", {
    tags: ["slow"],
  }, async () => {
    for (const sampler of certifiedSamplers) {
      for (const variance of [0.25, 1, 3]) {
        for (const factor of [1, 0.9, 1.2]) {
          for (const [dimension, steps] of [
            [1, 20],
            [5, 50],
            [64, 35],
          ]) {
            const { curved } = requirePathCost(sampler, ou);
            // Whole covariances take d^3 operations a row.
            if (curved && dimension > 5) continue;
            const test: Case = { sampler, dimension, variance, factor, steps, seed: 1, paths: curved ? 64 : 512 };
            const { upper } = await certificateOf(engineOf(), test);
            expect(upper, JSON.stringify(test)).toBeGreaterThanOrEqual(trueKl(test));
          }
        }
      }
    }
  });

  it("has the score term of a wrong denoiser in closed form, whichever way the sampler counts it", {
    tags: ["slow"],
  }, async () => {
    const [variance, factor, steps] = [0.5, 0.8, 12];
    const levels = levelsOf(ou, withErrors(createGrid(tail(steps), ou), ou, variance));
    for (const sampler of certifiedSamplers) {
      // Whole covariances take d^3 operations a row.
      const [dimension, paths] = requirePathCost(sampler, ou).curved ? [4, 8192] : [16, 2048];
      const test: Case = { sampler, dimension, variance, factor, steps, seed: 3, paths };
      const { terms, steps: curves } = await certificateOf(engineOf(), test);
      // E|x0* - x0|^2 = d (1 - f)^2 (alpha v)^2 / (alpha^2 v + sigma^2), by half the rise of snr, or by (alpha / sigma^2)^2 of a step of OU time.
      const closed = levels.slice(1).map((to, k) => {
        const from = levels[k];
        const { alpha, sigma } = from;
        const error = (dimension * ((1 - factor) * alpha * variance) ** 2) / (alpha ** 2 * variance + sigma ** 2);
        const rise = Math.exp(to.logSnr) - Math.exp(from.logSnr);
        if (sampler === "ancestral") return 0.5 * rise * error;
        if (sampler === "analytic") return (0.5 * rise * error) / (1 + rise * (from.error ?? Number.NaN));
        const { curvature, noise } = stepSampler(sampler).coefficients(from, to, ou);
        if (curvature) {
          const slope = (factor * alpha * variance) / (alpha ** 2 * variance + sigma ** 2);
          const bridge = samplers.ancestral.coefficients(from, to, ou).noise;
          return (0.5 * rise * error) / ((noise / bridge) * noiseSlope(curvature, slope)) ** 2;
        }
        return ouStep(from.logSnr, to.logSnr) * (alpha / sigma ** 2) ** 2 * error;
      });
      const total = closed.reduce((sum, value) => sum + value, 0);
      // A mean of paths * dimension = 2^15 squared normals has a relative deviation of 0.8 %; 5 of them.
      expect(Math.abs(terms.score.value / total - 1), sampler).toBeLessThan(0.04);
      closed.forEach((value, k) => {
        expect(Math.abs((curves?.score[k] ?? Number.NaN) / value - 1), `${sampler}, step ${k}`).toBeLessThan(0.04);
      });
    }
  });

  it("finds the closed-form discretization inside its interval as often as it says", async () => {
    const seeds = tries(60, 200);
    const grid = createGrid(tail(20), ou);
    const closed = {
      ancestral: gaussianAncestralDiscretization(ou, grid, [0.25, 0.25]),
      "exponential-integrator": gaussianExponentialIntegratorDiscretization(ou, grid, [0.25, 0.25]),
    };
    for (const sampler of ["ancestral", "exponential-integrator"] as const) {
      let inside = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const certificate = await certificateOf(engineOf(), {
          sampler,
          dimension: 2,
          variance: 0.25,
          factor: 1,
          steps: 20,
          seed,
          paths: 768,
        });
        const initialization = certificate.terms.initialization.value;
        const { low, high } = certificate.interval as { low: number; high: number };
        if (low - initialization <= closed[sampler] && closed[sampler] <= high - initialization) inside++;
      }
      const [least, most] = binomialLimits(seeds, 0.95, 0.01);
      expect(inside).toBeGreaterThanOrEqual(least);
      expect(inside).toBeLessThanOrEqual(most);
    }
  });

  it("takes the discretization of a Gaussian from its closed form where the target offers its variances", async () => {
    const grid = createGrid(tail(20), ou);
    const target = { ...gaussian(2, 0.25), gaussianVariances: Float64Array.of(0.25, 0.25) };
    for (const [sampler, closed] of [
      ["ancestral", gaussianAncestralDiscretization(ou, grid, [0.25, 0.25])],
      ["exponential-integrator", gaussianExponentialIntegratorDiscretization(ou, grid, [0.25, 0.25])],
    ] as const) {
      const problem = {
        schedule: ou,
        grid,
        cost: requirePathCost(sampler, ou),
        target,
        denoiser: target.denoiser,
        seed: 1,
      };
      const certificate = await certify(
        { sampler, schedule: ou, grid, target },
        async (units) => runPathUnits(engineOf(), problem, units),
        { paths: 512 },
      );
      expect(certificate.terms.discretization.value).toBeCloseTo(closed, 12);
      expect(certificate.upper).toBeCloseTo(closed + certificate.terms.initialization.value, 9);
    }
  });

  it("is the same whatever the cut of the units", async () => {
    const engine = engineOf();
    const target = requireExact(createTarget({ kind: "gaussian", dimension: 3 }));
    const problem = {
      schedule: ou,
      grid: createGrid(tail(10), ou),
      cost: requirePathCost("ancestral", ou),
      target,
      denoiser: linearDenoiser(3, 0.5, 0.8),
      seed: 9,
    };
    const unitsOf = (first: number, count: number) =>
      runPathUnits(engine, problem, {
        first,
        strata: new Uint32Array(count),
        shares: new Float64Array(count).fill(0.01),
        stride: 3,
        thinning: 2,
      });
    const whole = unitsOf(0, 50);
    const parts = [unitsOf(0, 20), unitsOf(20, 30)];
    for (const name of ["total", "score", "discretization"] as const) {
      expect(Float64Array.from(parts.flatMap((part) => [...part[name]]))).toEqual(whole[name]);
    }
    whole.mmse.forEach((value, k) => {
      expect(parts[0].mmse[k] + parts[1].mmse[k]).toBeCloseTo(value, 12);
    });
  });
});

describe("every sampler", () => {
  it.each(samplerNames)(
    "%s has a path KL with a theorem of the registry, or a change of variables, or is refused by name",
    (sampler) => {
      if (certifiedSamplers.includes(sampler)) {
        const cost = requirePathCost(sampler, ou);
        expect(cost.sampler).toBe(sampler);
        expect(theorems[cost.theorem].status).toBe("proved here");
      } else {
        expect(() => requirePathCost(sampler, ou)).toThrow(
          `sampler ${sampler} has no path KL that is finite and known: `,
        );
        expect(isFlow(sampler, ou)).toBe(sampler === "ddim" || sampler === "heun");
      }
    },
  );

  it("has at most one certificate", () => {
    expect(pathCosts.map((cost) => cost.sampler).toSorted()).toEqual(certifiedSamplers.toSorted());
  });
});

describe("samplers without a path KL", () => {
  it("are refused by name, with the reason", () => {
    expect(() => requirePathCost("ddim", ou)).toThrow(/ddim has no path KL that is finite and known: .*deterministic/);
    const linear = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 });
    expect(() => requirePathCost("euler-maruyama", linear)).toThrow(/beta of vp-linear varies/);
    // beta is the same at both ends: 2 t / (1 + t^2).
    const symmetric = createSchedule({ kind: "edm", tMin: 1 / 64, tMax: 64 });
    expect(() => requirePathCost("euler-maruyama", symmetric)).toThrow(/beta of edm varies/);
    expect(requirePathCost("ancestral", linear).sampler).toBe("ancestral");
    for (const name of ["dpm-solver++-2m", "dpm-solver++-2m-sde", "predictor-corrector", "rk45"] as const) {
      expect(() => requirePathCost(name, ou)).toThrow(`sampler ${name} has no path KL that is finite and known`);
      expect(isFlow(name, ou)).toBe(false);
    }
  });
});
