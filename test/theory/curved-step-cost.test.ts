import { describe, expect, it } from "vitest";
import { levelsOf } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { levelWith } from "../../src/diffusion/schedule.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { LawSpec } from "../../src/targets/law.js";
import { certifiedTimes, snrLadder } from "../../src/theory/certified-grid.js";
import { curvedStepCost } from "../../src/theory/curved-step-cost.js";
import { equalShareTimes } from "../../src/theory/equal-share-grid.js";
import { curveAt, type MmseCurve, mmseCurve } from "../../src/theory/mmse-curve.js";
import { estimateMmse } from "../../src/theory/mmse-monte-carlo.js";
import { discretizationOf, optimalGridIndices, type StepCost } from "../../src/theory/optimal-grid.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { ringOfEight, twoModes, vpLinear } from "../support/curved-laws.js";
import { simdEngine } from "../support/engines.js";
import { entropy, exactCurvedKl, type LineMixture, marginal } from "../support/exact-path-kl.js";
import { ringStepCosts } from "../support/ring-quadrature.js";
import { logLogSlope } from "../support/slope.js";

type Curved = "jvp" | "full-covariance";
const schedule = createSchedule(vpLinear);
const engine = await simdEngine();
const pool = new InThreadPool(engine);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Nats of the best grids of `full-covariance`, by an independent program, and of `jvp` on the same grids. */
const published = {
  two: [
    [10, 0.017023, 0.017628],
    [20, 0.0051563, 0.0052997],
    [50, 0.00096486, 0.00097994],
    [100, 0.00025926, 0.0002616],
  ],
  ring: [
    [10, 0.084189, 0.08786],
    [20, 0.026339, 0.027289],
    [50, 0.0051985, 0.0053249],
    [100, 0.0015356, 0.0015606],
  ],
} as const;

const line: LineMixture = {
  means: [-1.5, 0.5].map((mean) => mean / Math.sqrt(0.84)),
  weights: [0.25, 0.75],
  variances: [0.09 / 0.84, 0.09 / 0.84],
};

/** The least cost over all grids, by looking at all pairs. */
function leastCost(curve: MmseCurve, steps: number, cost: StepCost): number {
  const last = curve.snr.length - 1;
  let least = Float64Array.from({ length: last + 1 }, (_, i) => (i === 0 ? 0 : Number.POSITIVE_INFINITY));
  for (let step = 0; step < steps; step++) {
    least = least.map((_, to) => {
      let best = Number.POSITIVE_INFINITY;
      for (let from = 0; from < to; from++) {
        if (least[from] < best) best = Math.min(best, least[from] + cost(curve, from, to));
      }
      return best;
    });
  }
  return least[last];
}

describe("cost of full-covariance on two modes by quadrature", () => {
  const exactCostOn = (count: number): { curve: MmseCurve; cost: StepCost } => {
    const snr = snrLadder(schedule, { steps: 1 }, count);
    const levels = Array.from(snr, (value) => levelWith(Math.log(value), Number.NaN));
    const laws = levels.map((level) => marginal(line, level));
    const information = levels.map((level) => entropy(line, level) - Math.log(level.sigma));
    const cost: StepCost = ({ snr: at }, from, to) => {
      const { mass, points } = laws[from];
      let spread = 0;
      for (let i = 0; i < mass.length; i++) spread += mass[i] * Math.log1p((at[to] - at[from]) * points[i].variance);
      return 0.5 * spread - (information[to] - information[from]);
    };
    return { curve: mmseCurve(snr, new Float64Array(count)), cost };
  };

  it("obeys the quadrangle inequality", () => {
    const { curve, cost } = exactCostOn(25);
    for (let i = 0; i < 23; i++) {
      for (let j = i + 1; j < 24; j++) {
        const straight = (j > i + 1 ? cost(curve, i + 1, j) : 0) + cost(curve, i, j + 1);
        expect(cost(curve, i, j) + cost(curve, i + 1, j + 1)).toBeLessThanOrEqual(straight + 1e-12);
      }
    }
  });

  it("has the published best grid of 10 steps", () => {
    const [steps, nats] = published.two[0];
    const { curve, cost } = exactCostOn(481);
    const found = discretizationOf(curve, optimalGridIndices(curve, steps, cost), cost);
    // Theirs is chosen from twice as many points.
    expect(Math.abs(found / nats - 1)).toBeLessThan(5e-3);
  });
});

async function curveAndCost(law: LawSpec, dimension: number, sampler: Curved, samples?: number) {
  const source = { clean: law, denoiser: law, dimension, seed: 3 };
  const snr = snrLadder(schedule, { steps: 1 }, 97);
  const { curve } = await estimateMmse(pool, { ...source, snr, samples: 4096 });
  return { curve, cost: await curvedStepCost(pool, { ...source, sampler, curve, samples }) };
}

