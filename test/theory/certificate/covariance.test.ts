// @module-tag slow
import { expect, it } from "vitest";
import type { Denoiser } from "../../../src/diffusion/denoiser.js";
import { denoiserFromFunction } from "../../../src/diffusion/function-denoiser.js";
import type { TimeGrid } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { excessVariance } from "../../../src/diffusion/samplers/analytic.js";
import type { NoiseLevel } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { certify } from "../../../src/theory/certificate/certificate.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { curvedCost } from "../../../src/theory/certificate/curved.js";
import { fullCovarianceCost } from "../../../src/theory/certificate/full-covariance.js";
import { jvpCost } from "../../../src/theory/certificate/jvp.js";
import type { PathCost } from "../../../src/theory/certificate/path-cost.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { runPathUnits, type UnitRequest } from "../../../src/theory/certificate/units.js";
import { equalShareTimes } from "../../../src/theory/equal-share-grid.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { ringOfEight, twoModes, vpLinear, withExactErrors } from "../../support/curved-laws.js";
import { simdEngine } from "../../support/engines.js";
import { type CurvedLine, exactCurvedKl, type LineMixture } from "../../support/exact-path-kl.js";
import { linePosterior } from "../../support/line-posterior.js";
import { withErrors } from "../../support/samplers.js";
import { logLogSlope } from "../../support/slope.js";

const spec = vpLinear;
const schedule = createSchedule(spec);
const engine = await simdEngine();
const pool = new InThreadPool(engine);
const uniform = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

type Curved = "jvp" | "full-covariance";
const certificateOf = (law: LawSpec, grid: TimeGrid, sampler: Curved | "analytic", paths: number) =>
  certifyInPool(pool, { schedule: spec, grid, sampler, law, network: undefined, seed: 7 }, { paths });

const [two, ring] = [twoModes, ringOfEight];
const line: LineMixture = {
  means: [-1.5, 0.5].map((mean) => mean / Math.sqrt(0.84)),
  weights: [0.25, 0.75],
  variances: [0.09 / 0.84, 0.09 / 0.84],
};
const widthOf = (from: NoiseLevel, to: NoiseLevel) => Math.exp(to.logSnr) - Math.exp(from.logSnr);
/** G of the two samplers on the line: of the posterior variance that the Jacobian of the denoiser in use stands for. */
const fullVariance = (a: number) => Math.max(0.1, 1 + a);
const jvpVariance = (a: number, lambda: number) => (2 + lambda + a) ** 2 / (4 * (1 + lambda));
const exactLine = (sampler: Curved, factor = 1): CurvedLine => ({
  denoised: (_x, _level, exact) => exact,
  variance: (_x, from, to, posterior) => {
    const a = factor * widthOf(from, to) * posterior;
    return sampler === "jvp" ? jvpVariance(a, excessVariance(from, to)) : fullVariance(a);
  },
});

const fitted = (law: LawSpec, dimension: number, grid: TimeGrid) =>
  withExactErrors(pool, law, dimension, schedule, grid);

/** Three standard errors of a certificate's value. */
const noiseOf = ({ interval, value }: Awaited<ReturnType<typeof certify>>) =>
  (3 * ((interval?.high ?? 0) - (value ?? 0))) / 1.96;

// The table of docs/theory.md, 2k, by an independent program's quadrature.
it.each([
  [20, 0.043374],
  [60, 0.0073033],
  [120, 0.0021173],
])("full-covariance of two modes in %i steps even in log snr costs %d nats", async (steps, expected) => {
  expect(exactCurvedKl(line, schedule, uniform(steps), exactLine("full-covariance"))).toBeCloseTo(expected, 4);
  if (steps > 60) return;
  const certificate = await certificateOf(two, uniform(steps), "full-covariance", 6000);
  const { terms } = certificate;
  expect(Math.abs(terms.discretization.value - expected)).toBeLessThan(noiseOf(certificate));
  expect(terms.covariance.value).toBeLessThan(1e-9);
  expect(terms.score.value).toBe(0);
});

it.each(["jvp", "full-covariance"] as const)("%s: path KL falls like N^-2 on two modes", async (sampler) => {
  const counts = [300, 600];
  const costs = await Promise.all(
    counts.map(async (steps) =>
      exactCurvedKl(line, schedule, await fitted(two, 1, uniform(steps)), exactLine(sampler)),
    ),
  );
  expect(Math.abs(logLogSlope(counts, costs) + 2)).toBeLessThan(0.15);
});

