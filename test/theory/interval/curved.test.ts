import { describe, expect, it, vi } from "vitest";
import { denoiserFromFunction } from "../../../src/diffusion/function-denoiser.js";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { jvpCurvature } from "../../../src/diffusion/samplers/jvp.js";
import type { NoiseLevel } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { certifiedTimes, snrLadder } from "../../../src/theory/certified-grid.js";
import { curvedStepCost } from "../../../src/theory/curved-step-cost.js";
import { requireDensity } from "../../../src/theory/interval/dense-target.js";
import { klInterval } from "../../../src/theory/interval/kl-interval.js";
import type { IntervalProblem, RowRequest } from "../../../src/theory/interval/row-weights.js";
import { rowWeigher } from "../../../src/theory/interval/weigh-rows.js";
import { lineOutputKl } from "../../../src/theory/line-output-kl.js";
import { gaussianMmseCurve } from "../../../src/theory/mmse-curve.js";
import { estimateMmse } from "../../../src/theory/mmse-monte-carlo.js";
import { variationalBound } from "../../../src/theory/variational.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { ringOfEight, twoModes, vpLinear, withExactErrors } from "../../support/curved-laws.js";
import { describeEnginesThoroughly, simdEngine } from "../../support/engines.js";
import { intervalHere } from "../../support/interval.js";
import { ringStepCosts } from "../../support/ring-quadrature.js";
import { withErrors } from "../../support/samplers.js";

const curved = ["jvp", "full-covariance"] as const;
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describeEnginesThoroughly("weights of paths whose noise differs by direction", (engineOf) => {
  const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
  const grid = createGrid({ kind: "geometric-tail", steps: 6, start: 8, end: 0.01 }, schedule);
  const target = requireDensity(
    createLaw({
      of: {
        kind: "normal",
        mean: Float64Array.of(2, -1),
        variances: Float64Array.of(1, 0.1),
        axes: Float32Array.of(0.6, 0.8, -0.8, 0.6),
      },
    }),
  );
  const { denoiser } = requireExact(target);
  const weigh = (name: (typeof curved)[number], request: Partial<RowRequest>) => {
    const problem = {
      schedule,
      grid: withErrors(grid, schedule, 1, 0.1),
      sampler: samplers[name],
      target,
      denoiser,
      seed: 9,
    };
    const whole = { of: "law", first: 0, count: 1024, paths: 4, proposal: "forward", ...request } as const;
    return rowWeigher(problem)(engineOf(), whole);
  };

  it("have the means that the theorems say: of e^-U over the law, of e^V_c over the sampler", () => {
    for (const proposal of ["forward", "tilted"] as const) {
      expect(mean(weigh("jvp", { proposal }).u.map((u) => Math.exp(-u))), proposal).toBeCloseTo(1, 1);
      const { conditional } = weigh("jvp", { of: "sampler", proposal });
      expect(Math.abs(mean(conditional.map(Math.exp)) - 1), proposal).toBeLessThan(0.05);
    }
  });

  it("are the same for all paths of a Gaussian law and its whole covariance, but for the initialization", () => {
    const { u, spread } = weigh("full-covariance", {});
    expect(mean(spread)).toBeLessThan(1e-5);
    expect(Math.abs(mean(u))).toBeLessThan(1e-4);
    expect(mean(weigh("jvp", {}).spread)).toBeGreaterThan(1e-3);
  });

  it("do not depend on which rows are weighed together", () => {
    for (const name of curved) {
      const whole = weigh(name, { of: "sampler", count: 1100, paths: 1 });
      const part = weigh(name, { of: "sampler", first: 1030, count: 7, paths: 1 });
      expect(part.u).toEqual(whole.u.slice(1030, 1037));
      expect(part.conditional).toEqual(whole.conditional.slice(1030, 1037));
    }
  });
});