const gridOf = (curve: MmseCurve, steps: number, cost: StepCost) =>
  createGrid({ kind: "user", times: certifiedTimes(curve, schedule, { steps }, cost) }, schedule);

describe("grids from joint paths of the data", () => {
  it("cost full-covariance hardly more than the best ones: two modes", { tags: ["slow"] }, async () => {
    const { curve, cost } = await curveAndCost(twoModes, 1, "full-covariance", 4096);
    for (const [steps, best] of published.two) {
      const grid = gridOf(curve, steps, cost);
      const found = exactCurvedKl(line, schedule, grid, {
        denoised: (_x, _level, exact) => exact,
        variance: (_x, from, to, posterior) => 1 + (Math.exp(to.logSnr) - Math.exp(from.logSnr)) * posterior,
      });
      expect(found / best, `${steps}`).toBeGreaterThan(0.97);
      expect(found / best, `${steps}`).toBeLessThan(1.1);
      const levels = curveAt(
        curve,
        Float64Array.from(levelsOf(schedule, grid), ({ logSnr }) => Math.exp(logSnr)),
      );
      const predicted = discretizationOf(levels, Array.from(levels.snr.keys()), cost);
      expect(Math.abs(predicted / found - 1), `${steps}`).toBeLessThan(0.12);
    }
  });

  it("cost jvp hardly more than the best ones, nearly like 1/N^2: the ring", { tags: ["slow"] }, async () => {
    const { curve, cost } = await curveAndCost(ringOfEight, 2, "jvp", 4096);
    const costs = published.ring.map(([steps, full, jvp]) => {
      const grid = gridOf(curve, steps, cost);
      const found = sum(ringStepCosts(schedule, grid, "jvp"));
      expect(found / jvp, `${steps}`).toBeGreaterThan(0.97);
      expect(found / jvp, `${steps}`).toBeLessThan(1.1);
      // Chosen for jvp, it is nearly the best one of full-covariance.
      expect(sum(ringStepCosts(schedule, grid, "full-covariance")) / full, `${steps}`).toBeLessThan(1.1);
      return found;
    });
    const slope = logLogSlope([50, 100], costs.slice(2));
    expect(slope).toBeLessThan(-1.7);
    expect(slope).toBeGreaterThan(-2);
  });
});

// On steps of equal shares the slope is -1.65 from 10 to 20, -1.77 to 50, -1.87 to 100, -1.92, -1.95 and -1.98 to 200, 400 and 800.
it("path KL of full-covariance on the ring falls more and more like 1/N^2", () => {
  const pilot = createGrid({ kind: "uniform-log-snr", steps: 400 }, schedule);
  const shares = ringStepCosts(schedule, pilot, "full-covariance");
  const counts = [20, 50, 100, 200];
  const costs = counts.map((steps) => {
    const times = equalShareTimes(schedule, pilot, shares, steps, 3);
    return sum(ringStepCosts(schedule, createGrid({ kind: "user", times }, schedule), "full-covariance"));
  });
  const slopes = [0, 2].map((at) => logLogSlope(counts.slice(at, at + 2), costs.slice(at, at + 2)));
  expect(Math.abs(slopes[0] + 1.77)).toBeLessThan(0.02);
  expect(Math.abs(slopes[1] + 1.921)).toBeLessThan(0.01);
});

it("divide and conquer finds what looking at all pairs finds, to a part in a thousand: jvp, sampled costs", async () => {
  const { curve, cost } = await curveAndCost(ringOfEight, 2, "jvp", 512);
  const ladder = curveAt(curve, snrLadder(schedule, { steps: 1 }, 257));
  for (const steps of [5, 16]) {
    const found = discretizationOf(ladder, optimalGridIndices(ladder, steps, cost), cost);
    expect(found / leastCost(ladder, steps, cost)).toBeLessThan(1.001);
  }
});

it("steps are even in log snr where nothing is lost", async () => {
  const law: LawSpec = { of: { kind: "gaussian", dimension: 2, standardDeviation: 0.5 } };
  const { curve, cost } = await curveAndCost(law, 2, "jvp", 256);
  const logSnr = [...gridOf(curve, 8, cost).times].map((t) => schedule.logSnr(t));
  const step = (logSnr[8] - logSnr[0]) / 8;
  for (let k = 0; k < 8; k++) expect(Math.abs((logSnr[k + 1] - logSnr[k]) / step - 1)).toBeLessThan(0.1);
});

it("is refused by name in too many dimensions", async () => {
  const law: LawSpec = { of: { kind: "gaussian", dimension: 65 } };
  const curve = mmseCurve(Float64Array.of(0.1, 1), Float64Array.of(1, 0.5));
  const request = { sampler: "jvp", clean: law, denoiser: law, dimension: 65, curve, seed: 1 } as const;
  await expect(curvedStepCost(pool, request)).rejects.toThrow("sampler jvp cannot be certified in 65 dimensions");
});
