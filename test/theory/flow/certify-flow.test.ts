// @module-tag slow
import { describe, expect, it } from "vitest";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { levelsOf, type TimeGrid } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import type { JacobianDenoiser } from "../../../src/diffusion/jacobian-denoiser.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import type { Certificate } from "../../../src/theory/certificate/certificate.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { cellsOf } from "../../../src/theory/certificate/open-run.js";
import { certifiedTimes, snrLadder } from "../../../src/theory/certified-grid.js";
import { certifyFlow } from "../../../src/theory/flow/certify-flow.js";
import { Flow } from "../../../src/theory/flow/flow.js";
import { openFlow, runFlowUnits } from "../../../src/theory/flow/flow-units.js";
import { estimateMmse } from "../../../src/theory/mmse-monte-carlo.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { quadratureKl } from "../../support/flow-quadrature.js";
import { isThorough, tries } from "../../support/thorough.js";

const engine = await createEngine({ variant: "simd" });
const pool = new InThreadPool(engine);
const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const schedule = createSchedule(linear);
const uniform = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

/** 8 modes of deviation 0.3 on a circle of radius 4, standardized: the component variance is 0.011125. */
const ring: LawSpec = { of: { kind: "ring" }, affine: { shift: new Float64Array(2), scale: Math.sqrt(8.09) } };

function certificateOf(law: LawSpec, grid: TimeGrid, sampler: "ddim" | "heun", paths: number): Promise<Certificate> {
  return certifyInPool(pool, { schedule: linear, grid, sampler, law, network: undefined, seed: 11 }, { paths });
}

/** The grid that is best for the ancestral sampler. */
async function ancestralGrid(law: LawSpec, steps: number): Promise<TimeGrid> {
  const snr = snrLadder(schedule, { steps: 1 }, 1025);
  const request = { clean: law, denoiser: law, seed: 3, dimension: 2, snr, samples: 16_384 };
  const { curve } = await estimateMmse(pool, request);
  return { name: "certified", times: Float64Array.from(certifiedTimes(curve, schedule, { steps })) };
}

/** Three standard errors of what a Student interval of 95 % says. */
function threeErrors({ interval }: Certificate): number {
  return interval ? (3 * (interval.high - interval.low)) / (2 * 1.96) : Number.NaN;
}

const middle = ({ interval }: Certificate) => ((interval?.low ?? Number.NaN) + (interval?.high ?? Number.NaN)) / 2;

describe("the certificate of a deterministic sampler", () => {
  it.each([
    ["ddim", 10, 6.761842e-2],
    ["ddim", 20, 1.554724e-2],
    ["ddim", 50, 2.36703e-3],
    ["heun", 10, 1.771886e-2],
    ["heun", 20, 1.006112e-3],
  ] as const)("is the KL of %s with %i steps on N(0, 1/4)", async (sampler, steps, kl) => {
    const law: LawSpec = { of: { kind: "gaussian", dimension: 1, standardDeviation: 0.5 } };
    const { kl: exact } = gaussianLaw({ schedule, grid: uniform(steps), sampler: samplers[sampler], variance: 0.25 });
    expect(exact.at(-1)).toBeCloseTo(kl, 8);
    const found = await certificateOf(law, uniform(steps), sampler, 8192);
    expect(Math.abs(middle(found) - kl)).toBeLessThan(threeErrors(found));
    expect(found.upper).toBeGreaterThan(kl);
    // The control variate leaves about U^2 / 2 of a U whose deviation is about sqrt(2 KL).
    expect(Math.abs((found.value ?? 0) - kl)).toBeLessThan(0.1 * kl + 1e-6);
    expect(found.terms.stray.value).toBeLessThan(1e-3);
  });

  it("of DDIM with 20 steps even in log snr is within reach of quadrature on a ring: 10 % with 65,536 rows", async () => {
    const kl = quadratureKl(ring, schedule, uniform(20), "ddim");
    // The published figure of 6,000 rows.
    expect(Math.abs(kl - 0.102)).toBeLessThan(0.03);
    const [rows, reach] = isThorough ? [65_536, 1.1] : [16_384, 1.25];
    const found = await certificateOf(ring, uniform(20), "ddim", rows);
    expect(Math.abs(middle(found) - kl)).toBeLessThan(threeErrors(found));
    expect(found.upper ?? 0).toBeGreaterThan(kl);
    expect(found.upper ?? 1).toBeLessThan(reach * kl);
    expect(found.caveat).toBeUndefined();
    expect(found.assumptions.every(({ met }) => met)).toBe(true);
  });

  it("meets published quadrature on the grid that is best for another sampler, which is a bad one", async () => {
    const grid = await ancestralGrid(ring, 20);
    const ddim = await certificateOf(ring, grid, "ddim", 4096);
    const ddimKl = quadratureKl(ring, schedule, grid, "ddim");
    expect(ddimKl).toBeCloseTo(0.18884, 1);
    expect(Math.abs(middle(ddim) - ddimKl)).toBeLessThan(threeErrors(ddim));
    const heun = await certificateOf(ring, grid, "heun", 4096);
    const heunKl = quadratureKl(ring, schedule, grid, "heun");
    expect(heunKl).toBeCloseTo(5.13268, 0);
    // Without the term for stray samples, 4.1 or so would be printed for a KL of 5.1.
    expect(heun.terms.density.upper).toBeLessThan(heunKl - 0.5);
    expect(Math.abs((heun.value ?? 0) - heunKl)).toBeLessThan(threeErrors(heun));
    expect(heun.upper ?? 0).toBeGreaterThan(heunKl);
  });
});

const line: LawSpec = { of: { kind: "gaussian", dimension: 1, standardDeviation: 0.5 } };