it("a width for each coordinate needs no Jacobian: independent coordinates have the same weight on every path, and more than 64 are no matter", async () => {
  const engine = await simdEngine();
  const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
  const grid = createGrid({ kind: "geometric-tail", steps: 5, start: 8, end: 0.01 }, schedule);
  const dimension = 70;
  const variances = Float64Array.from({ length: dimension }, (_, j) => (j % 2 === 0 ? 1 : 0.1));
  const axes = Float32Array.from({ length: dimension * dimension }, (_, at) => (at % (dimension + 1) === 0 ? 1 : 0));
  const target = requireDensity(
    createLaw({ of: { kind: "normal", mean: new Float64Array(dimension), variances, axes } }),
  );
  const errors = Float64Array.from({ length: 5 * dimension }, (_, at) => {
    const snr = Math.exp(schedule.logSnr(grid.times[Math.floor(at / dimension)]));
    return variances[at % dimension] / (1 + snr * variances[at % dimension]);
  });
  const problem: IntervalProblem = {
    schedule,
    grid: { ...grid, errors },
    sampler: samplers["analytic-diagonal"],
    target,
    denoiser: requireExact(target).denoiser,
    seed: 9,
  };
  const { estimates, high } = await intervalHere(engine, problem, { rows: 256, k: 2 });
  expect(Math.abs(estimates.high)).toBeLessThan(1e-3);
  expect(high).toBeLessThan(0.05);
});

