import { describe, expect, it } from "vitest";
import { gaussianLaw } from "../../../src/diffusion/gaussian-law.js";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { Flow, perfectQuality } from "../../../src/theory/flow/flow.js";
import { MonotoneFlow } from "../../../src/theory/flow/monotone-flow.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";

const engine = await createEngine({ variant: "simd" });
const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const schedule = createSchedule(linear);
const grid = createGrid({ kind: "uniform-log-snr", steps: 20 }, schedule);
const sampler = samplers.ddim;

/** d independent copies of a mixture of two Gaussians, standardized. */
function mixtures(d: number): LawSpec {
  return {
    of: { kind: "product", dimension: d, means: [-1.5, 0.5], weights: [0.25, 0.75], variances: [0.09, 0.09] },
    affine: { shift: new Float64Array(d), scale: Math.sqrt(0.84) },
  };
}

function float64Of(spec: LawSpec) {
  const { float64 } = createLaw(spec);
  if (!float64) throw new Error("no float64");
  return float64;
}

const rows = Float32Array.from({ length: 40 * 12 }, (_, at) => 1.4 * Math.sin(at * at + 1));
const laws: Readonly<Record<string, { readonly law: LawSpec; readonly estimates: number; readonly most: number }>> = {
  // Their Jacobian is diagonal: probes see the trace itself, and the cut of the series is all that is random.
  "mix1 x 16": { law: mixtures(16), estimates: 100, most: 1e-4 },
  ring: {
    law: { of: { kind: "ring" }, affine: { shift: new Float64Array(2), scale: 2.8 } },
    estimates: 400,
    most: 0.02,
  },
  "rows of a data set": { law: { of: { kind: "empirical", points: rows, dimension: 12 } }, estimates: 80, most: 0.08 },
  "a Gaussian near a plane": { law: { of: { kind: "low-rank", dimension: 6, rank: 2 } }, estimates: 200, most: 0.06 },
};

describe.each(Object.entries(laws))("the monotone flow of %s", (_, { law, estimates: count, most }) => {
  const float64 = float64Of(law);
  const exact = new Flow(engine, { schedule, grid, sampler, denoiser: float64 });
  const monotone = new MonotoneFlow(engine, { schedule, grid, sampler, law: float64, seed: 5 });
  const { alpha, sigma } = levelsOf(schedule, grid)[20];
  const y = Float64Array.from(
    createLaw(law).sample(engine, 1, 3).points,
    (x, j) => alpha * x + sigma * Math.cos(j + 1),
  );

  it("finds the z that Newton's method with matrices finds", () => {
    const quality = perfectQuality();
    exact.inverse(y, perfectQuality());
    monotone.inverse(y, quality, 0);
    monotone.point.forEach((value, j) => {
      expect(value).toBeCloseTo(exact.point[j], 9);
    });
    expect(quality.residual).toBeLessThan(1e-12);
  });

  it("estimates its density without bias: within three standard errors of that by determinants", () => {
    const logDensity = exact.inverse(y, perfectQuality()) ?? Number.NaN;
    const estimates = Array.from(
      { length: count },
      (_, row) => monotone.inverse(y, perfectQuality(), row) ?? Number.NaN,
    );
    const mean = estimates.reduce((sum, value) => sum + value / count, 0);
    const error = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / count;
    expect(error).toBeLessThan(most);
    expect(error).toBeGreaterThan(0);
    expect(Math.abs(mean - logDensity)).toBeLessThan(3 * error);
  });

  it("gives the same number for the same row, whatever was asked before", () => {
    const first = monotone.inverse(y, perfectQuality(), 3);
    monotone.inverse(
      y.map((value) => -value),
      perfectQuality(),
      4,
    );
    expect(monotone.inverse(y, perfectQuality(), 3)).toBe(first);
    expect(monotone.inverse(y, perfectQuality(), 4)).not.toBe(first);
  });
});

/** KL of one copy, by the midpoint rule over 2,000 points of the line. */
function lineKl(): number {
  const float64 = float64Of(mixtures(1));
  const flow = new Flow(engine, { schedule, grid, sampler, denoiser: float64 });
  const end = float64.at(engine, levelsOf(schedule, grid)[20]);
  const [reach, points] = [4, 2000];
  let sum = 0;
  for (let i = 0; i < points; i++) {
    const y = Float64Array.of(-reach + ((i + 0.5) * 2 * reach) / points);
    const logDensity = end.logDensity(y);
    const ratio = logDensity < -80 ? 0 : logDensity - (flow.inverse(y, perfectQuality()) ?? Number.NaN);
    sum += ((Math.exp(logDensity) * 2 * reach) / points) * ratio;
  }
  return sum;
}

describe("the certificate of ddim beyond 64 dimensions", () => {
  const pool = new InThreadPool(engine);
  const gaussian: LawSpec = { of: { kind: "gaussian", dimension: 128, standardDeviation: 0.5 } };
  it.each([
    ["N(0, 1/4) of 128 dimensions", gaussian, 512, 128, gaussianKl],
    ["128 copies of a mixture", mixtures(128), 256, 128, lineKl],
  ] as const)("is the KL of %s, which is that of one times their number", async (_, law, paths, d, klOfOne) => {
    const request = { schedule: linear, grid, sampler: "ddim", law, network: undefined, seed: 11 } as const;
    const found = await certifyInPool(pool, request, { paths });
    const kl = d * klOfOne();
    const { interval, value, upper } = found;
    if (!interval || value === null || upper === null) throw new Error("no value");
    expect(value).toBeCloseTo((interval.low + interval.high) / 2, 12);
    const error = (interval.high - interval.low) / (2 * 1.96);
    expect(Math.abs(value - kl)).toBeLessThan(3 * error);
    expect(error).toBeLessThan(0.06 * kl);
    expect(upper).toBeGreaterThan(kl);
    expect(upper).toBeLessThan(2.5 * kl);
    expect(Object.keys(found.terms)).toEqual(["density"]);
    expect(found.caveat).toBeUndefined();
    expect(found.assumptions.every(({ met }) => met)).toBe(true);
    expect(found.assumptions.map(({ statement }) => statement)).toContain(
      "estimates of the log-determinants have no bias",
    );
  });
});

/** Of a step of DDIM, published for N = 20: 1.554724e-2. */
function gaussianKl(): number {
  return gaussianLaw({ schedule, grid, sampler, variance: 0.25 }).kl.at(-1) ?? Number.NaN;
}
