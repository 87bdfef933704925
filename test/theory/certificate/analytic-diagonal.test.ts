import { describe, expect, it } from "vitest";
import type { Denoiser } from "../../../src/diffusion/denoiser.js";
import { denoiserFromFunction } from "../../../src/diffusion/function-denoiser.js";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { gridOfCoordinate, levelsOf, type TimeGrid } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { sample } from "../../../src/diffusion/sample.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { snrOf } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { mixtureTarget } from "../../../src/targets/gaussian-mixture.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import type { ExactTarget } from "../../../src/targets/target.js";
import { analyticDiagonalCost } from "../../../src/theory/certificate/analytic-diagonal.js";
import { type Certificate, certify } from "../../../src/theory/certificate/certificate.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { runPathUnits, type UnitRequest } from "../../../src/theory/certificate/units.js";
import { certifiedTimes, snrLadder } from "../../../src/theory/certified-grid.js";
import { estimateMmse } from "../../../src/theory/mmse-monte-carlo.js";
import { diagonalStepCost } from "../../../src/theory/optimal-grid.js";
import { stepErrors } from "../../../src/theory/step-errors.js";
import { variationalBound } from "../../../src/theory/variational.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { exactCurvedKl, type LineMixture } from "../../support/exact-path-kl.js";
import { linePosterior } from "../../support/line-posterior.js";
import { testNumbers } from "../../support/numbers.js";
import { inCoordinates } from "../../support/samplers.js";

const spec = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const schedule = createSchedule(spec);
const engine = await simdEngine();
const pool = new InThreadPool(engine);
const uniform = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

type Constant = "analytic" | "analytic-diagonal";
const certificateOf = (law: LawSpec, grid: TimeGrid, sampler: Constant, paths: number) =>
  certifyInPool(pool, { schedule: spec, grid, sampler, law, network: undefined, seed: 7 }, { paths });

/** Four standard errors of a certificate's value. */
const noiseOf = ({ interval, value }: Certificate) => (4 * ((interval?.high ?? 0) - (value ?? 0))) / 1.96;

/** The grid with errors of each coordinate by a function of snr. */
function withCoordinates(grid: TimeGrid, ...errorsOf: ((snr: number) => number)[]): TimeGrid {
  const starts = levelsOf(schedule, grid).slice(0, -1);
  return { ...grid, errors: Float64Array.from(starts.flatMap((level) => errorsOf.map((of) => of(snrOf(level))))) };
}

/** The error of N(0, variance) under noise, which is that of the best linear estimate for every law of that variance. */
const linear = (variance: number) => (snr: number) => variance / (1 + snr * variance);

const errorsOf = async (law: LawSpec, grid: TimeGrid, dimension: number) =>
  stepErrors(pool, {
    clean: law,
    denoiser: law,
    seed: 11,
    dimension,
    schedule,
    grid,
    samples: 20_000,
    coordinates: true,
  });

/** Two coordinates on their own: two wide modes and two close ones. */
const lines: readonly [LineMixture, LineMixture] = [
  { means: [-1.3, 0.6], weights: [0.3, 0.7], variances: [0.02, 0.02] },
  { means: [-0.1, 0.25], weights: [0.5, 0.5], variances: [0.02, 0.02] },
];
const both: ExactTarget = (() => {
  const pairs = lines[0].means.flatMap((x, i) => lines[1].means.map((y, j) => ({ x, y, i, j })));
  const target = mixtureTarget("two coordinates", {
    dimension: 2,
    means: Float32Array.from(pairs.flatMap(({ x, y }) => [x, y])),
    weights: pairs.map(({ i, j }) => lines[0].weights[i] * lines[1].weights[j]),
    variances: pairs.map(() => 0.02),
  });
  return requireExact(target);
})();

