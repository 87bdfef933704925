import { expect, it } from "vitest";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import type { TimeGrid } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { sample } from "../../../src/diffusion/sample.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { klIntervalInPool } from "../../../src/theory/interval/kl-interval-in-pool.js";
import { stepErrors } from "../../../src/theory/step-errors.js";
import { variationalBound } from "../../../src/theory/variational.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { testNumbers } from "../../support/numbers.js";
import { withErrors } from "../../support/samplers.js";

const spec = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const schedule = createSchedule(spec);
const engine = await simdEngine();
const pool = new InThreadPool(engine);
const uniform = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

const certificateOf = (law: LawSpec, grid: TimeGrid, sampler: "ancestral" | "analytic", paths = 20_000) =>
  certifyInPool(pool, { schedule: spec, grid, sampler, law, network: undefined, seed: 7 }, { paths });

/** N(0, I / 4). */
const narrow: LawSpec = {
  of: { kind: "gaussian", dimension: 3, standardDeviation: 0.5 },
};
/** Two modes, standardized. */
const two: LawSpec = {
  of: { kind: "product", dimension: 1, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
  affine: { shift: Float64Array.of(0), scale: Math.sqrt(0.84) },
};

it("loses nothing to discretization on an isotropic Gaussian law and its own errors, on any grid", async () => {
  for (const steps of [1, 4, 30]) {
    const { terms, value } = await certificateOf(narrow, withErrors(uniform(steps), schedule, 0.25), "analytic", 64);
    expect(Math.abs(terms.discretization.value)).toBeLessThan(1e-14);
    expect(value).toBeCloseTo(terms.initialization.value, 12);
  }
});

it("is the ancestral certificate, to the bit, where the errors are 0", async () => {
  const grid = uniform(10);
  const plain = await certificateOf(two, grid, "ancestral", 512);
  const zero = await certificateOf(two, { ...grid, errors: new Float64Array(10) }, "analytic", 512);
  expect([zero.value, zero.upper, zero.steps]).toEqual([plain.value, plain.upper, plain.steps]);
});

it("holds for wrong errors: it is never below the true KL of the sampler that uses them", async () => {
  for (const factor of [0, 0.3, 0.8, 1.5, 10]) {
    const grid = withErrors(uniform(12), schedule, 0.25 * factor);
    const law = gaussianLaw({ schedule, grid, sampler: samplers.analytic, variance: 0.25 });
    const { upper, terms } = await certificateOf(narrow, grid, "analytic", 64);
    expect(upper).toBeGreaterThanOrEqual(3 * law.outputKl);
    expect(terms.discretization.value).toBeGreaterThanOrEqual(-1e-15);
  }
});

// By quadrature of the two modes' mmse and posterior, by an independent program: docs/theory.md, 2h.
it.each([
  [20, 2.3092, 0.12416],
  [60, 0.61916, 0.042637],
])(
  "of two modes in %i steps: %d nats ancestral and %d analytic, within 4 standard errors",
  async (steps, wide, narrower) => {
    const grid = uniform(steps);
    const source = { clean: two, denoiser: two, seed: 11, dimension: 1, schedule, grid, samples: 20_000 };
    const fitted = { ...grid, errors: await stepErrors(pool, source) };
    for (const [sampler, expected] of [
      ["ancestral", wide],
      ["analytic", narrower],
    ] as const) {
      const { terms, interval, value } = await certificateOf(two, fitted, sampler);
      const deviation = ((interval?.high ?? 0) - (value ?? 0)) / 1.96;
      expect(Math.abs(terms.discretization.value - expected)).toBeLessThan(4 * deviation + 0.01 * expected);
    }
  },
);

it("asks for errors by name, and for as many as steps", async () => {
  await expect(certificateOf(two, uniform(4), "analytic")).rejects.toThrow("grid.errors must be given for a sampler");
  const short = { ...uniform(4), errors: new Float64Array(3) };
  await expect(certificateOf(two, short, "analytic")).rejects.toThrow(
    `grid.errors must have 4 entries, or 4 x ${createLaw(two).dimension}, one for each step and coordinate, got 3`,
  );
  const times = [...uniform(4).times];
  expect(() => createGrid({ kind: "user", times, errors: [1, 1, 1] }, schedule)).toThrow(
    "grid.errors must have one entry for each of the 4 steps between the times, or one for each step and coordinate, got 3",
  );
});

it("is refused where its errors are those of another number of coordinates, wherever they are used", async () => {
  const rule = "grid.errors must have 4 entries, or 4 x 3, one for each step and coordinate, got 8";
  const grid = { ...uniform(4), errors: new Float64Array(8).fill(0.1) };
  await expect(certificateOf(narrow, grid, "analytic")).rejects.toThrow(rule);
  const { denoiser } = requireExact(createLaw(narrow));
  const heldOut = { points: testNumbers(30, 3), dimension: 3 };
  for (const sampler of ["analytic", "jvp"] as const) {
    const options = { count: 2, denoiser, schedule, grid, sampler: samplers[sampler], seed: 1 };
    expect(() => sample(engine, options)).toThrow(rule);
    const request = { schedule: spec, grid, sampler, law: narrow, network: undefined, seed: 1 };
    await expect(klIntervalInPool(pool, request)).rejects.toThrow(rule);
    const coded = { schedule, grid, heldOut, denoiser: narrow, seed: 1, sampler };
    await expect(variationalBound(pool, coded)).rejects.toThrow(rule);
  }
});

it("lowers the variational bound, by what its terms say", async () => {
  const points = testNumbers(400, 3).map((value) => Math.sign(value) + 0.2 * value);
  const denoiser = two;
  const plain = uniform(10);
  const grid = { ...plain, errors: new Float64Array(10).fill(0.05) };
  const request = { schedule, grid, heldOut: { points, dimension: 1 }, denoiser, seed: 1 };
  const [before, after] = [
    await variationalBound(pool, request),
    await variationalBound(pool, { ...request, sampler: "analytic" }),
  ];
  const lambda = Array.from(plain.times.slice(0, 10), (t, k) => {
    const [from, to] = [schedule.logSnr(t), schedule.logSnr(plain.times[k + 1])];
    return (Math.exp(to) - Math.exp(from)) * 0.05;
  });
  const spread = lambda.reduce((sum, each) => sum + 0.5 * (Math.log1p(each) - each / (1 + each)), 0);
  expect(after.terms.denoising.value).toBeLessThan(before.terms.denoising.value / (1 + Math.min(...lambda)) + spread);
  expect(after.terms.denoising.value).toBeGreaterThan(
    before.terms.denoising.value / (1 + Math.max(...lambda)) + spread,
  );
  await expect(variationalBound(pool, { ...request, grid: plain, sampler: "analytic" })).rejects.toThrow("grid.errors");
});