it("jvp is never above analytic with the exact denoiser, and comes near to full-covariance", async () => {
  for (const steps of [5, 20, 60]) {
    const grid = await fitted(two, 1, uniform(steps));
    const isotropic: CurvedLine = {
      denoised: (_x, _level, exact) => exact,
      variance: (_x, from, to) => 1 + excessVariance(from, to),
    };
    const [jvp, full, analytic] = [exactLine("jvp"), exactLine("full-covariance"), isotropic].map((each) =>
      exactCurvedKl(line, schedule, grid, each),
    );
    expect(jvp).toBeLessThan(analytic);
    expect(jvp).toBeGreaterThanOrEqual(full);
    if (steps >= 20) expect(jvp).toBeLessThan(1.1 * full);
  }
});

/** Certificate of a problem with a cost and a denoiser of one's own. */
function certifyOwn(law: LawSpec, grid: TimeGrid, cost: PathCost, denoiser: Denoiser | undefined, paths: number) {
  const target = requireExact(createLaw(law));
  const problem = { schedule, grid, cost, target, denoiser: denoiser ?? target.denoiser, seed: 5 };
  const subject = { sampler: cost.sampler, schedule, grid, target };
  return certify(subject, async (units: UnitRequest) => runPathUnits(engine, problem, units), { paths });
}

it("wrong covariances cost what quadrature says, and more than the right one", async () => {
  const grid = uniform(20);
  const right = exactCurvedKl(line, schedule, grid, exactLine("full-covariance"));
  for (const factor of [0.8, 1.2]) {
    const wrong: PathCost = {
      ...fullCovarianceCost,
      ...curvedCost({ sampler: "full-covariance", theorem: "covariance", source: "a test" }, (from, to) => ({
        curvature: { kind: "root", jacobian: factor * from.alpha * Math.expm1(to.logSnr - from.logSnr) },
        excess: 1,
      })),
    };
    const certificate = await certifyOwn(two, grid, wrong, undefined, 6000);
    const expected = exactCurvedKl(line, schedule, grid, exactLine("full-covariance", factor));
    expect(expected).toBeGreaterThan(right);
    const { terms } = certificate;
    const value = terms.covariance.value + terms.discretization.value;
    expect(Math.abs(value - expected)).toBeLessThan(noiseOf(certificate));
    expect(terms.covariance.value).toBeGreaterThan(0);
  }
});

/** The exact denoiser of two modes with an error like a trained one's: 0.1 sigma sin(2 x + 0.3). */
const wiggly: Denoiser = (() => {
  const posterior = (x: number, level: NoiseLevel) => linePosterior(line, x, level);
  const value = (x: number, level: NoiseLevel) => posterior(x, level).mean + 0.1 * level.sigma * Math.sin(2 * x + 0.3);
  const slope = (x: number, level: NoiseLevel) =>
    (level.alpha / level.sigma ** 2) * posterior(x, level).variance + 0.2 * level.sigma * Math.cos(2 * x + 0.3);
  return denoiserFromFunction(
    1,
    (x, _batch, level, out) => out.set(x.map((each) => value(each, level))),
    (x, tangents, _batch, level, out, products) => {
      out.set(x.map((each) => value(each, level)));
      products.set(x.map((each, i) => slope(each, level) * tangents[i]));
    },
  );
})();

it.each(["jvp", "full-covariance"] as const)(
  "%s: a wrong denoiser with its own Jacobian costs what quadrature says, from every step or from its ends",
  async (sampler) => {
    const grid = await fitted(two, 1, uniform(15));
    const own = exactLine(sampler);
    const expected = exactCurvedKl(line, schedule, grid, {
      denoised: (x, level, exact) => exact + 0.1 * level.sigma * Math.sin(2 * x + 0.3),
      variance: (x, from, to, posterior) =>
        own.variance(
          x,
          from,
          to,
          posterior + (from.sigma ** 2 / from.alpha) * 0.2 * from.sigma * Math.cos(2 * x + 0.3),
        ),
    });
    const cost = sampler === "jvp" ? jvpCost : fullCovarianceCost;
    const certificate = await certifyOwn(two, grid, cost, wiggly, 8000);
    const { terms } = certificate;
    const value = terms.score.value + terms.covariance.value + terms.discretization.value;
    expect(Math.abs(value - expected)).toBeLessThan(noiseOf(certificate));

    const target = requireExact(createLaw(two));
    const units = 1200;
    const costs = runPathUnits(
      engine,
      { schedule, grid, cost, target, denoiser: wiggly, seed: 9 },
      {
        first: 0,
        strata: Uint32Array.from({ length: units }, (_, i) => (i % 4 === 0 ? 0 : 1)),
        shares: new Float64Array(units).fill(1 / units),
        stride: 5,
        thinning: 1,
      },
    );
    const mean = costs.total.reduce((sum, each) => sum + each, 0) / units;
    const variance = costs.total.reduce((sum, each) => sum + (each - mean) ** 2, 0) / units;
    expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / units));
  },
);