/** The exact denoiser with an error like a trained one's. */
const wiggle = (x: number, sigma: number) => 0.1 * sigma * Math.sin(2 * x + 0.3);
const wiggly: Denoiser = denoiserFromFunction(2, (x, _batch, level, out) =>
  out.set(x.map((each, at) => linePosterior(lines[at % 2], each, level).mean + wiggle(each, level.sigma))),
);

describe("independent coordinates", () => {
  const grid = withCoordinates(uniform(15), linear(0.5), linear(0.03));
  /** What quadrature on each line says of steps with that coordinate's variances. */
  const expected = (denoiser: "exact" | "wiggly", on = grid) =>
    lines.reduce((sum, line, j) => {
      const own = gridOfCoordinate(on, j);
      const { errors = new Float64Array() } = own;
      const levels = levelsOf(schedule, own);
      const kl = exactCurvedKl(line, schedule, own, {
        denoised: (x, level, exact) => exact + (denoiser === "exact" ? 0 : wiggle(x, level.sigma)),
        variance: (_x, from, to) => 1 + (snrOf(to) - snrOf(from)) * errors[levels.findIndex(({ t }) => t === from.t)],
      });
      return sum + kl;
    }, 0);
  const problem = { schedule, grid, cost: analyticDiagonalCost, target: both, seed: 5 };

  it.each([
    ["exact", both.denoiser],
    ["wiggly", wiggly],
  ] as const)("with the %s denoiser cost what quadrature says of each", async (name, denoiser) => {
    const subject = { sampler: analyticDiagonalCost.sampler, schedule, grid, target: both };
    const run = async (units: UnitRequest) => runPathUnits(engine, { ...problem, denoiser }, units);
    const certificate = await certify(subject, run, { paths: 12_000 });
    const { score, discretization, covariance } = certificate.terms;
    const value = score.value + discretization.value;
    expect(Math.abs(value - expected(name))).toBeLessThan(noiseOf(certificate));
    expect(noiseOf(certificate)).toBeLessThan(0.1 * value);
    expect(score.value > 0).toBe(name === "wiggly");
    expect(covariance).toBeUndefined();
  });

  // The table of docs/theory.md, 2h.
  it.each([
    [20, 0.21017, 0.27],
    [60, 0.067907, 0.084069],
  ])("in %i steps with their own errors: %d nats, and %d with their mean", async (steps, narrow, wide) => {
    const times = uniform(steps);
    const each = await Promise.all(
      lines.map((line) => {
        const law: LawSpec = { of: { kind: "product", dimension: 1, ...line } };
        return errorsOf(law, times, 1);
      }),
    );
    const own = { ...times, errors: Float64Array.from({ length: 2 * steps }, (_, at) => each[at % 2][at >> 1]) };
    const mean = Float64Array.from(levelsOf(schedule, own).slice(0, -1), ({ error = Number.NaN }) => error);
    expect(expected("exact", own)).toBeCloseTo(narrow, 3);
    expect(expected("exact", inCoordinates({ ...times, errors: mean }, 2))).toBeCloseTo(wide, 3);
  });

  it("cost the same from the densities at the ends as from every step", () => {
    const units = 1500;
    const costs = runPathUnits(
      engine,
      { ...problem, denoiser: wiggly },
      {
        first: 0,
        strata: Uint32Array.from(
          { length: units },
          (_, i) => [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3][i % 20],
        ),
        shares: new Float64Array(units).fill(1 / units),
        stride: 5,
        thinning: 1,
      },
    );
    const mean = costs.total.reduce((sum, each) => sum + each, 0) / units;
    const variance = costs.total.reduce((sum, each) => sum + (each - mean) ** 2, 0) / units;
    expect(Math.abs(mean - expected("wiggly"))).toBeLessThan(4 * Math.sqrt(variance / units));
  });
});

