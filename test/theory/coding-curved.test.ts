import { expect, it } from "vitest";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { excessVariance } from "../../src/diffusion/samplers/analytic.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { createLaw } from "../../src/targets/law.js";
import { codingCosts } from "../../src/theory/coding-costs.js";
import { coderFor } from "../../src/theory/coding-samplers.js";
import { lawKlCurve } from "../../src/theory/data-law/kl-curve.js";
import { RunningMoments } from "../../src/theory/running-moments.js";
import { variationalBound } from "../../src/theory/variational.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { twoModes, vpLinear, withExactErrors } from "../support/curved-laws.js";
import { simdEngine } from "../support/engines.js";
import { type CurvedLine, exactCurvedKl, exactKlToGaussian, type LineMixture } from "../support/exact-path-kl.js";

const schedule = createSchedule(vpLinear);
const engine = await simdEngine();
const pool = new InThreadPool(engine);
const grid = await withExactErrors(
  pool,
  twoModes,
  1,
  schedule,
  createGrid({ kind: "uniform-log-snr", steps: 12 }, schedule),
);
const heldOut = { points: createLaw(twoModes).sample(engine, 4000, 77).points, dimension: 1 };
const request = { schedule, grid, heldOut, denoiser: twoModes, seed: 5 };

const line: LineMixture = {
  means: [-1.5, 0.5].map((mean) => mean / Math.sqrt(0.84)),
  weights: [0.25, 0.75],
  variances: [0.09 / 0.84, 0.09 / 0.84],
};
const widenings = {
  analytic: (_a: number, lambda: number) => 1 + lambda,
  jvp: (a: number, lambda: number) => (2 + lambda + a) ** 2 / (4 * (1 + lambda)),
  "full-covariance": (a: number) => 1 + a,
} as const;

/** The bound over the law itself: path KL, initialization and entropy by quadrature. */
function exactBound(sampler: keyof typeof widenings): number {
  const levels = levelsOf(schedule, grid);
  const [first, last] = [levels[0], levels[levels.length - 1]];
  const own: CurvedLine = {
    denoised: (_x, _level, exact) => exact,
    variance: (_x, from, to, posterior) =>
      widenings[sampler]((Math.exp(to.logSnr) - Math.exp(from.logSnr)) * posterior, excessVariance(from, to)),
  };
  // The law is standardized: E X_t^2 = 1 at every level.
  const entropy = 0.5 * Math.log(2 * Math.PI) + 0.5 - exactKlToGaussian(line, last, 1);
  return exactCurvedKl(line, schedule, grid, own) - Math.log(first.sigma) + entropy;
}

/** Standard error of the mean by which rows cost less than with `analytic`. */
async function errorOfGain(sampler: keyof typeof widenings): Promise<number> {
  const rows = heldOut.points.length;
  const costs = (name: keyof typeof widenings) => codingCosts(pool, { ...request, sampler: name }, rows, [12]);
  const [own, analytic] = await Promise.all([costs(sampler), costs("analytic")]);
  const moments = new RunningMoments();
  own.denoising[0].forEach((cost, row) => {
    moments.add(analytic.denoising[0][row] - cost);
  });
  return moments.standardError;
}

it.each(["jvp", "full-covariance"] as const)(
  "rows of two modes, coded by %s, cost what quadrature says",
  async (sampler) => {
    const bound = await variationalBound(pool, { ...request, sampler }, { confidence: 0.999 });
    const expected = exactBound(sampler);
    expect(bound.interval?.low).toBeLessThan(expected);
    expect(bound.interval?.high).toBeGreaterThan(expected);
    const analytic = await variationalBound(pool, { ...request, sampler: "analytic" });
    const gain = (analytic.value ?? 0) - (bound.value ?? 0);
    expect(exactBound("analytic") - expected).toBeGreaterThan(0.05);
    // Of the same rows and noise: what the difference has of noise is seen in that of the rows.
    const error = await errorOfGain(sampler);
    expect(error).toBeLessThan(0.1 * gain);
    expect(Math.abs(gain - (exactBound("analytic") - expected))).toBeLessThan(3 * error);
    const { points, sampler: coder } = await lawKlCurve(pool, { ...request, sampler }, { points: 3, draws: 64 });
    expect(coder).toBe(sampler);
    expect(points.at(-1)?.crossEntropy).toBeCloseTo(bound.value ?? Number.NaN, 9);
  },
);

it("codes by the sampler's own steps where their covariances can be had, else by those of ancestral", () => {
  expect(coderFor("jvp", 64)).toBe("jvp");
  expect(coderFor("jvp", 65)).toBe("ancestral");
  expect(coderFor("full-covariance", 16)).toBe("full-covariance");
  expect(coderFor("full-covariance", 17)).toBe("ancestral");
  expect(coderFor("analytic", 784)).toBe("analytic");
  expect(coderFor("ddim", 2)).toBe("ancestral");
});

it("is refused by name in too many dimensions", async () => {
  const points = new Float32Array(65 * 2);
  const wide = { of: { kind: "gaussian", dimension: 65 } } as const;
  const rows = { points, dimension: 65 };
  await expect(variationalBound(pool, { ...request, heldOut: rows, denoiser: wide, sampler: "jvp" })).rejects.toThrow(
    "sampler jvp cannot be certified in 65 dimensions",
  );
});