describe("interval of two modes in 20 steps even in log snr", async () => {
  const engine = await simdEngine();
  const schedule = createSchedule(vpLinear);
  const target = requireDensity(createLaw(twoModes));
  const { denoiser } = requireExact(target);
  const grid = await withExactErrors(
    new InThreadPool(engine),
    twoModes,
    1,
    schedule,
    createGrid({ kind: "uniform-log-snr", steps: 20 }, schedule),
  );

  // KL by one-dimensional densities of an independent program, and its path KL for the first.
  it.each([
    ["full-covariance", 0.0042886, 0.043374],
    ["jvp", 0.0031174, undefined],
  ] as const)("%s: KL %d lies between the ends, and one path costs the path KL", async (name, exact, path) => {
    const problem: IntervalProblem = { schedule, grid, sampler: samplers[name], target, denoiser, seed: 11 };
    const { float64: law } = createLaw(twoModes);
    if (!law) throw new Error("two modes are known in float64");
    expect(lineOutputKl(engine, { ...problem, law, denoiser: law })).toBeCloseTo(exact, 4);
    const { low, high } = await intervalHere(engine, problem, { rows: 1024, k: 8 });
    expect(low).toBeLessThan(exact);
    expect(high).toBeGreaterThan(exact);
    expect(high).toBeLessThan(0.03);
    if (path === undefined) return;
    const one = await intervalHere(engine, problem, { rows: 4096, k: 1, proposal: "forward" });
    const error = (one.high - one.stray.upper - (one.estimates.high - one.stray.value)) / 2.3;
    expect(Math.abs(one.estimates.high - path)).toBeLessThan(3 * error);
  });

  // K = 1 is the path KL, by quadrature; K = 8 as measured by an independent program, with its standard error.
  it("of the ring in 20 steps of jvp is what was measured elsewhere", { tags: ["slow"], timeout: 60_000 }, async () => {
    const ring = requireDensity(createLaw(ringOfEight));
    const pool = new InThreadPool(engine);
    const source = { clean: ringOfEight, denoiser: ringOfEight, dimension: 2, seed: 3 };
    const { curve } = await estimateMmse(pool, {
      ...source,
      snr: snrLadder(schedule, { steps: 1 }, 97),
      samples: 2048,
    });
    const cost = await curvedStepCost(pool, { ...source, sampler: "jvp", curve, samples: 2048 });
    const times = certifiedTimes(curve, schedule, { steps: 20 }, cost);
    const grid = await withExactErrors(pool, ringOfEight, 2, schedule, createGrid({ kind: "user", times }, schedule));
    const problem = {
      schedule,
      grid,
      sampler: samplers.jvp,
      target: ring,
      denoiser: requireExact(ring).denoiser,
      seed: 11,
    };
    const path = ringStepCosts(schedule, grid, "jvp").reduce((sum, each) => sum + each, 0);
    for (const [k, expected, deviation] of [
      [1, path, 0],
      [8, 0.0047, 0.0005],
    ]) {
      const { estimates, high, stray } = await intervalHere(engine, problem, { rows: 1024, k, proposal: "forward" });
      const own = (high - stray.upper - (estimates.high - stray.value)) / 2.5;
      expect(Math.abs(estimates.high - expected), `${k}`).toBeLessThan(3 * Math.hypot(own, deviation));
    }
  });

  it("is refused by name where the covariances are too large", async () => {
    const law: LawSpec = { of: { kind: "gaussian", dimension: 65, standardDeviation: 1 } };
    const wide = requireDensity(createLaw(law));
    const problem = { schedule, grid, sampler: samplers.jvp, target: wide, denoiser, seed: 11 };
    await expect(intervalHere(engine, problem, {})).rejects.toThrow("sampler jvp cannot be certified in 65 dimensions");
  });

  it("is refused by name where the noise of a step is nothing in some direction, which float32 states do not resolve", async () => {
    const plain = { ...createGrid({ kind: "uniform-log-snr", steps: 4 }, schedule), errors: new Float64Array(4) };
    const [from, to] = levelsOf(schedule, plain).slice(2, 4);
    const curvature = jvpCurvature(from, to);
    if (curvature.kind !== "linear") throw new Error("one product a step");
    // I + c J has the eigenvalue 1e-6 in the first direction there, and 1 in the second.
    const slope = (1e-6 - curvature.identity) / curvature.jacobian;
    const slopeAt = ({ logSnr }: NoiseLevel, at: number) => (logSnr === from.logSnr && at % 2 === 0 ? slope : 0);
    const times = (values: Float32Array, level: NoiseLevel, out: Float32Array) => {
      values.forEach((value, at) => {
        out[at] = slopeAt(level, at) * value;
      });
    };
    const linear = denoiserFromFunction(
      2,
      (x, _batch, level, out) => times(x, level, out),
      (x, tangents, _batch, level, out, products) => {
        times(x, level, out);
        times(tangents, level, products);
      },
    );
    const target = requireDensity(createLaw({ of: { kind: "gaussian", dimension: 2, standardDeviation: 1 } }));
    const problem = { schedule, grid: plain, sampler: samplers.jvp, target, denoiser: linear, seed: 2 };
    await expect(intervalHere(engine, problem, { rows: 256, k: 1, proposal: "forward" })).rejects.toThrow(
      /least noise of a step of jvp is .*e-7, .* beside which float32 does not resolve it/,
    );
  });

  it("is refused before a row is weighed where its sampler takes no sample, as are certificate, step costs and codes of rows", async () => {
    const sampler = "full-covariance" as const;
    const rule =
      "sampler full-covariance cannot be certified in 17 dimensions: its covariances take as many Jacobian-vector products a step, at most 16";
    const law: LawSpec = { of: { kind: "gaussian", dimension: 17, standardDeviation: 1 } };
    const target = requireDensity(createLaw(law));
    const weigh = vi.fn();
    await expect(klInterval({ schedule, grid, sampler: samplers[sampler], target }, weigh)).rejects.toThrow(rule);
    expect(weigh).not.toHaveBeenCalled();
    const pool = new InThreadPool(engine);
    const request = { schedule: vpLinear, grid, sampler, law, network: undefined, seed: 1 };
    await expect(certifyInPool(pool, request, { paths: 64 })).rejects.toThrow(rule);
    const curve = gaussianMmseCurve(new Float64Array(17).fill(1), Float64Array.of(0.1, 1, 10));
    const source = { clean: law, denoiser: law, dimension: 17, seed: 1, samples: 8 };
    await expect(curvedStepCost(pool, { ...source, sampler, curve })).rejects.toThrow(rule);
    const heldOut = { points: new Float32Array(34), dimension: 17 };
    const coded = { schedule, grid, sampler, heldOut, denoiser: law, seed: 1 };
    await expect(variationalBound(pool, coded)).rejects.toThrow(rule);
  });
});