describe("Gaussian laws", () => {
  const variances = [1.5, 0.3, 0.02];
  const lawOf = (axes: number[]): LawSpec => ({
    of: {
      kind: "normal",
      mean: new Float64Array(3),
      variances: Float64Array.from(variances),
      axes: Float32Array.from(axes),
    },
  });
  const straight = lawOf([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const turned = lawOf([0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1]);

  it("with independent coordinates lose nothing to discretization, on any grid, where analytic does", async () => {
    for (const steps of [1, 4, 30]) {
      const grid = withCoordinates(uniform(steps), ...variances.map(linear));
      const { terms } = await certificateOf(straight, grid, "analytic-diagonal", 64);
      expect(terms.discretization.value).toBeLessThan(1e-8);
      expect(terms.score.value).toBe(0);
      const isotropic = await certificateOf(straight, grid, "analytic", 64);
      expect(isotropic.terms.discretization.value).toBeGreaterThan(0.1);
    }
  });

  it("with independent coordinates are sampled without error but that of the prior", () => {
    const grid = withCoordinates(uniform(5), ...variances.map(linear));
    const { denoiser } = requireExact(createLaw(straight));
    const count = 20_000;
    const x = sample(engine, { count, denoiser, schedule, grid, sampler: samplers["analytic-diagonal"], seed: 3 });
    variances.forEach((variance, j) => {
      const law = gaussianLaw({
        schedule,
        grid: gridOfCoordinate(grid, j),
        sampler: samplers["analytic-diagonal"],
        variance,
      });
      expect(law.outputKl).toBeLessThanOrEqual(law.kl[0] * (1 + 1e-9) + 1e-15);
      const squares = x.reduce((sum, value, at) => sum + (at % 3 === j ? value * value : 0), 0);
      // A mean of 20,000 squared normals has a relative deviation of 1 %.
      expect(Math.abs(squares / count / law.forwardVariance[5] - 1)).toBeLessThan(0.045);
    });
  });

  it("with turned axes lose their closed form", async () => {
    const grid = withCoordinates(uniform(6), linear(0.9), linear(0.2), linear(0.02));
    const certificate = await certificateOf(turned, grid, "analytic-diagonal", 20_000);
    const levels = levelsOf(schedule, grid);
    let expected = 0;
    for (let k = 0; k < 6; k++) {
      const [from, to] = [snrOf(levels[k]), snrOf(levels[k + 1])];
      const own = variances.map((v) => v / (1 + from * v));
      const mmse = [0.36 * own[0] + 0.64 * own[1], 0.64 * own[0] + 0.36 * own[1], own[2]];
      mmse.forEach((m, j) => {
        const lambda = (to - from) * (grid.errors?.[3 * k + j] ?? Number.NaN);
        expected += 0.5 * (Math.log1p(lambda) + ((to - from) * m - lambda) / (1 + lambda));
      });
      for (const v of variances) expected -= 0.5 * Math.log((1 + to * v) / (1 + from * v));
    }
    const { value } = certificate.terms.discretization;
    expect(Math.abs(value - expected)).toBeLessThan(noiseOf(certificate));
    expect(Math.abs(value / expected - 1)).toBeLessThan(0.05);
  });
});

/** Two modes in each of two coordinates, which all err alike. */
const alike: LawSpec = {
  of: { kind: "product", dimension: 2, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
  affine: { shift: Float64Array.of(0, 0), scale: Math.sqrt(0.84) },
};

describe("coordinates that err alike", () => {
  const isotropic = { ...uniform(8), errors: Float64Array.from({ length: 8 }, (_, k) => 0.9 / (1 + k ** 2)) };
  const grid = inCoordinates(isotropic, 2);

  it("give the samples of analytic but for rounding", () => {
    const { denoiser } = requireExact(createLaw(alike));
    const [a, b] = (["analytic", "analytic-diagonal"] as const).map((name) =>
      sample(engine, { count: 200, denoiser, schedule, grid, sampler: samplers[name], seed: 3 }),
    );
    expect(Math.max(...a.map((value, at) => Math.abs(value - b[at])))).toBeLessThan(1e-5);
  });

  it("give its certificate and its variational bound", async () => {
    const [one, two] = [
      await certificateOf(alike, isotropic, "analytic", 12_000),
      await certificateOf(alike, grid, "analytic-diagonal", 12_000),
    ];
    const apart = (one.value ?? Number.NaN) - (two.value ?? Number.NaN);
    expect(Math.abs(apart)).toBeLessThan(noiseOf(one) + noiseOf(two));
    const heldOut = { points: testNumbers(400, 3), dimension: 2 };
    const request = { schedule, heldOut, denoiser: alike, seed: 1 };
    const bounds = [
      await variationalBound(pool, { ...request, grid: isotropic, sampler: "analytic" }),
      await variationalBound(pool, { ...request, grid, sampler: "analytic-diagonal" }),
    ];
    expect(bounds[1].value).toBeCloseTo(bounds[0].value ?? Number.NaN, 4);
    expect(bounds[1].upper).toBeCloseTo(bounds[0].upper ?? Number.NaN, 3);
  });
});

// By symmetry the ring's coordinates err alike: its best grid costs what that of analytic does, by quadrature 0.27889 and 0.13753 nats.
it.each([
  [10, 0.27889],
  [20, 0.13753],
])("the ring of 8 modes on its best grid of %i steps: %d nats", async (steps, expected) => {
  const ring: LawSpec = {
    of: { kind: "ring", modes: 8, radius: 4, standardDeviation: 0.3 },
    affine: { shift: Float64Array.of(0, 0), scale: Math.sqrt(8.09) },
  };
  const snr = snrLadder(schedule, { steps: 1 }, 97);
  const source = { clean: ring, denoiser: ring, seed: 2, dimension: 2, snr, samples: 8000, coordinates: true };
  const { curve } = await estimateMmse(pool, source);
  const times = certifiedTimes(curve, schedule, { steps }, diagonalStepCost);
  const best = createGrid({ kind: "user", times }, schedule);
  const grid = { ...best, errors: await errorsOf(ring, best, 2) };
  const certificate = await certificateOf(ring, grid, "analytic-diagonal", 12_000);
  const { value } = certificate.terms.discretization;
  expect(Math.abs(value - expected)).toBeLessThan(noiseOf(certificate) + 0.01 * expected);
});

describe("errors of each coordinate", () => {
  it("are measured on the draws that their mean is measured on", async () => {
    const request = { clean: alike, denoiser: alike, seed: 4, dimension: 2, schedule, grid: uniform(5), samples: 700 };
    const mean = await stepErrors(pool, request);
    const each = await stepErrors(pool, { ...request, coordinates: true });
    expect(each.length).toBe(10);
    mean.forEach((error, k) => {
      expect(Math.abs((each[2 * k] + each[2 * k + 1]) / 2 / error - 1)).toBeLessThan(1e-6);
    });
    expect(each[0]).not.toBe(each[1]);
  });

  it("are asked for by name: one number a step is that of analytic", async () => {
    const grid = { ...uniform(4), errors: new Float64Array(4).fill(0.1) };
    const rule = "grid.errors must have 2 numbers for each step, one a coordinate, got 1";
    await expect(certificateOf(alike, grid, "analytic-diagonal", 64)).rejects.toThrow(rule);
    await expect(certificateOf(alike, uniform(4), "analytic-diagonal", 64)).rejects.toThrow(
      "grid.errors must be given",
    );
    const { denoiser } = requireExact(createLaw(alike));
    const sampler = samplers["analytic-diagonal"];
    expect(() => sample(engine, { count: 2, denoiser, schedule, grid, sampler, seed: 1 })).toThrow(rule);
    expect(() => sample(engine, { count: 2, denoiser, schedule, grid: uniform(4), sampler, seed: 1 })).toThrow(
      "grid.errors must be given for a sampler",
    );
    const heldOut = { points: testNumbers(40, 3), dimension: 2 };
    const request = { schedule, grid, heldOut, denoiser: alike, seed: 1 };
    await expect(variationalBound(pool, { ...request, sampler: "analytic-diagonal" })).rejects.toThrow(rule);
  });
});