it("a step whose noise has no density is refused: its path KL is infinite", () => {
  const none = curvedCost({ sampler: "jvp", theorem: "covariance", source: "none" }, () => ({
    curvature: { kind: "linear", identity: 0, jacobian: 0 },
    excess: 1,
  }));
  const target = requireExact(createLaw(two));
  const problem = {
    schedule,
    grid: uniform(3),
    cost: { ...fullCovarianceCost, ...none },
    target,
    denoiser: wiggly,
    seed: 9,
  };
  const units = { first: 0, strata: Uint32Array.of(0, 1), shares: Float64Array.of(0.5, 0.5) };
  for (const stride of [1, 5]) {
    expect(() => runPathUnits(engine, problem, { ...units, stride, thinning: 1 })).toThrow(
      /noise of a step is singular or not finite/,
    );
  }
});

it("Gaussian laws: nothing is lost by the whole covariance, and jvp loses its closed form", async () => {
  const normal: LawSpec = {
    of: {
      kind: "normal",
      mean: Float64Array.of(2, -1),
      variances: Float64Array.of(1, 0.1),
      axes: Float32Array.of(0.6, 0.8, -0.8, 0.6),
    },
  };
  const grid = withErrors(uniform(6), schedule, 1, 0.1);
  const full = await certificateOf(normal, grid, "full-covariance", 256);
  expect(full.terms.discretization.value).toBe(0);
  // Jacobians of float32 are off by a few roundings times (alpha / sigma^2); their squares count.
  expect(full.terms.covariance.value).toBeLessThan(1e-6);
  const jvp = await certificateOf(normal, grid, "jvp", 256);
  const levels = [...grid.times].map((t) => schedule.logSnr(t));
  let expected = 0;
  for (let k = 0; k < 6; k++) {
    const width = Math.exp(levels[k + 1]) - Math.exp(levels[k]);
    const lambda = width * (grid.errors?.[k] ?? Number.NaN);
    for (const variance of [1, 0.1]) {
      const a = (width * variance) / (1 + Math.exp(levels[k]) * variance);
      const ratio = (1 + a) / jvpVariance(a, lambda);
      expected += 0.5 * (ratio - 1 - Math.log(ratio));
    }
  }
  // The same in every path, but rows that are drawn wider count by factors whose mean over 256 paths is 1 to about 1 %.
  expect(Math.abs(jvp.terms.covariance.value / expected - 1)).toBeLessThan(0.03);
});

it("the ring in 100 steps that cost alike: at most 0.002 nats for jvp and the exact denoiser", async () => {
  const fine = uniform(150);
  const { steps } = await certificateOf(ring, fine, "full-covariance", 1536);
  const times = equalShareTimes(schedule, fine, steps?.discretization ?? new Float64Array(), 100, 3);
  const grid = await fitted(ring, 2, createGrid({ kind: "user", times }, schedule));
  const certificate = await certificateOf(ring, grid, "jvp", 4000);
  expect(certificate.value).toBeLessThan(0.002);
  // Of the best grid: 0.00156.
  expect(Math.abs((certificate.value ?? 0) - 0.00156)).toBeLessThan(0.0003 + noiseOf(certificate));
});

it("is refused by name in too many dimensions", async () => {
  const wide: LawSpec = { of: { kind: "gaussian", dimension: 65, standardDeviation: 1 } };
  await expect(certificateOf(wide, uniform(2), "full-covariance", 16)).rejects.toThrow(
    "sampler full-covariance cannot be certified in 65 dimensions",
  );
});