/** The exact denoiser of N(0, 1/4) with a bump at every level, whose far side is as steep as height / 0.2 / sqrt(e). */
function bumpy(height: number): JacobianDenoiser {
  const { float64 } = createLaw(line);
  if (!float64) throw new Error("no float64");
  return {
    dimension: 1,
    at(engine, level) {
      const exact = float64.at(engine, level);
      let [z, bump] = [0, 0];
      return {
        denoise(x, denoised) {
          exact.denoise(x, denoised);
          z = (x[0] - 0.6) / 0.2;
          bump = height * Math.exp(-0.5 * z * z);
          denoised[0] += bump;
        },
        jacobian(jacobian) {
          exact.jacobian(jacobian);
          jacobian[0] -= (bump * z) / 0.2;
        },
      };
    },
  };
}

/** The certificate of a denoiser that is no network, in this thread. */
async function certificateOfDenoiser(denoiser: JacobianDenoiser, grid: TimeGrid, law = line): Promise<Certificate> {
  const target = createLaw(law);
  if (!target.float64) throw new Error("no float64");
  const sampler = samplers.ddim;
  const determinants = "exact" as const;
  const cells = cellsOf(target);
  const problem = { schedule, grid, sampler, denoiser, determinants, law: target.float64, cells, seed: 5 };
  const run = openFlow(engine, problem);
  const subject = { sampler: "ddim", schedule, grid, target, exact: false, determinants } as const;
  return certifyFlow(subject, async (units) => runFlowUnits(engine, run, units), { paths: 4096 });
}

/** Mass of f(Z) in 100 bins of [-1.2, 1.2], what lies outside in the first and last, by 200,000 even nodes of Z. */
function massesOf(image: (z: number) => number): Float64Array {
  const [bins, reach, nodes] = [100, 1.2, 200_000];
  const masses = new Float64Array(bins);
  for (let i = 0; i < nodes; i++) {
    const z = -8 + (16 * (i + 0.5)) / nodes;
    const bin = Math.floor(((image(z) + reach) * bins) / (2 * reach));
    masses[Math.min(bins - 1, Math.max(0, bin))] += ((16 / nodes) * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
  }
  return masses;
}

/** KL of N(0, 1/4) at delta to the samples of a denoiser, both put into bins: at most their own KL. */
function binnedKl(denoiser: JacobianDenoiser, grid: TimeGrid): number {
  const flow = new Flow(engine, { schedule, grid, sampler: samplers.ddim, denoiser });
  const { alpha, sigma } = levelsOf(schedule, grid)[grid.times.length - 1];
  const q = massesOf((z) => z * Math.sqrt(alpha ** 2 / 4 + sigma ** 2));
  const p = massesOf((z) => {
    flow.forward(Float64Array.of(z));
    return flow.point[0];
  });
  return q.reduce((sum, mass, bin) => sum + mass * Math.log(mass / p[bin]), 0);
}

describe("the upper end", () => {
  it("lies above the KL of N(0, 1/4) for every seed, and within reach of it", async () => {
    const grid = uniform(20);
    const { outputKl } = gaussianLaw({ schedule, grid, sampler: samplers.ddim, variance: 0.25 });
    const ends = [];
    const seeds = tries(25, 100);
    for (let seed = 0; seed < seeds; seed++) {
      const request = { schedule: linear, grid, sampler: "ddim", law: line, network: undefined, seed } as const;
      ends.push((await certifyInPool(pool, request, { paths: 1024 })).upper ?? Number.NaN);
    }
    expect(ends.filter((upper) => !(upper > outputKl))).toEqual([]);
    // The price of 128 units; 65,536 rows are within 10 % on the ring above.
    expect(ends.reduce((sum, upper) => sum + upper / seeds, 0)).toBeLessThan(3 * outputKl);
  });

  it("pays for mass that a sampler forgets, however rare", async () => {
    // 1e-5 of the law lies at 100, where the sampler of N(0, 1/4) has a density of about e^-20000.
    const forgotten: LawSpec["of"] = {
      kind: "product",
      dimension: 1,
      means: [0, 100],
      weights: [0.99999, 1e-5],
      variances: [0.25, 0.25],
    };
    const found = await certificateOfDenoiser(bumpy(0), uniform(20), { of: forgotten });
    const least = (1e-5 * 100 ** 2) / (2 * 0.25);
    expect(found.value ?? 0).toBeGreaterThan(0.9 * least);
    expect(found.upper ?? 0).toBeGreaterThan(least);
    expect(found.assumptions.find(({ statement }) => /left to chance/.test(statement))?.met).toBe(true);
  });
});

describe("a flow that folds", () => {
  const grid = uniform(4);

  it("is bounded above its KL where every row has a preimage, on the branch that is found", async () => {
    const smooth = await certificateOfDenoiser(bumpy(0.1), grid);
    expect(smooth.terms.stray.value).toBeLessThan(1e-3);
    const denoiser = bumpy(0.3);
    const found = await certificateOfDenoiser(denoiser, grid);
    // Samples of the other branches do not come back: without them the bound would be below KL.
    expect(found.terms.stray.value).toBeGreaterThan(0.1);
    const kl = binnedKl(denoiser, grid);
    expect(found.terms.density.value).toBeLessThan(kl);
    expect(found.value ?? 0).toBeGreaterThan(kl);
    expect(found.caveat).toMatch(/rows need not show one/);
  });

  it("has no certificate where a row has no preimage, and no row is left out", async () => {
    const found = await certificateOfDenoiser(bumpy(0.6), grid);
    expect([found.value, found.upper, found.bitsPerDimension]).toEqual([null, null, null]);
    expect(found.vacuous).toMatch(
      /every point of the data law is reached by ddim: no preimage found for \d+ of 4224 rows/,
    );
    expect(found.terms).toEqual({});
  });
});
